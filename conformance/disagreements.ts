/**
 * Disagreements as files for the people who write the kernel: a scenario and a stand-alone C program for each cause.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UsageError } from '../checker/errors.js'
import type { Profile } from '../spec/profile.js'
import type { Cause } from './causes.js'
import type { Kernel } from './log.js'
import { Oracle, slotsFor } from './oracle/oracle.js'
import { expectationsOfSpec, programFor } from './repro.js'

/** Writes NAME.jsonl and NAME.c for each into a folder that is there; gives the names. Throws `UsageError` if that fails. */
export async function writeDisagreements(
  folder: string,
  all: readonly Cause[],
  profile: Profile,
  kernel: Kernel,
): Promise<readonly string[]> {
  const names: string[] = []
  try {
    for (const { outcome, count, explainedBy } of all) {
      const { scenario, seen } = outcome
      const name = freeName(scenario.steps.at(-1)?.do ?? scenario.id, names)
      names.push(name)
      const expected = expectationsOfSpec(scenario, new Oracle(profile, slotsFor(scenario)), profile.name)
      const about = [
        `${kernel.kernel} ${kernel.release} does what the profile ${profile.name} does not allow.`,
        `Seen after the last step: ${[...(seen?.events ?? []), ...(seen?.states ?? [])].join('; ')}`,
        `Behaviours that show it: ${count}`,
        explainedBy === undefined
          ? 'No single switch of the profile explains it.'
          : `Explained by the switch ${explainedBy.name} set to '${explainedBy.value}'.`,
      ]
      await writeFile(join(folder, `${name}.jsonl`), `${JSON.stringify(scenario)}\n`)
      await writeFile(join(folder, `${name}.c`), await programFor(scenario, expected, about))
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw cannotBeWritten(folder, error as Error)
  }
  return names
}

/**
 * Makes the folder, and those above it. Throws `UsageError` for one that cannot be.
 *
 * One by one, from the outside: Node.js comes to no end where a folder is made, recursively, in one that takes none (/proc).
 */
export async function makeFolder(folder: string, shown = folder): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() === true) return
  if (dirname(folder) !== folder) await makeFolder(dirname(folder), shown)
  await mkdir(folder).catch((error: Error) => {
    throw cannotBeWritten(shown, error)
  })
}

const cannotBeWritten = (folder: string, { message }: Error): UsageError =>
  new UsageError(
    `The disagreements cannot be written to ${folder}: ${message}.`,
    'Name a folder that can be written: --disagreements FOLDER',
  )

/** The last call as a file name: `kill-init-sigterm`, `kill-init-sigterm-2`. */
function freeName(call: string, taken: readonly string[]): string {
  const slug = call
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  for (let n = 1; ; n++) {
    const name = n === 1 ? slug : `${slug}-${n}`
    if (!taken.includes(name)) return name
  }
}
