/**
 * What a property is, and how one is made: a premise, and clauses that hold of everything the premise picks.
 *
 * Here: the shapes that the checker asks for (Invariant, StepProperty, Cover, Step), over this state, and the
 * functions that make them.
 * Not here: any property.
 *
 * A premise is a cover as well: a property whose premise is never reached says nothing.
 */
import { match } from 'ts-pattern'
import type { Event } from '../events.js'
import type { GroupId, NamespaceId, ProcessGroupId, SessionId, State, TaskId } from '../state.js'
import type { WaitOptions } from '../wait-options.js'

/** One step of a behaviour. */
export interface Step {
  readonly before: State
  readonly rule: { readonly name: string }
  readonly choice: unknown
  readonly after: State
  /** What the step emitted. The checker knows only that an event has a kind; see `eventsOf`. */
  readonly events: readonly { readonly kind: string }[]
}

/** The events of a step. Every event of this model is an `Event`: rules emit through `State.emit`, and nothing else. */
export const eventsOf = (step: Step): readonly Event[] => step.events as readonly Event[]

/** A property slot by slot, for an engine that remembers judgements by what was read for them. */
export interface Each<Where> {
  count(s: State): number
  isSo(where: Where, slot: number): boolean
}

/** True in every reachable state. */
export interface Invariant {
  readonly kind: 'invariant'
  readonly name: string
  readonly says: string
  readonly cover: string
  holds(s: State): boolean
  readonly each?: Each<State> | undefined
  explain(s: State): string
  clause(s: State): string | undefined
}

/** True of every step between reachable states. */
export interface StepProperty {
  readonly kind: 'step'
  readonly name: string
  readonly says: string
  readonly cover: string
  holds(step: Step): boolean
  readonly each?: Each<Step> | undefined
  explain(step: Step): string
  clause(step: Step): string | undefined
}

/** Reached at least once: by a state, or by a step. */
export interface Cover {
  readonly kind: 'cover'
  readonly name: string
  readonly says: string
  reached?(s: State): boolean
  reachedBy?(step: Step): boolean
  readonly some?: Each<State> | undefined
  readonly someBy?: Each<Step> | undefined
}

export type Property = Invariant | StepProperty | Cover

/** What a property speaks of: in a `Where` (a state or a step), some things of type `X`. */
export interface Premise<Where, X> extends Cover {
  /** Does `test` hold of each thing that the premise picks? */
  every(where: Where, test: (x: X) => boolean): boolean
  /** The same of the thing in this slot alone, where there is at most one in each. */
  everyIn?(where: Where, slot: number, test: (x: X) => boolean): boolean
  /** One of these things, for people. */
  describe(where: Where, x: X): string
}

type Named = { readonly name: string; readonly says: string }
type Describe<Where, X> = Premise<Where, X>['describe']

/** Is the thing in this slot one that the premise picks? */
type Picks<Where> = (where: Where, slot: number) => boolean

const slotCount = (s: State): number => s.scope.slots

const eachSlot = (s: State, test: (id: number) => boolean): boolean => {
  for (let id = 0; id < s.scope.slots; id++) if (!test(id)) return false
  return true
}

const statePremise = (
  { name, says }: Named,
  picks: Picks<State>,
  describe: Describe<State, number>,
): Premise<State, number> => {
  const everyIn: Premise<State, number>['everyIn'] = (s, slot, test) => !picks(s, slot) || test(slot)
  return {
    kind: 'cover',
    name,
    says,
    every: (s, test) => eachSlot(s, slot => everyIn(s, slot, test)),
    everyIn,
    describe,
    reached: s => !eachSlot(s, slot => !picks(s, slot)),
    some: { count: slotCount, isSo: picks },
  }
}

const slotsPremise = (
  { name, says }: Named,
  picks: Picks<Step>,
  describe: Describe<Step, number>,
): Premise<Step, number> => {
  const everyIn: Premise<Step, number>['everyIn'] = (step, slot, test) => !picks(step, slot) || test(slot)
  return {
    kind: 'cover',
    name,
    says,
    every: (step, test) => eachSlot(step.before, slot => everyIn(step, slot, test)),
    everyIn,
    describe,
    reachedBy: step => !eachSlot(step.before, slot => !picks(step, slot)),
    someBy: { count: slotCount, isSo: picks },
  }
}

const describeTask = (s: State, t: TaskId): string => {
  const { group, exitState, runState, stop } = s.task(t)
  const who = t === group ? `task ${t}` : `task ${t} of group ${group}`
  return `${who} (${exitState}, ${runState}${stop === null ? '' : `, stop ${stop}`})`
}

const describeGroup = (s: State, g: GroupId): string => {
  const members: string[] = []
  for (let t = 0; t < s.scope.slots; t++) {
    const { group, runState, exitState } = s.task(t)
    if (runState !== 'unborn' && group === g) members.push(`task ${t} ${exitState}`)
  }
  return `group ${g} (${members.join(', ') || 'no tasks'})`
}

const isBorn = (s: State, t: TaskId): boolean => !s.taskIs(t, 'runState', 'unborn')
const isFounded = (s: State, g: GroupId): boolean => s.group(g).leader !== null

/** The tasks, dead ones included, of which `holds`. */
export const tasks = (it: Named, holds: (s: State, t: TaskId) => boolean): Premise<State, TaskId> =>
  statePremise(it, (s, t) => isBorn(s, t) && holds(s, t), describeTask)

/** The thread groups of which `holds`. */
export const groups = (it: Named, holds: (s: State, g: GroupId) => boolean): Premise<State, GroupId> =>
  statePremise(it, (s, g) => isFounded(s, g) && holds(s, g), describeGroup)

/** The PID namespaces of which `holds`. */
export const namespaces = (
  it: Named,
  holds: (s: State, ns: NamespaceId) => boolean,
): Premise<State, NamespaceId> =>
  statePremise(
    it,
    (s, ns) => s.namespace(ns).exists && holds(s, ns),
    (_, ns) => `namespace ${ns}`,
  )

/** The slots of process groups, in use or not, of which `holds`. */
export const processGroups = (
  it: Named,
  holds: (s: State, pg: ProcessGroupId) => boolean,
): Premise<State, ProcessGroupId> => statePremise(it, holds, (_, pg) => `process group ${pg}`)

/** The slots of sessions, in use or not, of which `holds`. */
export const sessions = (
  it: Named,
  holds: (s: State, session: SessionId) => boolean,
): Premise<State, SessionId> => statePremise(it, holds, (_, session) => `session ${session}`)

const describeChange = (before: string, after: string): string =>
  before === after ? after : `${before}, then ${after}`

/** The tasks that had been born before the step, of which `holds`. */
export const stepTasks = (it: Named, holds: (step: Step, t: TaskId) => boolean): Premise<Step, TaskId> =>
  slotsPremise(
    it,
    (step, t) => holds(step, t) && isBorn(step.before, t),
    ({ before, after }, t) => describeChange(describeTask(before, t), describeTask(after, t)),
  )

/**
 * Of these, only the tasks that the step has changed: for what cannot be false otherwise. Most steps change one or
 * two. A record that is the same object is the same; one that is not may be the same all the same.
 */
export const changedTasks = (it: Named, holds: (step: Step, t: TaskId) => boolean): Premise<Step, TaskId> =>
  stepTasks(it, (step, t) => step.before.task(t) !== step.after.task(t) && holds(step, t))

/** The thread groups that existed before the step, of which `holds`. */
export const stepGroups = (it: Named, holds: (step: Step, g: GroupId) => boolean): Premise<Step, GroupId> =>
  slotsPremise(
    it,
    (step, g) => holds(step, g) && isFounded(step.before, g),
    ({ before, after }, g) => describeChange(describeGroup(before, g), describeGroup(after, g)),
  )

/** Of these, only the groups that the step has changed. */
export const changedGroups = (
  it: Named,
  holds: (step: Step, g: GroupId) => boolean,
): Premise<Step, GroupId> =>
  stepGroups(it, (step, g) => step.before.group(g) !== step.after.group(g) && holds(step, g))

/** The slots of process groups of which `holds`. */
export const stepProcessGroups = (
  it: Named,
  holds: (step: Step, pg: ProcessGroupId) => boolean,
): Premise<Step, ProcessGroupId> => slotsPremise(it, holds, (_, pg) => `process group ${pg}`)

type EventOf<K extends Event['kind']> = Extract<Event, { readonly kind: K }>

/** The events of one kind of which `holds`. */
export const stepEvents = <K extends Event['kind']>(
  it: Named,
  kind: K,
  holds: (step: Step, event: EventOf<K>) => boolean = () => true,
): Premise<Step, EventOf<K>> => {
  const every: Premise<Step, EventOf<K>>['every'] = (step, test) => {
    for (const event of eventsOf(step)) {
      if (event.kind !== kind) continue
      const one = event as EventOf<K>
      if (holds(step, one) && !test(one)) return false
    }
    return true
  }
  return {
    kind: 'cover',
    name: it.name,
    says: it.says,
    every,
    describe: (_, event) => describeEvent(event),
    reachedBy: step => !every(step, () => false),
  }
}

const describeEvent = (event: Event): string =>
  match(event)
    .with(
      { kind: 'waited' },
      ({ by, options, result: { task, event, status } }) =>
        `${describeWait(options)} of task ${by}, which returned ${event} of task ${task}, status ${status}`,
    )
    .with(
      { kind: 'wait failed' },
      ({ by, options, error }) => `${describeWait(options)} of task ${by}, which failed: ${error}`,
    )
    .with(
      { kind: 'wait blocked' },
      ({ by, options }) => `${describeWait(options)} of task ${by}, which sleeps`,
    )
    .with({ kind: 'failed' }, ({ by, call, error }) => `${call} of task ${by}, which failed: ${error}`)
    .with({ kind: 'signal' }, ({ signal, to, group }) => `${signal} to task ${to}${group ? '' : ' alone'}`)
    .with({ kind: 'handler' }, ({ task, signal }) => `the handler of task ${task} for ${signal}`)
    .with({ kind: 'woken' }, ({ task }) => `the waking of task ${task}`)
    .with({ kind: 'futex woken' }, ({ task }) => `the waking of who joins task ${task}`)
    .with({ kind: 'released' }, ({ task, tid }) => `the release of id ${tid} of task ${task}`)
    .exhaustive()

const describeWait = ({ call, specificTID, specificPGID }: WaitOptions): string =>
  call.replace('PGID', `process group ${specificPGID}`).replace('TID', `task ${specificTID}`)

/** What a property says of each thing that its premise picks, clause by clause. */
export type Sentence<Where, X> = {
  readonly name: string
  /** The whole of it, in English. */
  readonly says: string
  readonly clauses: Readonly<Record<string, (where: Where, x: X) => boolean>>
  /** Who else is concerned, for a report. */
  readonly about?: (where: Where, x: X) => string
}

function judge<Where, X>(premise: Premise<Where, X>, { clauses, about }: Sentence<Where, X>) {
  const tests = Object.values(clauses)
  const judged = (where: Where, x: X): boolean => {
    for (const test of tests) if (!test(where, x)) return false
    return true
  }
  const brokenClause = (where: Where, x: X): string | undefined =>
    Object.keys(clauses).find(clause => clauses[clause]?.(where, x) === false)
  const { everyIn } = premise
  return {
    holds: (where: Where): boolean => premise.every(where, x => judged(where, x)),
    each: everyIn && {
      count: slotCount,
      isSo: (where: Where, slot: number): boolean => everyIn(where, slot, x => judged(where, x)),
    },
    /** The first clause that is false, of the first thing it is false of. */
    clause(where: Where): string | undefined {
      let found: string | undefined
      premise.every(where, x => {
        found = brokenClause(where, x)
        return found === undefined
      })
      return found
    },
    explain(where: Where): string {
      let reason = ''
      premise.every(where, x => {
        const broken = brokenClause(where, x)
        if (broken === undefined) return true
        const more = about === undefined ? '' : `; ${about(where, x)}`
        reason = `"${broken}" is false for ${premise.describe(where, x)}${more}`
        return false
      })
      return reason
    },
  }
}

/** In every reachable state, everything that the premise picks is as the clauses say. */
export const invariant = <X>(premise: Premise<State, X>, sentence: Sentence<State, X>): Invariant => ({
  kind: 'invariant',
  name: sentence.name,
  says: sentence.says,
  cover: premise.name,
  ...judge(premise, sentence),
})

/** In every step, everything that the premise picks is as the clauses say. */
export const stepProperty = <X>(premise: Premise<Step, X>, sentence: Sentence<Step, X>): StepProperty => ({
  kind: 'step',
  name: sentence.name,
  says: sentence.says,
  cover: premise.name,
  ...judge(premise, sentence),
})
