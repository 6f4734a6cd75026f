/**
 * The states that a counterexample file shows, held against those that its actions give.
 */
import { UsageError } from '../errors.js'
import type { TraceDocument } from '../itf/document.js'
import { sameItf } from '../itf/value.js'
import { cellValues } from '../itf/write.js'
import type { Behaviour } from '../report/trace.js'
import { show } from '../report/value.js'
import { recordAgain } from './record-again.js'

/** When: between two steps. */
export const after = (step: number): string => (step === 0 ? 'in the initial state' : `after step ${step}`)

/** The file shows its states to people and to other tools; they have to be what the actions give. */
export function compareStates<S>(
  { model, initial, steps }: Behaviour<S>,
  document: TraceDocument,
  shown: string,
): void {
  const names = model.cellNames(initial)
  const again = recordAgain(document)
  const { vars } = document
  if (JSON.stringify(vars) !== JSON.stringify(names)) {
    const other = vars.find(name => !names.includes(name)) ?? names.find(name => !vars.includes(name))
    throw new UsageError(
      other === undefined
        ? `${shown}: its cells are in another order than those of the model.`
        : `${shown}: the cell '${other}' is ${vars.includes(other) ? 'in the file and not in the model' : 'in the model and not in the file'}.`,
      again,
      'The trace was recorded with another model than this.',
    )
  }
  for (const [i, state] of [initial.state, ...steps.map(step => step.after)].entries()) {
    const given: Readonly<Record<string, unknown>> = document.states[i] ?? {}
    const replayed = cellValues(names, model.cells(state))
    const name = names.find(cell => !sameItf(given[cell], replayed[cell]))
    if (name === undefined) continue
    const { place, file, here } = firstDifference(name, given[name], replayed[name])
    throw new UsageError(
      `${shown}: ${after(i)}, ${place} is ${file} in the file, and ${here} when it is replayed.`,
      again,
      'The file was edited by hand, or the model was changed since.',
    )
  }
}

interface Difference {
  readonly place: string
  readonly file: string
  readonly here: string
}

function firstDifference(name: string, given: unknown, replayed: unknown): Difference {
  if (!isFields(given) || !isFields(replayed))
    return { place: name, file: inWords(given), here: inWords(replayed) }
  const field = Object.keys({ ...replayed, ...given }).find(key => !sameItf(given[key], replayed[key])) ?? ''
  return { place: `${name}.${field}`, file: inWords(given[field]), here: inWords(replayed[field]) }
}

/** A record, and no set, map or list. */
const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !Object.keys(value)[0]?.startsWith('#')

/** A value of the file as in the rest of the output. */
function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return show(value)
  if ('#set' in value) return `{${(value['#set'] as unknown[]).map(inWords).join(', ')}}`
  return Array.isArray(value) ? `[${value.map(inWords).join(', ')}]` : JSON.stringify(value)
}
