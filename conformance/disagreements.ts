/**
 * Disagreements as files for the people who write the kernel: a scenario and a stand-alone C program for each cause.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../checker/errors.js'
import type { Profile } from '../spec/profile.js'
import type { Cause } from './causes.js'
import type { Kernel } from './log.js'
import { Oracle, slotsFor } from './oracle/oracle.js'
import { expectationsOfSpec, programFor } from './repro.js'

/** Writes NAME.jsonl and NAME.c for each; gives the names. Throws `UsageError` for a folder that cannot be written. */
export async function writeDisagreements(
  folder: string,
  all: readonly Cause[],
  profile: Profile,
  kernel: Kernel,
): Promise<readonly string[]> {
  const names: string[] = []
  try {
    await mkdir(folder, { recursive: true })
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
    throw new UsageError(
      `The disagreements cannot be written to ${folder}: ${(error as Error).message}.`,
      'Name a folder that can be written: --disagreements FOLDER',
    )
  }
  return names
}

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
