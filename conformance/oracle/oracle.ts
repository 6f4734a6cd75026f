/**
 * What the spec allows to be seen of a scenario, step by step.
 *
 * Here: taking a step in every hypothesis, coming to rest, and keeping those that agree with what was seen.
 * What is compared: results and calls that are still blocked, calls of others that have returned, which handlers
 * ran (not what they were told, nor how often), and the state of every actor.
 */

import type { ImmutableState } from '../../spec/immutable-state.js'
import { fullMenu } from '../../spec/menu.js'
import { rules } from '../../spec/next.js'
import type { Profile } from '../../spec/profile.js'
import { topologies } from '../../spec/topologies.js'
import { initialState, type Topology } from '../../spec/topology.js'
import { type Call, parseCall } from '../call.js'
import type { Run } from '../log.js'
import type { Scenario, ScenarioStep } from '../scenario.js'
import {
  type Actor,
  canBeTold,
  type Hypothesis,
  isInProgram,
  keyOf,
  type Made,
  type Pending,
  stateOf,
} from './hypothesis.js'
import { isEndOfKernel } from './kernel-ends.js'
import { NotModelled, Rest, TooManyStates } from './rest.js'

/** What is seen after a step. */
export type Seen = {
  /** `P wait4(-1, 0) = C exited 3`, `P handler = SIGCHLD`, sorted. */
  readonly events: readonly string[]
  /** `C Z`, sorted. */
  readonly states: readonly string[]
  /** Who has pid 1, in what is allowed. */
  readonly init?: string | undefined
}

export type Judgement =
  | { readonly verdict: 'agrees' }
  | {
      readonly verdict: 'differs'
      readonly step: number
      readonly seen: Seen
      readonly allowed: readonly Seen[]
      /** The spec has it on the way to a rest: the kernel had not come to rest when it was looked at. */
      readonly isOnTheWay: boolean
    }
  | { readonly verdict: 'not modelled'; readonly step: number; readonly what: string }

const lonely = topologies.find(({ name }) => name === 'lonely-init') as Topology

/** Follows scenarios of at most so many actors under one profile. What it has worked out once it remembers. */
export class Oracle {
  private readonly rest: Rest
  private readonly first: Hypothesis

  constructor(profile: Profile, slots: number) {
    const scope = { slots, profile, menu: fullMenu, accounting: false }
    this.rest = new Rest(scope)
    const init: Actor = { task: 0, tid: 0 }
    this.first = {
      // INIT of the puppet has a parent in another session, which the spec does not have: nobody ties its process group.
      state: initialState(lonely, scope).withProcessGroup(0, { ancestors: 0 }),
      actors: new Map([['INIT', init]]),
      owners: new Map([[0, 'INIT']]),
      pending: new Map(),
      prepared: new Set(),
      handlers: new Set(),
    }
  }

  /** Holds what a kernel has shown against what the spec allows. */
  judge(scenario: Scenario, run: Run): Judgement {
    let hypotheses: readonly Hypothesis[] = this.rest.from([this.first])
    const before = scenario.pre.length
    for (const [i, step] of stepsOf(scenario).entries()) {
      const number = i - before
      const skipped = run.skipped.some(({ after }) => after === number)
      const last = hypotheses
      try {
        hypotheses = this.take(hypotheses, step, `${scenario.id}, step ${number + 1}`, skipped)
      } catch (error) {
        if (error instanceof NotModelled || error instanceof TooManyStates)
          return { verdict: 'not modelled', step: number, what: error.message }
        throw error
      }
      if (number >= 0) {
        const seen = observed(run, number)
        const taken = skipped ? undefined : step
        const agreeing = hypotheses.filter(h => agrees(shown(h, taken), seen))
        if (agreeing.length === 0)
          return {
            verdict: 'differs',
            step: number,
            seen,
            allowed: distinct(hypotheses.map(h => shown(h, taken))),
            isOnTheWay: this.passes(last, taken, seen),
          }
        hypotheses = agreeing
      }
      hypotheses = afterwards(hypotheses)
    }
    return { verdict: 'agrees' }
  }

  /** How the kernel may end by a step of this scenario, in this profile; undefined if it does not. */
  endOfKernel({ pre, steps }: Scenario): string | undefined {
    let hypotheses: readonly Hypothesis[] = this.rest.from([this.first])
    for (const step of [...pre, ...steps]) {
      const next = this.next(hypotheses, step)
      if (typeof next === 'string') return isEndOfKernel(next) ? next : undefined
      hypotheses = next
    }
    return undefined
  }

  /** All that may be true after a start that is not looked at. Throws `Error` for one that is not modelled. */
  start(pre: readonly ScenarioStep[]): readonly Hypothesis[] {
    return pre.reduce<readonly Hypothesis[]>(
      (before, step) => {
        const after = this.next(before, step)
        if (typeof after === 'string') throw new Error(`a start that the spec does not model: ${after}`)
        return after
      },
      this.rest.from([this.first]),
    )
  }

  /** Every rest that a state can come to on its own. */
  settled(state: ImmutableState): readonly ImmutableState[] {
    return this.rest.from([{ ...this.first, state }]).map(h => h.state)
  }

  /** All that may be true after one more step; or what of it is not modelled. */
  next(hypotheses: readonly Hypothesis[], step: ScenarioStep): readonly Hypothesis[] | string {
    try {
      return afterwards(this.take(hypotheses, step, 'a step', false))
    } catch (error) {
      if (error instanceof NotModelled || error instanceof TooManyStates) return error.message
      throw error
    }
  }

  /** What may be seen after this step, if these were the hypotheses before it; or what of it is not modelled. */
  shows(hypotheses: readonly Hypothesis[], step: ScenarioStep): readonly Seen[] | string {
    try {
      return distinct(this.take(hypotheses, step, 'a step', false).map(h => shown(h, step)))
    } catch (error) {
      if (error instanceof NotModelled || error instanceof TooManyStates) return error.message
      throw error
    }
  }

  private take(
    hypotheses: readonly Hypothesis[],
    { actor: name, do: text }: ScenarioStep,
    where: string,
    skipped: boolean,
  ): readonly Hypothesis[] {
    if (skipped) return hypotheses
    const call = parseCall(text, where)
    return hypotheses
      .flatMap(h => this.rest.from(this.started(h, name, call, text)))
      .flatMap(variants)
      .map(renamed)
  }

  /** Can this be seen before the kernel has come to rest after the step? */
  private passes(hypotheses: readonly Hypothesis[], step: ScenarioStep | undefined, seen: Seen): boolean {
    if (step === undefined) return false
    const call = parseCall(step.do, 'a step')
    return hypotheses
      .flatMap(h => this.rest.onTheWay(this.started(h, step.actor, call, step.do)))
      .flatMap(variants)
      .some(h => agrees(shown(h, step), seen))
  }

  private started(h: Hypothesis, name: string, call: Call, text: string): readonly Hypothesis[] {
    // Not born, dead, or in a call: where the kernel has carried it out, the hypothesis is wrong.
    return canBeTold(h, name) ? this.rest.call(h, name, call, text) : []
  }
}

/** How many slots of the spec a scenario needs. */
export const slotsFor = ({ pre, steps }: Scenario): number =>
  1 + [...pre, ...steps].filter(step => /^(fork|vfork|thread|clone) /.test(step.do)).length

/** Names of rules that the oracle can make: for a test that none is misspelt. */
export const externalRules: readonly string[] = rules
  .filter(({ kind }) => kind === 'external')
  .map(({ name }) => name)

const stepsOf = ({ pre, steps }: Scenario): readonly ScenarioStep[] => [...pre, ...steps]

/** Calls that have returned by this rest: their actors are in their programs, or have been. */
const done = (h: Hypothesis): readonly (readonly [string, Pending])[] =>
  [...h.pending].filter(([name, { mayHaveReturned }]) => {
    const actor = h.actors.get(name)
    return mayHaveReturned === true && actor !== undefined && isInProgram(h.state, actor.task)
  })

/**
 * The ways in which this rest can look: who is not in its program now and was there may have stored the result in
 * between, or not.
 */
function variants(h: Hypothesis): readonly Hypothesis[] {
  const unsure = [...h.pending].filter(
    ([name, { mayHaveReturned }]) => mayHaveReturned === true && !done(h).some(([other]) => other === name),
  )
  return unsure.reduce<readonly Hypothesis[]>(
    (all, [name, pending]) =>
      all.flatMap(it => [
        { ...it, returned: new Set(it.returned).add(name) },
        { ...it, pending: new Map(it.pending).set(name, { ...pending, mayHaveReturned: false }) },
      ]),
    [h],
  )
}

/** Calls that have returned, in the program or on the way out of it. */
const over = (h: Hypothesis): readonly (readonly [string, Pending])[] => [
  ...done(h),
  ...[...h.pending].filter(([name]) => h.returned?.has(name) === true),
]

/** What this hypothesis shows, now that it rests; `step` is the one that was taken. */
function shown(h: Hypothesis, step: ScenarioStep | undefined): Seen {
  const finished = over(h)
  const returns = finished.map(
    ([name, { call, made, result }]) => `${name} ${call} = ${result ?? successOf(h, made)}`,
  )
  const own = step === undefined ? undefined : h.pending.get(step.actor)
  const blocked =
    step !== undefined &&
    own !== undefined &&
    own.made.returns !== 'never' &&
    !isExit(step.do) &&
    !finished.some(([name]) => name === step.actor) &&
    !isDead(h, step.actor)
  const handlers = [...h.handlers].map(ran => ran.replace(' ', ' handler = '))
  return {
    events: [
      ...returns,
      ...(blocked ? [`${step.actor} ${step.do} = no return yet`] : []),
      ...handlers,
    ].sort(),
    states: [...h.actors.keys()].map(name => `${name} ${stateOf(h, name)}`).sort(),
    init: h.owners.get(0),
  }
}

/** The pid of a child is translated when the call returns, by when a thread of the child's may have got it by execve. */
function successOf({ actors, owners }: Hypothesis, { child, success }: Made): string {
  const tid = child === undefined ? undefined : actors.get(child)?.tid
  return tid === undefined ? success : (owners.get(tid) ?? success)
}

/** The puppet does not wait for what never returns. */
const isExit = (call: string): boolean => /^exit(_group)?\(/.test(call)

const isDead = (h: Hypothesis, name: string): boolean => {
  const actor = h.actors.get(name)
  if (actor === undefined) return true
  const { exitState } = h.state.task(actor.task)
  return exitState === 'Zombie' || exitState === 'Dead'
}

/** What a kernel has shown after a step, in the same words. */
function observed({ events, states }: Run, step: number): Seen {
  const seen = events
    .filter(({ after }) => after === step)
    .map(({ actor, call, result }) =>
      call === 'signal handler'
        ? `${actor} handler = ${result.split(' ')[0]}`
        : `${actor} ${call} = ${result}`,
    )
  return {
    events: [...new Set(seen)].sort(),
    states: Object.entries(states.get(step) ?? {})
      .map(([actor, state]) => `${actor} ${state}`)
      .sort(),
  }
}

/** Is what was seen what is allowed? */
export function agrees(allowed: Seen, seen: Seen): boolean {
  const [may, is] = [allowed, seen].map(({ states }) => comparedStates(states, allowed.init).join('\n'))
  return allowed.events.join('\n') === seen.events.join('\n') && may === is
}

/**
 * The state of pid 1 once it is dead is not compared: who waits for it is the conductor, who is no part of the scenario.
 * It has the name of the thread that has executed a new program there last.
 */
export const comparedStates = (states: readonly string[], init: string | undefined): readonly string[] =>
  states.filter(state => state !== `${init} Z` && state !== `${init} gone`)

/** An execve that has returned may have brought another id: that of the leader, who is nobody any more. */
function renamed(h: Hypothesis): Hypothesis {
  const owners = new Map(h.owners)
  const actors = new Map(h.actors)
  for (const [name, { made, result }] of done(h)) {
    const actor = h.actors.get(name)
    if (made.rule !== 'execve' || result !== undefined || actor === undefined) continue
    const tid = h.state.namespace(0).tids.get(actor.task)
    if (tid === undefined || tid === actor.tid) continue
    owners.set(tid, name)
    actors.set(name, { ...actor, tid })
  }
  return { ...h, owners, actors }
}

/** Before the next step: what the last one has shown is forgotten, and what is the same then is one. */
const afterwards = (hypotheses: readonly Hypothesis[]): readonly Hypothesis[] => [
  ...new Map(hypotheses.map(returned).map(h => [keyOf(h), h])).values(),
]

/** Calls that have returned are over; those of the dead never return. */
function returned(h: Hypothesis): Hypothesis {
  const finished = new Map(over(h))
  const pending = new Map([...h.pending].filter(([name]) => !finished.has(name) && !isDead(h, name)))
  return { ...h, pending, handlers: new Set(), returned: undefined }
}

const distinct = (all: readonly Seen[]): Seen[] => [
  ...new Map(all.map(seen => [JSON.stringify(seen), seen])).values(),
]
