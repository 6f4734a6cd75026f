/**
 * Which tasks of a topology may be exchanged for one another.
 *
 * Here: the renamings of tasks that make of every initial state an initial state, and what a renaming makes of a cell.
 * Not here: whether the rules treat all tasks alike. A search looks after that (checker/symmetry/), and a test does for every
 * check that has such tasks.
 *
 * The init is never exchanged: it has rules of its own. Neither is a task that is yet to be born, where tasks are born at all,
 * since a birth takes the lowest free slot. And nobody is where the use of resources is followed: of two peaks of memory,
 * numbers that tell whose they are, the greater is kept.
 */
import { List, Map, type RecordOf, Set } from 'immutable'
import { canonical } from '../checker/encode/canonical.js'
import type { Initial, Permutation, Rule, Symmetry } from '../checker/model.js'
import { renamedCells } from '../checker/symmetry/renaming.js'
import { cellKinds, type ImmutableState } from '../spec/immutable-state.js'
import { type Scope, slotsOf } from '../spec/scope.js'
import type { TaskFields } from '../spec/state.js'
import { fieldsOfIds, type Names } from './names.js'

export interface Exchangeable {
  readonly scope: Scope
  readonly initial: readonly Initial<ImmutableState>[]
  readonly rules: readonly Rule<ImmutableState>[]
  names(initial: Initial<ImmutableState>): Names
}

/** Undefined where no tasks may be exchanged. */
export function symmetryOfTasks({ scope, initial, rules, names }: Exchangeable): Symmetry | undefined {
  if (scope.accounting) return undefined
  const slots = slotsOf(scope)
  const bears = rules.some(({ name, choices }) => name === 'clone' && choices.length > 0)
  const bornIn = (slot: number) =>
    initial.filter(({ state }) => state.task(slot).runState !== 'unborn').length
  const fewest = bears ? initial.length : 1
  const movable = slots.filter(slot => slot !== 0 && bornIn(slot) >= fewest)
  const action = renamingOfTasks(scope)
  const codes = new globalThis.Set(initial.map(({ state }) => codeOf(state.cells)))
  const all = permutationsOf(movable, slots).filter(to =>
    initial.every(({ state }) => codes.has(codeOf(renamedCells(action, state.cells, to)))),
  )
  if (all.length === 1) return undefined
  const moved = slots.filter(slot => all.some(to => to[slot] !== slot))
  const says = initial.map(start => `${moved.map(slot => names(start)[slot]).join(' and ')} of ${start.name}`)
  return { ...action, group: { all }, says: says.join('; ') }
}

const codeOf = (cells: readonly unknown[]): string => cells.map(canonical).join('')

type Action = Omit<Symmetry, 'group' | 'says'>

/** What a renaming of the tasks makes of a cell. */
export const renamingOfTasks = (scope: Scope): Action => ({
  things: scope.slots,
  owners: cellKinds.flatMap((_, family) => slotsOf(scope).map(thing => ({ family, thing }))),
  rename: renamedCell,
})

/** A cell with the tasks in it renamed, and with everything that is named after a task. */
function renamedCell(value: unknown, to: Permutation): unknown {
  const cell = value as RecordOf<{ readonly [field: string]: unknown }>
  return cell.withMutations(mutable => {
    for (const field of fieldsOfIds) if (cell.has(field)) mutable.set(field, renamedIds(cell.get(field), to))
    const { wait, request } = cell as unknown as Partial<TaskFields>
    if (wait)
      mutable.set(
        'wait',
        wait.merge({ specificTID: one(wait.specificTID, to), specificPGID: one(wait.specificPGID, to) }),
      )
    if (request) mutable.set('request', request.merge({ target: to[request.target] as number }))
  })
}

const one = (id: number | null, to: Permutation): number | null => (id === null ? null : (to[id] as number))

/** An id, or a collection of ids. */
function renamedIds(value: unknown, to: Permutation): unknown {
  const ids = (id: unknown): unknown => renamedIds(id, to)
  if (Set.isSet(value) || List.isList(value)) return value.map(ids)
  if (Map.isMap(value)) return value.mapEntries(([key, id]) => [ids(key), ids(id)])
  return one(value as number | null, to)
}

/** Every permutation that moves only these. */
function permutationsOf(movable: readonly number[], fixed: Permutation): readonly Permutation[] {
  const orders = (left: readonly number[]): readonly (readonly number[])[] =>
    left.length === 0
      ? [[]]
      : left.flatMap((first, at) => orders(left.toSpliced(at, 1)).map(rest => [first, ...rest]))
  return orders(movable).map(order => fixed.map(slot => order[movable.indexOf(slot)] ?? slot))
}
