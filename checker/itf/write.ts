/**
 * Counterexamples as documents, and documents as files.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../errors.js'
import type { Property } from '../model.js'
import type { Behaviour } from '../report/trace.js'
import type { TraceDocument, TraceOrigin } from './document.js'
import { formatDocument } from './format.js'
import { toItf } from './value.js'

const formatDescription = 'https://apalache-mc.org/docs/adr/015adr-trace.html'

/** Everything of a counterexample that its behaviour does not say. */
export type Provenance = Pick<
  TraceOrigin,
  'check' | 'profile' | 'features' | 'topologies' | 'tasks' | 'mutant' | 'alsoIn'
>

export function traceDocument<S>(
  { model, initial, steps, loop }: Behaviour<S>,
  property: Property<S>,
  { check, profile, features, topologies, tasks, mutant, alsoIn }: Provenance,
): TraceDocument {
  const vars = [...model.cellNames(initial)]
  const labels = steps.map(({ rule, choice }) => model.label(rule, choice, initial))
  const states = [initial.state, ...steps.map(({ after }) => after)]
  return {
    '#meta': {
      format: 'ITF',
      'format-description': formatDescription,
      description: `${check}, profile ${profile}: a shortest ${loop === undefined ? 'trace' : 'lasso'} that ${verbOf(property)} "${property.name}"`,
      zombieproof: {
        version: 1,
        check,
        profile,
        features,
        ...(topologies === undefined ? {} : { topologies }),
        ...(tasks === undefined ? {} : { tasks }),
        ...(mutant === undefined ? {} : { mutant }),
        topology: initial.name,
        property: property.name,
        kind: property.kind,
        says: property.says,
        steps: steps.length,
        actions: steps.map(({ rule, choice }, i) => ({
          rule: rule.name,
          choice,
          label: labels[i] as string,
        })),
        alsoIn,
      },
    },
    vars,
    ...(loop === undefined ? {} : { loop }),
    states: states.map((state, i) => ({
      '#meta': { index: i, ...(i === 0 ? {} : { action: labels[i - 1] }) },
      ...cellValues(vars, model.cells(state)),
    })),
  }
}

const verbOf = <S>({ kind }: Property<S>): string => (kind === 'cover' ? 'reaches' : 'violates')

/** The cells of one state, by their names. */
export const cellValues = (
  vars: readonly string[],
  cells: readonly unknown[],
): { readonly [name: string]: unknown } => Object.fromEntries(vars.map((name, i) => [name, toItf(cells[i])]))

/** Writes beside the file and renames, so that what is there stays whole whatever happens. */
export async function writeTrace(path: string, document: TraceDocument): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(temporary, formatDocument(document))
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}) // what is wrong with the folder is wrong here too
    throw new UsageError(
      `${path} cannot be written: ${(error as Error).message}.`,
      'Make the folder writable, or run the command elsewhere.',
    )
  }
}
