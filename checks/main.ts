/** Hands the checks to the command line. */
import { main } from '../checker/cli/main.js'
import { suite } from './suite.js'

process.exitCode = await main(suite, process.argv.slice(2))
