/** Hands the checks to the command line, and the commands that need a real kernel. */
import { main } from '../checker/cli/main.js'
import { addConform } from '../conformance/command.js'
import { reproCommand } from '../conformance/repro-command.js'
import { suite } from './suite.js'

process.exitCode = await main(suite, process.argv.slice(2), undefined, [addConform, reproCommand(suite)])
