/**
 * What the spec allows to be seen of a scenario, step by step.
 *
 * Here: taking a step in every hypothesis, coming to rest, and keeping those that agree with what was seen.
 * What is compared: results and calls that are still blocked, calls of others that have returned, which handlers
 * ran (not what they were told, nor how often), and the state of every actor.
 */

import { fullMenu } from '../../spec/menu.js'
import { rules } from '../../spec/next.js'
import type { Profile } from '../../spec/profile.js'
import { topologies } from '../../spec/topologies.js'
import { initialState, type Topology } from '../../spec/topology.js'
import { type Call, parseCall } from '../call.js'
import type { Run } from '../log.js'
import type { Scenario, ScenarioStep } from '../scenario.js'
import { type Actor, type Hypothesis, isInProgram, type Pending, stateOf } from './hypothesis.js'
import { Rest, TooManyStates } from './rest.js'
import { translate } from './translate.js'

/** What is seen after a step. */
export type Seen = {
  /** `P wait4(-1, 0) = C exited 3`, `P handler = SIGCHLD`, sorted. */
  readonly events: readonly string[]
  /** `C Z`, sorted. */
  readonly states: readonly string[]
}

export type Judgement =
  | { readonly verdict: 'agrees' }
  | {
      readonly verdict: 'differs'
      readonly step: number
      readonly seen: Seen
      readonly allowed: readonly Seen[]
    }
  | { readonly verdict: 'not modelled'; readonly step: number; readonly what: string }

class NotModelled extends Error {}

const lonely = topologies.find(({ name }) => name === 'lonely-init') as Topology

/** Follows scenarios of at most so many actors under one profile. What it has worked out once it remembers. */
export class Oracle {
  private readonly rest: Rest
  private readonly start: Hypothesis

  constructor(profile: Profile, slots: number) {
    const scope = { slots, profile, menu: fullMenu, accounting: false }
    this.rest = new Rest(scope)
    const init: Actor = { task: 0, tid: 0 }
    this.start = {
      state: initialState(lonely, scope),
      actors: new Map([['INIT', init]]),
      owners: new Map([[0, 'INIT']]),
      pending: new Map(),
      handlers: new Set(),
    }
  }

  /** Holds what a kernel has shown against what the spec allows. */
  judge(scenario: Scenario, run: Run): Judgement {
    const seenAt = (step: number) => observed(run, step)
    return this.follow(scenario, step => (step < 0 ? undefined : seenAt(step)), run)
  }

  /**
   * What the spec allows to be seen after the last of these steps, if what was seen before is as given; each
   * with its key, the same for the same observation.
   */
  allowed(scenario: Scenario): readonly (readonly Seen[])[] | string {
    const all: Seen[][] = []
    const judgement = this.follow(
      scenario,
      () => undefined,
      undefined,
      (step, hypotheses) => {
        if (step >= 0)
          all[step] = distinct(hypotheses.map(h => shown(h, stepsOf(scenario)[step + scenario.pre.length])))
      },
    )
    return judgement.verdict === 'not modelled' ? judgement.what : all
  }

  private follow(
    scenario: Scenario,
    seenAt: (step: number) => Seen | undefined,
    run: Run | undefined,
    listen: (step: number, hypotheses: readonly Hypothesis[]) => void = () => {},
  ): Judgement {
    let hypotheses: readonly Hypothesis[] = this.rest.from([this.start])
    const before = scenario.pre.length
    for (const [i, step] of stepsOf(scenario).entries()) {
      const number = i - before
      const skipped = run?.skipped.some(({ after }) => after === number) === true
      try {
        hypotheses = this.take(hypotheses, step, `${scenario.id}, step ${number + 1}`, skipped)
      } catch (error) {
        if (error instanceof NotModelled || error instanceof TooManyStates)
          return { verdict: 'not modelled', step: number, what: error.message }
        throw error
      }
      listen(number, hypotheses)
      const seen = seenAt(number)
      if (seen !== undefined) {
        const agreeing = hypotheses.filter(h => agrees(shown(h, skipped ? undefined : step), seen))
        if (agreeing.length === 0)
          return {
            verdict: 'differs',
            step: number,
            seen,
            allowed: distinct(hypotheses.map(h => shown(h, skipped ? undefined : step))),
          }
        hypotheses = agreeing
      }
      hypotheses = hypotheses.map(h => returned(h))
    }
    return { verdict: 'agrees' }
  }

  private take(
    hypotheses: readonly Hypothesis[],
    { actor: name, do: text }: ScenarioStep,
    where: string,
    skipped: boolean,
  ): readonly Hypothesis[] {
    if (skipped) return hypotheses
    const call = parseCall(text, where)
    return hypotheses.flatMap(h => this.rest.from(this.started(h, name, call, text))).map(renamed)
  }

  private started(h: Hypothesis, name: string, call: Call, text: string): readonly Hypothesis[] {
    const actor = h.actors.get(name)
    // Not born, dead, or in a call: where the kernel has carried it out, the hypothesis is wrong.
    if (actor === undefined || h.pending.has(name)) return []
    const { exitState } = h.state.task(actor.task)
    if (exitState === 'Zombie' || exitState === 'Dead') return []
    const translated = translate(call, actor.task, h)
    if ('notModelled' in translated) throw new NotModelled(translated.notModelled)
    const pending: Pending =
      'result' in translated
        ? {
            call: text,
            made: { rule: '', choices: [], success: translated.result, returns: 'when done' },
            queued: false,
          }
        : { call: text, made: translated.made, queued: !isInProgram(h.state, actor.task) }
    if (pending.queued || pending.made.rule === '')
      return [{ ...h, pending: new Map(h.pending).set(name, pending) }]
    const made = this.rest.make(h, name, pending)
    if (made.length === 0)
      throw new NotModelled(`${text}, which the rule ${pending.made.rule} does not try here`)
    return made
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

/** Calls that have returned by this rest. */
const done = (h: Hypothesis): readonly (readonly [string, Pending])[] =>
  [...h.pending].filter(
    ([
      name,
      {
        queued,
        made: { returns },
        result,
      },
    ]) => {
      const actor = h.actors.get(name)
      if (queued || actor === undefined || !isInProgram(h.state, actor.task)) return false
      return returns === 'when done' || (returns === 'after a handler' && result !== undefined)
    },
  )

/** What this hypothesis shows, now that it rests; `step` is the one that was taken. */
function shown(h: Hypothesis, step: ScenarioStep | undefined): Seen {
  const finished = done(h)
  const returns = finished.map(
    ([name, { call, made, result }]) => `${name} ${call} = ${result ?? made.success}`,
  )
  const own = step === undefined ? undefined : h.pending.get(step.actor)
  const blocked =
    step !== undefined &&
    own !== undefined &&
    own.made.returns !== 'never' &&
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
  }
}

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

/**
 * The state of INIT once it is dead is not compared: who waits for it is the conductor, who is no part of the
 * scenario.
 */
function agrees(allowed: Seen, seen: Seen): boolean {
  const compared = ({ states }: Seen) => states.filter(state => !/^INIT (Z|gone)$/.test(state)).join('\n')
  return allowed.events.join('\n') === seen.events.join('\n') && compared(allowed) === compared(seen)
}

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

/** Calls that have returned are over; those of the dead never return. */
function returned(h: Hypothesis): Hypothesis {
  const finished = new Map(done(h))
  const pending = new Map([...h.pending].filter(([name]) => !finished.has(name) && !isDead(h, name)))
  return { ...h, pending, handlers: new Set() }
}

const distinct = (all: readonly Seen[]): Seen[] => [
  ...new Map(all.map(seen => [JSON.stringify(seen), seen])).values(),
]
