/**
 * The temporal properties of the exit cycle: what they find in the source as written, and what breaks each of them.
 */
import { describe, expect, it } from 'vitest'
import { explore } from '../../checker/explore/explore.js'
import { replay } from '../../checker/explore/replay.js'
import type { Verdict } from '../../checker/explore/result.js'
import type { Model, Property } from '../../checker/model.js'
import { isStuck, lassoBreaks } from '../../checker/temporal/behaviour.js'
import { questions } from '../../checks/questions.js'
import { suite } from '../../checks/suite.js'
import { checksWithTemporal, temporalIn } from '../../checks/temporal.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { covers } from '../../spec/properties/index.js'
import { temporalProperties } from '../../spec/temporal.js'

type State = ImmutableState

const build = (check: string, topologies?: readonly string[]): Model<State> => {
  const found = suite.checks.find(({ name }) => name === check)
  if (found === undefined) throw new Error(`no check ${check}`)
  return found.build({ profile: 'gvisor-2018', topologies })
}

/** As if the kernel forgot to do this. */
const without = (model: Model<State>, ...rules: readonly string[]): Model<State> => ({
  ...model,
  rules: model.rules.filter(({ name }) => !rules.includes(name)),
  isEnd: () => true,
})

const named = (name: string): Property<State> => {
  const found = temporalProperties.find(property => property.name === name)
  if (found === undefined) throw new Error(`no temporal property ${name}`)
  return found
}

async function verdictOf(model: Model<State>, name: string, depth?: number): Promise<Verdict<State>> {
  const { verdicts } = await explore(model, [named(name)], { depth })
  const [verdict] = verdicts
  if (verdict === undefined) throw new Error(`no verdict on ${name}`)
  expectSound(model, verdict)
  return verdict
}

/** What is said to be a counterexample is one, judged without the graph. */
function expectSound(model: Model<State>, verdict: Verdict<State>): void {
  if (verdict.verdict !== 'violated') return
  const { trace, property, loop } = verdict
  const { initial } = trace
  const { steps, states, replayed } = replay(model, trace)
  expect(replayed).toBe(true)
  if (property.kind === 'liveness')
    expect(lassoBreaks(property, { model, initial, steps, loop: loop as number })).toMatchObject({
      shows: true,
    })
  if (property.kind === 'possibility')
    expect(isStuck(model, property, initial, states.at(-1) as State)).toMatchObject({ shows: true })
}

const labels = (model: Model<State>, verdict: Verdict<State>): readonly string[] =>
  'trace' in verdict
    ? verdict.trace.actions.map(({ rule, choice }) => model.label(rule, choice, verdict.trace.initial))
    : []

it('each has a name of its own, and a cover that shows that it says something', () => {
  const names = temporalProperties.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  const known = covers.map(({ name }) => name)
  expect(temporalProperties.map(({ cover }) => cover).filter(cover => !known.includes(cover))).toEqual([])
})

it('each is asked in some check, and every check that asks exists', () => {
  const asked = new Set(checksWithTemporal.flatMap(temporalIn))
  expect(temporalProperties.map(({ name }) => name).filter(name => !asked.has(name))).toEqual([])
  const checks = questions.map(({ name }) => name)
  expect(checksWithTemporal.filter(name => !checks.includes(name))).toEqual([])
})

describe('in the source as written', () => {
  it('an execve after the leader has exited waits for nobody, for ever', async () => {
    const model = build('exec')
    const verdict = await verdictOf(model, 'execve finishes or fails', 6)
    expect(labels(model, verdict)).toEqual([
      'exit(leader, 0)',
      'exitThreadGroup(leader)',
      'exitChildren(leader)',
      'runExitNotify(leader)',
      'execve(thread)',
    ])
    expect(verdict).toMatchObject({ verdict: 'violated', loop: 5 })
  })

  it('a task that SIGCONT overtakes on its way into a group stop stays there, and nothing gets it out', async () => {
    const model = build('stop-and-exit')
    const verdict = await verdictOf(model, 'a group stop that has ended holds nobody', 7)
    expect(verdict).toMatchObject({ verdict: 'violated', loop: 6 })
    expect(labels(model, verdict).at(-1)).toBe('enterGroupStop(init)')
  })

  it('a tracer that is also the parent sleeps beside a process that has died', async () => {
    const model = build('tracers', ['parent-traces-threaded-child'])
    const verdict = await verdictOf(model, 'a blocked wait with something to return returns')
    expect(verdict).toMatchObject({ verdict: 'violated', loop: 9, count: 1 })
    const zombie = await verdictOf(model, 'every zombie is eventually reapable')
    expect(zombie).toMatchObject({ verdict: 'violated' })
  })
})

it('everything holds of a namespace that dies', async () => {
  const names = temporalIn('namespaces')
  const { verdicts } = await explore(build('namespaces'), names.map(named))
  expect(verdicts.map(({ property, verdict }) => [property.name, verdict])).toEqual(
    names.map(name => [name, 'holds']),
  )
})

describe('each is broken where the kernel forgets a step', () => {
  it.each`
    property                                                         | check             | rules                        | depth
    ${'a killed task dies'}                                          | ${'vfork'}        | ${['runInterrupt']}          | ${5}
    ${'a task that began to exit becomes a zombie'}                  | ${'vfork'}        | ${['runExitNotify']}         | ${6}
    ${'a group exit ends every thread'}                              | ${'vfork'}        | ${['exitThreadGroup']}       | ${4}
    ${'execve finishes or fails'}                                    | ${'exec'}         | ${['runInterrupt']}          | ${4}
    ${'in a dying namespace everybody exits'}                        | ${'namespaces'}   | ${['runInterrupt']}          | ${6}
    ${'a blocked wait with something to return returns'}             | ${'namespaces'}   | ${['waitRetry']}             | ${7}
    ${'a parent in vfork goes on when its child is gone'}            | ${'vfork'}        | ${['exitUnstopVforkParent']} | ${8}
    ${'a ptrace request is carried out'}                             | ${'ptrace-kills'} | ${['ptraceRequest']}         | ${6}
    ${'with an init that waits for everyone every orphan is reaped'} | ${'namespaces'}   | ${['waitRetry']}             | ${8}
  `('$property: without $rules', async ({ property, check, rules, depth }) => {
    const model = without(build(check as string), ...(rules as string[]))
    expect(await verdictOf(model, property as string, depth as number)).toMatchObject({ verdict: 'violated' })
  })

  it.each`
    property                                | rules
    ${'every task can still exit'}          | ${['runExitNotify']}
    ${'a dying namespace can become empty'} | ${['runExitNotify']}
  `('$property: without $rules', async ({ property, rules }) => {
    const model = without(build('namespaces'), ...(rules as string[]))
    expect(await verdictOf(model, property as string)).toMatchObject({ verdict: 'violated' })
  })

  it('a group stop is completed or ended: unless a thread does not look', async () => {
    const model = build('stop-and-exit')
    const forgetful = {
      ...model,
      rules: model.rules.map(rule => ({
        ...rule,
        choices:
          rule.name === 'runInterrupt'
            ? rule.choices.filter(choice => (choice as { task: number }).task !== 1)
            : rule.choices,
      })),
    }
    const verdict = await verdictOf(forgetful, 'a group stop is completed or ended', 7)
    expect(verdict).toMatchObject({ verdict: 'violated' })
  })

  it('every stopped task can go on: unless nobody can send SIGCONT', async () => {
    const model = without(build('orphaned-jobs', ['job']), 'kill', 'exit', 'exit_group')
    expect(await verdictOf(model, 'every stopped task can go on')).toMatchObject({ verdict: 'violated' })
  })
})
