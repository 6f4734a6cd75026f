/** Hands the checks to the command line, with the commands that need more than the checker: the core, a real kernel. */
import { main } from '../checker/cli/main.js'
import { type Built, type Importing, importWith } from '../checker/typescript.js'
import { addConform } from '../conformance/command.js'
import { reproCommand } from '../conformance/repro-command.js'
import { suite } from './suite.js'
import { addVerify } from './verify/command.js'
import { addByTests } from './verify/mutants/by-tests.js'
import { addMutants } from './verify/mutants/command.js'

/**
 * The program: its exit status.
 *
 * @param importing and `built` as for `importWith`
 */
export function run(argv: readonly string[], importing: Importing, built?: Built): Promise<number> {
  importWith(importing, built)
  return main(suite, argv, undefined, [addVerify, addMutants, addByTests, addConform, reproCommand(suite)])
}
