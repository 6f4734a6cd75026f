/** Hands the checks to the command line, and the commands that ask about the core. */
import { processIo } from '../checker/cli/io.js'
import { main } from '../checker/cli/main.js'
import { suite } from './suite.js'
import { addVerify } from './verify/command.js'
import { addMutants } from './verify/mutants/command.js'

process.exitCode = await main(suite, process.argv.slice(2), processIo(), [addVerify, addMutants])
