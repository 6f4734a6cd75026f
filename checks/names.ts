/**
 * What people read: names for slots, actions and events.
 *
 * Here: how a topology's names stand for ids, in cells, in labels of steps, and in what the outside sees.
 * Not here: traces and verdicts as text (checker/report/).
 */
import { List, Map, Set } from 'immutable'
import { match, P } from 'ts-pattern'
import type { Event, WaitResult } from '../spec/events.js'
import { type ExitStatus, noStatus, statusWord } from '../spec/exit-status.js'
import type { CloneForm, Disposition } from '../spec/menu.js'
import { type Scope, slotsOf } from '../spec/scope.js'
import { signalNumbers } from '../spec/signals.js'
import type { PtraceRequest } from '../spec/state.js'
import type { Topology } from '../spec/topology.js'
import type { WaitOptions } from '../spec/wait-options.js'

/** The name of each slot: that of its task, or new1, new2, … while the task is not born at the start. */
export type Names = readonly string[]

export const namesOf = ({ tasks }: Topology, scope: Scope): Names =>
  slotsOf(scope).map(slot => tasks[slot]?.name ?? `new${slot - tasks.length + 1}`)

/** In the order of the cells of a state (spec/immutable-state.ts). */
export const cellNames = (names: Names): readonly string[] =>
  ['', 'group of ', 'namespace of ', 'process group of ', 'session of '].flatMap(kind =>
    names.map(name => kind + name),
  )

const nameOf = (names: Names, id: number): string => names[id] ?? `slot ${id}`

/** Fields of choices that are ids; everything that a task founds is named after it. */
const idFields: readonly string[] = ['task', 'caller', 'target', 'group', 'processGroup', 'pick']

/** Who acts comes first, then upon whom; what was picked from several possible outcomes comes last. */
const placeOf = (field: string): number =>
  match(field)
    .with('task', () => 0)
    .with('caller', () => 1)
    .with('target', () => 2)
    .with('pick', () => 4)
    .otherwise(() => 3)

/** `runExitNotify(leader)`, `wait(shell, wait4(-1, 0), child)`. */
export function actionLabel(rule: string, choice: unknown, names: Names): string {
  const given = Object.entries(choice as object).toSorted(([a], [b]) => placeOf(a) - placeOf(b))
  const shown = given.flatMap(([field, value]) => argument(field, value, names))
  return `${rule}(${shown.join(', ')})`
}

/** How a field of a choice is shown; not at all where it says nothing. */
function argument(field: string, value: unknown, names: Names): readonly string[] {
  if (idFields.includes(field)) return typeof value === 'number' ? [nameOf(names, value)] : []
  return match(field)
    .with('options', () => [waitCall(value as WaitOptions, names)])
    .with('form', () => [(value as CloneForm).call])
    .with('disposition', () => [dispositionText(value as Disposition)])
    .with('request', () => requestArguments(value as PtraceRequest, names))
    .with('signal', () => [signalText(value)])
    .otherwise(() => [JSON.stringify(value)])
}

/** No signal is signal 0, as in the calls that take one. */
const signalText = (signal: unknown): string => (signal === null ? '0' : String(signal))

/** The call with the name of whom it waits for. */
const waitCall = ({ call, specificTID, specificPGID }: WaitOptions, names: Names): string =>
  match({ specificTID, specificPGID })
    .with({ specificTID: P.number }, ({ specificTID: tid }) => call.replace(/\bTID\b/, nameOf(names, tid)))
    .with({ specificPGID: P.number }, ({ specificPGID: pgid }) =>
      call.replace(/\bPGID\b/, nameOf(names, pgid)),
    )
    .otherwise(() => call)

const dispositionText = ({ handler, noCldWait, noCldStop }: Disposition): string =>
  [handler, ...(noCldWait ? ['SA_NOCLDWAIT'] : []), ...(noCldStop ? ['SA_NOCLDSTOP'] : [])].join('|')

const requestArguments = (
  { request, target, signal, options }: PtraceRequest,
  names: Names,
): readonly string[] => [
  `PTRACE_${request}`,
  nameOf(names, target),
  request === 'SETOPTIONS' ? options.toArray().toSorted().join('|') : signalText(signal),
]

/** Everything that a task founds is named after it. */
const idsInText = /\b(task|group|namespace|process group|session) (\d+)\b/g

/** What a property says of a state or step: ids in it become names. */
export const reasonText = (reason: string, names: Names): string =>
  reason.replace(idsInText, (_, kind: string, id: string) => {
    const name = nameOf(names, Number(id))
    return kind === 'task' ? name : `the ${kind} of ${name}`
  })

/** Something that the outside saw, in one line. */
export const eventText = (event: Event, names: Names): string =>
  match(event)
    .returnType<string>()
    .with(
      { kind: 'waited' },
      ({ options, result }) => `${waitCall(options, names)} returned ${found(result, names)}`,
    )
    .with(
      { kind: 'wait failed', error: 'ErrNoWaitableEvent' },
      ({ options }) => `${waitCall(options, names)} found nothing`,
    )
    .with({ kind: 'wait failed' }, ({ options, error }) => `${waitCall(options, names)} failed: ${error}`)
    .with({ kind: 'wait blocked' }, ({ options }) => `${waitCall(options, names)} sleeps`)
    .with({ kind: 'failed' }, ({ call, error }) => `${call} failed: ${error}`)
    .with({ kind: 'signal' }, ({ signal, to, group, outcome }) => {
      const sent = `${signal} to ${nameOf(names, to)}${group ? '' : ' alone'}`
      return outcome === 'queued' ? sent : `${sent}: ${outcome}`
    })
    .with({ kind: 'handler' }, ({ task, signal }) => `${nameOf(names, task)} runs its handler of ${signal}`)
    .with({ kind: 'woken' }, ({ task }) => `the wait of ${nameOf(names, task)} is woken`)
    .with({ kind: 'futex woken' }, ({ task }) => `who joins ${nameOf(names, task)} is woken`)
    .with({ kind: 'released' }, ({ task, tid }) =>
      tid === task
        ? `${nameOf(names, tid)}'s id is free`
        : `${nameOf(names, tid)}'s id, which ${nameOf(names, task)} had, is free`,
    )
    .exhaustive()

const found = ({ task, event, status }: WaitResult, names: Names): string =>
  `${nameOf(names, task)}: ${event === 'Exit' ? exitText(status) : stopText(status)}`

/** A status word of a task that has exited. */
const exitText = (status: number): string =>
  (status & 0x7f) === 0 ? `exited ${(status >> 8) & 0xff}` : `killed by ${signalWithNumber(status & 0x7f)}`

/** A status word of a task that has stopped or goes on. */
const stopText = (status: number): string => {
  if (status === 0xffff) return 'continued'
  const event = ptraceEvents[status >> 16]
  return event === undefined ? `stopped by ${signalWithNumber((status >> 8) & 0xff)}` : `stopped at ${event}`
}

/** By their numbers in linux/ptrace.h. */
const ptraceEvents: { readonly [number: number]: string } = {
  1: 'PTRACE_EVENT_FORK',
  2: 'PTRACE_EVENT_VFORK',
  3: 'PTRACE_EVENT_CLONE',
  4: 'PTRACE_EVENT_EXEC',
  5: 'PTRACE_EVENT_VFORK_DONE',
  6: 'PTRACE_EVENT_EXIT',
  128: 'PTRACE_EVENT_STOP',
}

const signalWithNumber = (number: number): string =>
  Object.entries(signalNumbers).find(([, n]) => n === number)?.[0] ?? `signal ${number}`

/** Fields of cells that hold ids, alone or in a collection. */
export const fieldsOfIds: readonly string[] = [
  ...['group', 'parent', 'children', 'tracer', 'tracees', 'vforkParent', 'cloneChild', 'cpuStats'],
  ...['leader', 'tasks', 'tids', 'execing', 'pidns', 'processGroup', 'session', 'lastTimerSignalTask'],
  ...['exitedCPUStats', 'childCPUStats'],
]

/** A field of a cell, where its value is an id, a status, a call: as people read it. */
export function fieldText(field: string, value: unknown, names: Names): string | undefined {
  if (value === null) return undefined
  if (fieldsOfIds.includes(field)) return idsText(value, names)
  return match(field)
    .with('exitStatus', () => statusText(value as ExitStatus))
    .with('wait', () => waitCall(value as WaitOptions, names))
    .with('cloneForm', () => (value as CloneForm).call)
    .with('request', () => requestArguments(value as PtraceRequest, names).join(' '))
    .otherwise(() => undefined)
}

const statusText = (status: ExitStatus): string =>
  status.equals(noStatus) ? 'exited 0' : exitText(statusWord(status))

const idsText = (value: unknown, names: Names): string | undefined => {
  const all = (ids: Iterable<unknown>) => [...ids].map(id => nameOf(names, id as number))
  if (typeof value === 'number') return nameOf(names, value)
  if (Set.isSet(value)) return `{${all(value.toArray().toSorted()).join(', ')}}`
  if (List.isList(value)) return `[${all(value).join(', ')}]`
  if (!Map.isMap(value)) return undefined
  const entries = value.entrySeq().toArray().toSorted()
  return `{${entries.map(([id, task]) => (id === task ? nameOf(names, task as number) : `id of ${nameOf(names, id as number)}: ${nameOf(names, task as number)}`)).join(', ')}}`
}
