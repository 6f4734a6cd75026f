/**
 * What may be true of the kernel: a state of the spec, who is called what in it, and whose calls are under way.
 *
 * Several hypotheses can explain what has been seen so far; the oracle keeps them all.
 */
import { canonical } from '../../checker/encode/canonical.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { isRunning } from '../../spec/kernel/members.js'
import type { TaskId, ThreadId } from '../../spec/state.js'
import type { Call } from '../call.js'
import type { ActorState } from '../scenario.js'

/** An actor: the task it is, and the id that its name stands for. */
export type Actor = { readonly task: TaskId; readonly tid: ThreadId }

/** A call that has not returned. */
export type Pending = {
  /** As it stands in the scenario. */
  readonly call: string
  /** How the spec makes it. */
  readonly made: Made
  /** Put to an actor who is stopped: what will be made of it once the actor runs is not known before. */
  readonly queued?: Call
  /**
   * The actor has been in its program since: the call may have returned there, before whatever stopped or
   * killed the actor then. At rest it is seen whether it has.
   */
  readonly mayHaveReturned?: boolean
  /** What it will return, as far as that is known; undefined means as `made` says. */
  readonly result?: string
}

/** A call in the terms of the spec. */
export type Made = {
  readonly rule: string
  readonly choices: readonly unknown[]
  /** What the call returns unless an event says otherwise. */
  readonly success: string
  /** `exit`: never; `pause`: only when a handler has run. */
  readonly returns: 'when done' | 'never' | 'after a handler'
  /** Who is born by it. */
  readonly child?: string
  /** The result is told as waitid tells it. */
  readonly asInfo?: boolean
}

export type Hypothesis = {
  readonly state: ImmutableState
  readonly actors: ReadonlyMap<string, Actor>
  /** Whose name an id is translated to: of several, the last who got it. */
  readonly owners: ReadonlyMap<ThreadId, string>
  readonly pending: ReadonlyMap<string, Pending>
  /** Handlers that are to run, as `ACTOR SIGNAL`: they do when their actor is in the program again, if that comes. */
  readonly prepared: ReadonlySet<string>
  /** Handlers that ran since the last rest, as `ACTOR SIGNAL`. */
  readonly handlers: ReadonlySet<string>
  /** Actors whose calls have returned although they are not in their programs now: at rest only. */
  readonly returned?: ReadonlySet<string> | undefined
}

/** Values that never change, each with a short text of its own: the text is worked out once for each object. */
const texts = new WeakMap<object, string>()
const textOf = <T extends object>(value: T, text: (value: T) => string): string => {
  const known = texts.get(value)
  if (known !== undefined) return known
  const found = text(value)
  texts.set(value, found)
  return found
}

/** Cells that are equal have the same number. */
const numbers = new Map<string, string>()
const numberOf = (cell: object): string =>
  textOf(cell, it => {
    const code = canonical(it)
    const number = numbers.get(code) ?? numbers.size.toString(36)
    numbers.set(code, number)
    return number
  })

/** Two hypotheses with the same key have the same future, and the same to show for it. */
export function keyOf({ state, actors, owners, pending, prepared, handlers }: Hypothesis): string {
  const cells = state.cells.map(numberOf).join()
  const who = textOf(actors, it => [...it].map(([name, { task, tid }]) => `${name}=${task}.${tid}`).join())
  const ids = textOf(owners, it => [...it].join(';'))
  const calls = textOf(pending, it =>
    [...it]
      .map(([actor, { call, queued, made, result, mayHaveReturned }]) =>
        [actor, call, queued === undefined, result ?? made.success, mayHaveReturned].join('|'),
      )
      .sort()
      .join(),
  )
  const [toRun, ran] = [prepared, handlers].map(set => textOf(set, it => [...it].sort().join()))
  return `${cells}/${who}/${ids}/${calls}/${toRun}/${ran}`
}

/** May the task run its program: nothing of the kernel is left to do for it first? */
export const isInProgram = (state: ImmutableState, t: TaskId): boolean => {
  const { runState, interrupted } = state.task(t)
  return runState === 'app' && !interrupted && isRunning(state, t)
}

/** Can the actor be given a command: is it alive, and in no call? */
export const canBeTold = ({ state, actors, pending }: Hypothesis, name: string): boolean => {
  const actor = actors.get(name)
  if (actor === undefined || pending.has(name)) return false
  const { exitState } = state.task(actor.task)
  return exitState === 'None' || exitState === 'Initiated'
}

/** The state that /proc shows under the id that the actor's name stands for. */
export function stateOf({ state, actors, owners }: Hypothesis, name: string): ActorState {
  const actor = actors.get(name)
  if (actor === undefined || owners.get(actor.tid) !== name) return 'gone'
  const t = state.namespace(0).tasks.get(actor.tid)
  if (t === undefined) return 'gone'
  const { exitState, stop } = state.task(t)
  if (exitState === 'Dead') return 'gone'
  if (exitState === 'Zombie') return 'Z'
  if (stop === 'group') return 'T'
  return stop === 'ptrace' || stop === 'ptraceFrozen' ? 't' : 'live'
}

/** The name of a task by the id that it has in the namespace of `from`; `0` for nobody there. */
export function nameOfTask({ state, owners }: Hypothesis, t: TaskId | null, from: TaskId): string {
  if (t === null) return '0'
  const tid = state.namespace(state.group(state.task(from).group).pidns).tids.get(t)
  return tid === undefined ? '0' : (owners.get(tid) ?? String(tid))
}
