/** Hands the checks to the command line, with the commands that need more than the checker: the core, a real kernel. */
import { main } from '../checker/cli/main.js'
import { addConform } from '../conformance/command.js'
import { reproCommand } from '../conformance/repro-command.js'
import { suite } from './suite.js'
import { addVerify } from './verify/command.js'
import { addMutants } from './verify/mutants/command.js'

process.exitCode = await main(suite, process.argv.slice(2), undefined, [
  addVerify,
  addMutants,
  addConform,
  reproCommand(suite),
])
