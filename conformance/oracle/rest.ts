/**
 * From one rest of the spec to the next: all internal steps, in every order.
 *
 * Here: a small search, over what is a handful of states for most steps.
 * Not here: what external steps there are (translate.ts), what is seen (oracle.ts).
 */

import type { AnySpecRule } from '../../checks/model.js'
import type { Event } from '../../spec/events.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { emptyState, ImmutableState as StateWithCells } from '../../spec/immutable-state.js'
import { rules } from '../../spec/next.js'
import type { Scope } from '../../spec/scope.js'
import type { TaskId } from '../../spec/state.js'
import type { Call } from '../call.js'
import { type Hypothesis, isInProgram, keyOf, type Made, nameOfTask, type Pending } from './hypothesis.js'
import { whyKernelEnds } from './kernel-ends.js'
import { translate } from './translate.js'
import { infoWords, mistakenInfoWords, statusWords } from './words.js'

type Choice = { readonly rule: AnySpecRule; readonly choice: unknown }

/** More states between two rests than any scenario of this size should have. */
const limit = 20_000

export class TooManyStates extends Error {
  override readonly name = 'TooManyStates'
}

/** What of a scenario the spec does not have. */
export class NotModelled extends Error {
  override readonly name = 'NotModelled'
}

export class Rest {
  private readonly byTask = new Map<TaskId, Choice[]>()
  private readonly external: ReadonlyMap<string, AnySpecRule>
  private readonly known = new Map<string, readonly Hypothesis[]>()

  constructor(private readonly scope: Scope) {
    for (const rule of rules as readonly AnySpecRule[]) {
      if (rule.kind !== 'internal') continue
      for (const choice of rule.choices(scope)) {
        const { task } = choice as { readonly task: TaskId }
        const choices = this.byTask.get(task) ?? []
        choices.push({ rule, choice })
        this.byTask.set(task, choices)
      }
    }
    this.external = new Map(
      (rules as readonly AnySpecRule[])
        .filter(({ kind }) => kind === 'external')
        .map(rule => [rule.name, rule]),
    )
  }

  empty(): ImmutableState {
    return emptyState(this.scope)
  }

  /**
   * `actor` makes a call, at once or, if stopped, as soon as it runs. Throws `NotModelled` for a call that the spec
   * does not have, or does not try here.
   */
  call(h: Hypothesis, actor: string, call: Call, text: string): readonly Hypothesis[] {
    const task = h.actors.get(actor)?.task
    if (task === undefined) return []
    const under = (pending: Pending): Hypothesis => ({
      ...h,
      pending: new Map(h.pending).set(actor, pending),
    })
    const none: Made = { rule: '', choices: [], success: '', returns: 'when done' }
    if (!isInProgram(h.state, task)) return [under({ call: text, made: none, queued: call })]
    const translated = translate(call, task, h)
    if ('notModelled' in translated) throw new NotModelled(translated.notModelled)
    if ('result' in translated)
      return [inProgram(under({ call: text, made: { ...none, success: translated.result } }))]
    const { made } = translated
    if (made.rule === '') return [under({ call: text, made })]
    const rule = this.external.get(made.rule)
    if (rule === undefined) throw new Error(`the spec has no external rule ${made.rule}`)
    const choices = made.choices.filter(choice => rule.guard(h.state, choice))
    const end = choices.map(choice => whyKernelEnds(h.state, rule, choice)).find(why => why !== undefined)
    if (end !== undefined) throw new NotModelled(end)
    if (choices.length === 0) throw new NotModelled(`${text}, which the rule ${made.rule} does not try here`)
    const before = under({ call: text, made })
    return choices.map(choice => {
      const state = made.rule === 'setpgid' ? withoutTieOfInit(h.state, choice as Move) : h.state
      return withChild(this.step({ ...before, state }, rule, choice), made.child)
    })
  }

  /** Every rest that can follow. Throws `TooManyStates`. */
  from(starts: readonly Hypothesis[]): readonly Hypothesis[] {
    const key = starts.map(keyOf).sort().join('\n\n')
    const found = this.known.get(key) ?? this.search(starts).atRest
    this.known.set(key, found)
    if (this.known.size > 5_000) this.known.delete(this.known.keys().next().value as string)
    return found
  }

  /** What can be on the way there, with where it begins and ends. Throws `TooManyStates`. */
  onTheWay(starts: readonly Hypothesis[]): readonly Hypothesis[] {
    return this.search(starts).passed
  }

  private search(starts: readonly Hypothesis[]) {
    const seen = new Map(starts.map(h => [keyOf(h), h]))
    const open = [...seen.values()]
    const atRest: Hypothesis[] = []
    for (let h = open.pop(); h !== undefined; h = open.pop()) {
      const successors = this.successors(h)
      if (successors.length === 0) atRest.push(h)
      for (const next of successors) {
        const key = keyOf(next)
        if (seen.has(key)) continue
        seen.set(key, next)
        open.push(next)
        if (seen.size > limit) throw new TooManyStates(`more than ${limit} states between two rests`)
      }
    }
    return { atRest, passed: [...seen.values()] }
  }

  private successors(h: Hypothesis): readonly Hypothesis[] {
    const next: Hypothesis[] = []
    for (const [task, choices] of this.byTask) {
      if (!isActive(h.state, task)) continue
      for (const { rule, choice } of choices)
        if (rule.guard(h.state, choice)) next.push(this.step(h, rule, choice))
    }
    for (const [actor, pending] of h.pending) {
      const task = h.actors.get(actor)?.task
      if (pending.queued !== undefined && task !== undefined && isInProgram(h.state, task))
        next.push(...this.call(h, actor, pending.queued, pending.call))
    }
    return next
  }

  private step(h: Hypothesis, rule: AnySpecRule, choice: unknown): Hypothesis {
    const quiet = new StateWithCells(h.state.scope, h.state.cells)
    const { cells, events } = rule.effect(quiet, choice) as ImmutableState
    const after: Hypothesis = { ...h, state: new StateWithCells(h.state.scope, cells) }
    return inProgram(events.reduce((so, event) => noted(so, event, h), after))
  }
}

type Move = { readonly target: TaskId; readonly processGroup: number }

/**
 * INIT moves to another process group: its parent, the conductor, is in another session and so ties neither that nor the one
 * left. INIT has no parent in the spec, where that counts as a tie (`incRefWithParent`): what will be counted for it too much
 * or too little is made up for.
 */
function withoutTieOfInit(s: ImmutableState, { target, processGroup: joined }: Move): ImmutableState {
  const { group } = s.task(target)
  const { processGroup: left } = s.group(group)
  if (group !== 0 || left === joined) return s
  const untied = s.withProcessGroup(left, { ancestors: s.processGroup(left).ancestors + 1 })
  // One that it founds is counted anew.
  if (joined === group) return untied
  return untied.withProcessGroup(joined, { ancestors: s.processGroup(joined).ancestors - 1 })
}

/** Who is in the program runs the handlers that were prepared for it; its call may have returned. */
function inProgram(before: Hypothesis): Hypothesis {
  const h = before.prepared.size === 0 ? before : handlersRun(before)
  let pending: Map<string, Pending> | undefined
  for (const [name, call] of h.pending) {
    const task = h.actors.get(name)?.task
    if (call.queued !== undefined || call.mayHaveReturned === true || task === undefined) continue
    const returns =
      call.made.returns === 'when done' ||
      (call.made.returns === 'after a handler' && call.result !== undefined)
    if (!returns || !isInProgram(h.state, task)) continue
    pending = (pending ?? new Map(h.pending)).set(name, { ...call, mayHaveReturned: true })
  }
  return pending === undefined ? h : { ...h, pending }
}

function handlersRun(h: Hypothesis): Hypothesis {
  const ran = [...h.prepared].filter(each => {
    const task = h.actors.get(each.split(' ')[0] ?? '')?.task
    return task !== undefined && isInProgram(h.state, task)
  })
  if (ran.length === 0) return h
  const prepared = new Set([...h.prepared].filter(each => !ran.includes(each)))
  return { ...h, prepared, handlers: new Set([...h.handlers, ...ran]) }
}

/** Has the task anything to do on its own? Asked first because it is cheap; the guards have the last word. */
function isActive(s: ImmutableState, t: TaskId): boolean {
  const { runState, stop, interrupted, waitNotified } = s.task(t)
  // In its stop, with its parent still to be told.
  if (runState === 'groupStopEntered') return true
  if (stop !== null || runState === 'unborn' || runState === 'exited' || runState === 'starting') return false
  if (runState === 'app') return interrupted
  return runState !== 'wait' || interrupted || waitNotified
}

/** The child, if there is one now, gets its name. */
function withChild(h: Hypothesis, child: string | undefined): Hypothesis {
  const task = h.actors.size
  if (child === undefined || task >= h.state.scope.slots) return h
  if (h.state.task(task).runState === 'unborn') return h
  return {
    ...h,
    actors: new Map(h.actors).set(child, { task, tid: task }),
    owners: new Map(h.owners).set(task, child),
  }
}

/** What an event says of results and handlers. `before` is the state in which ids are translated. */
function noted(h: Hypothesis, event: Event, before: Hypothesis): Hypothesis {
  switch (event.kind) {
    case 'waited': {
      const { result } = event
      const mistaken = h.state.scope.profile.answers.waitid === 'stops as deaths'
      const words = (asInfo: boolean) =>
        !asInfo ? statusWords(result.status) : mistaken ? mistakenInfoWords(result) : infoWords(result)
      const who = nameOfTask(before, result.task, event.by)
      return withResult(h, event.by, asInfo => `${who} ${words(asInfo)}`)
    }
    case 'wait failed':
      return withResult(h, event.by, () => (event.error === 'ErrNoWaitableEvent' ? '0' : event.error))
    case 'failed':
      return withResult(h, event.by, () => event.error)
    case 'handler': {
      const name = nameOf(h, event.task)
      const ran = { ...h, prepared: new Set(h.prepared).add(`${name} ${event.signal}`) }
      const paused = h.pending.get(name)?.made.returns === 'after a handler'
      return paused ? withResult(ran, event.task, () => 'EINTR') : ran
    }
    default:
      return h
  }
}

const nameOf = ({ actors }: Hypothesis, task: TaskId): string =>
  [...actors].find(([, actor]) => actor.task === task)?.[0] ?? `task ${task}`

function withResult(h: Hypothesis, by: TaskId, result: (asInfo: boolean) => string): Hypothesis {
  const name = nameOf(h, by)
  const pending = h.pending.get(name)
  if (pending === undefined) return h
  const known = { ...pending, result: result(pending.made.asInfo === true) }
  return { ...h, pending: new Map(h.pending).set(name, known) }
}
