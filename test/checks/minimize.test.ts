/**
 * Walks of the kernel made small: fewer tasks, named topologies, and within a minute.
 */
import { describe, expect, it } from 'vitest'
import { minimizeFile } from '../../checker/cli/minimize-file.js'
import { replay } from '../../checker/explore/replay.js'
import type { Trace } from '../../checker/explore/result.js'
import { traceDocument } from '../../checker/itf/write.js'
import { minimize } from '../../checker/minimize/minimize.js'
import { clauseOf } from '../../checker/minimize/violation.js'
import type { Invariant, StepProperty } from '../../checker/model.js'
import type { Implementation } from '../../checker/suite.js'
import { Dice } from '../../checker/walk/scheduler.js'
import { walk } from '../../checker/walk/walk.js'
import type { KernelModel } from '../../checks/model.js'
import { smallerTopologies } from '../../checks/smaller.js'
import { suite } from '../../checks/suite.js'
import { loadCore, ownFolder } from '../../checks/verify/load.js'
import { enablesName, Refinement, refinesName } from '../../checks/verify/refinement.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { topologies } from '../../spec/topologies.js'

const check = suite.checks.find(({ name }) => name === 'stops')
if (check === undefined) throw new Error('no check stops')
const build = { profile: 'gvisor-2018' }
const model = check.build(build)

/** A walk of this many steps, each of the enabled ones alike. */
function walkOf(
  steps: number,
  seed: number,
): { readonly trace: Trace<ImmutableState>; readonly end: ImmutableState } {
  const dice = new Dice(seed)
  const [initial] = model.initial
  if (initial === undefined) throw new Error('no initial state')
  const all = model.rules.flatMap(rule => rule.choices.map(choice => ({ rule, choice })))
  const actions: (typeof all)[number][] = []
  let { state } = initial
  while (actions.length < steps) {
    for (const action of dice.shuffled(all)) {
      if (!action.rule.guard(state, action.choice)) continue
      state = model.restore(model.cells(action.rule.effect(state, action.choice)))
      actions.push(action)
      break
    }
  }
  return { trace: { initial, actions }, end: state }
}

describe('a walk of 1 000 steps', () => {
  it('is minimized within a minute, to nothing that a search could shorten', async () => {
    const { trace, end } = walkOf(1000, 7)
    // What is new in the last state: something that the walk comes to at its very end.
    const endCode = JSON.stringify(end.cells)
    const neverThere: Invariant<ImmutableState> = {
      kind: 'invariant',
      name: 'never where the walk ends',
      says: 'No state is the last one of the walk.',
      holds: state => JSON.stringify(state.cells) !== endCode,
    }
    const started = performance.now()
    const found = await minimize({
      check,
      build,
      violation: { property: neverThere, clause: clauseOf(neverThere, undefined, end) },
      topology: trace.initial.name,
      candidate: { actions: trace.actions },
      propertyOf: () => neverThere,
    })
    expect((performance.now() - started) / 1000).toBeLessThan(60)
    expect(found?.stages[0]).toEqual({ stage: 'as given', steps: 1000 })
    // The whole space of this check is 34 steps deep.
    expect(found?.shown.steps.length).toBeLessThanOrEqual(34)
    expect(found?.minimality).not.toBe('best so far')
  }, 90_000)
})

describe('smaller topologies', () => {
  const pair = topologies.find(({ name }) => name === 'pair')
  if (pair === undefined) throw new Error('no topology pair')
  const smaller = [...smallerTopologies(build, pair)]

  it('have fewer tasks, and every way to say which task is which', () => {
    // One task: the named topology and the enumerated one, each for the init and for the child.
    expect(smaller.map(({ topology }) => topology)).toEqual([
      'lonely-init',
      'lonely-init',
      '1 task: t0',
      '1 task: t0',
    ])
  })

  it('rename what choices are about, and have nothing for what is gone', () => {
    const [asInit, asChild] = smaller
    expect(asInit?.rename({ task: 0, signal: 'SIGSTOP' })).toEqual({ task: 0, signal: 'SIGSTOP' })
    expect(asInit?.rename({ task: 0, target: 1 })).toBeUndefined()
    expect(asChild?.rename({ task: 1 })).toEqual({ task: 0 })
    // Slots that are free at the start move up.
    expect(asInit?.rename({ task: 2 })).toEqual({ task: 1 })
  })
})

describe('a walk to where the core differs from the spec', () => {
  it('is minimized to the shortest, and the same rule differs', async () => {
    // The core as a later version has it: a wait that only looks reports another status.
    const core = await loadCore(ownFolder)
    const differing: Implementation<ImmutableState> = {
      name: 'core',
      says: 'the core, with one switch set otherwise',
      comparisons: [enablesName, refinesName],
      load: async () => ({
        properties: of =>
          new Refinement(core, of as KernelModel, undefined, { peekReports: 'group status' }).properties(),
        differences: () => [],
      }),
    }
    const other = { ...suite, implementations: [differing] }
    const exit = suite.checks.find(({ name }) => name === 'exit') as typeof check
    const threaded = exit.build({ ...build, topologies: ['threaded-child'] })
    const [takesAsSpec] = (await differing.load()).properties(threaded)
    const walked = await walk(threaded, [takesAsSpec as StepProperty<ImmutableState>], {
      seed: 786, // one that comes to a difference
      walks: 1,
      steps: 60,
      scheduler: 'uniform',
    })
    const [found] = walked.found
    if (found === undefined) throw new Error('no walk comes to a difference')
    const { trace, property } = found
    const { steps } = replay(threaded, trace)
    const document = traceDocument({ model: threaded, initial: trace.initial, steps }, property, {
      check: 'exit',
      profile: build.profile,
      features: [...exit.features],
      topologies: ['threaded-child'],
      alsoIn: [],
    })
    const { minimized, clause, on } = await minimizeFile(other, {
      document,
      shown: 'walk.itf.json',
      signal: new AbortController().signal,
      timeout: 20, // smaller starts are sought for as long as there is time
    })
    expect({ clause, on }).toEqual({ clause: 'step: waitRetry', on: 'core' })
    // As peek-tells-another-status, the known counterexample of that switch, but for a wait that sleeps first.
    expect(minimized.initial.name).toBe('pair')
    expect(minimized.shown.steps.length).toBe(7)
  })
})
