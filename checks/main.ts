/**
 * Hands the checks to the command line, with the commands that need more than the checker: the core, a real kernel.
 *
 * All of it takes a while to load, so each part is loaded where it is needed.
 */
import type { CommandToLoad } from '../checker/cli/command.js'
import { main } from '../checker/cli/main.js'
import { type Built, type Importing, importWith } from '../checker/typescript.js'
import { gvisor2018 } from '../spec/profile.js'

const loadSuite = async () => (await import('./suite.js')).suite

const commands: readonly CommandToLoad[] = [
  { name: 'verify', load: async () => (await import('./verify/command.js')).addVerify },
  { name: 'verify:mutants', load: async () => (await import('./verify/mutants/command.js')).addMutants },
  { name: 'verify:reasons', load: async () => (await import('./verify/mutants/by-tests.js')).addByTests },
  { name: 'conform', load: async () => (await import('../conformance/command.js')).addConform },
  {
    name: 'repro',
    load: async () => (await import('../conformance/repro-command.js')).reproCommand(await loadSuite()),
  },
]

/**
 * The program: its exit status.
 *
 * @param importing and `built` as for `importWith`
 */
export function run(argv: readonly string[], importing: Importing, built?: Built): Promise<number> {
  importWith(importing, built)
  return main({ defaultProfile: gvisor2018.name, load: loadSuite }, argv, undefined, commands)
}
