/** The verification itself: a core that does something else is caught, in whatever way it does. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explore } from '../../checker/explore/explore.js'
import { styleOf } from '../../checker/report/style.js'
import { isIn, kinds, objectsBy, stateOf } from '../../checks/abstraction.js'
import { suite } from '../../checks/suite.js'
import { coverageLines, isContradicted, ranges } from '../../checks/verify/coverage-text.js'
import { type Found, type Job, modelOf, questionAt, runJob, traceAt } from '../../checks/verify/job.js'
import { LazyWorld } from '../../checks/verify/lazy-world.js'
import { loadMutant, loadProbed, mutantsOf, readSources } from '../../checks/verify/mutants/build.js'
import { Corpus, Fuel } from '../../checks/verify/mutants/corpus.js'
import { filesWithReasons, knownNeverRun } from '../../checks/verify/never-run.js'
import { Pool, type PoolOptions, type Result } from '../../checks/verify/pool.js'
import { enablesName, Refinement, refinesName } from '../../checks/verify/refinement.js'
import { explaining, type Setting } from '../../checks/verify/switches.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import * as core from '../../src/index.js'

const job = (changes: Partial<Job> = {}): Job => ({
  check: 'exit',
  build: { profile: 'gvisor-2018', topologies: ['pair'] },
  engine: 'simple',
  limits: { depth: 3 },
  properties: [refinesName, enablesName],
  walks: { count: 2, length: 40, seed: 1 },
  ...changes,
})

/** A core with a fault, which is there exactly once. */
const withFault = async (file: string, find: string, replace: string) => {
  const sources = await readSources()
  const source = sources.get(file) ?? ''
  const start = source.indexOf(find)
  expect(start).toBeGreaterThanOrEqual(0)
  expect(source.lastIndexOf(find)).toBe(start)
  const end = start + find.length
  return loadMutant(sources, { name: 'by hand', file, inside: undefined, start, end, text: replace })
}

describe('the core of this repository', () => {
  it('does as the spec says, and what was compared is counted', async () => {
    const outcome = await runJob(job(), core)
    expect(outcome.found).toBeUndefined()
    expect(outcome.stepsCompared).toBe(outcome.transitions)
    expect(outcome.statesCompared).toBe(outcome.states)
    expect(outcome).toMatchObject({ complete: false, depthComplete: 3, stop: { by: 'depth' }, walks: 2 })
    expect(outcome.walkSteps).toBeGreaterThan(10)
  })

  it('is in the state that it was put into, by either way of asking', () => {
    const model = modelOf(job())
    const refinement = new Refinement(core, model)
    for (const { state } of model.initial) {
      const view = { scope: model.scope, world: refinement.world(state) }
      expect(isIn(view, state)).toBe(true)
      expect(model.cells(stateOf(view)).map(String)).toEqual(model.cells(state).map(String))
    }
  })

  it('does as itself', async () => {
    const outcome = await runJob(job({ limits: { depth: 2 } }), core, {}, core)
    expect(outcome.found).toBeUndefined()
    expect(outcome.stepsCompared).toBeGreaterThan(20)
  })
})

describe('a fault', () => {
  it.each`
    says                       | file                | find                                                              | replace
    ${'in a counter'}          | ${'exit.ts'}        | ${'task.group.activeTasks--'}                                     | ${'task.group.activeTasks -= 2'}
    ${'in who is told'}        | ${'exit-notify.ts'} | ${'task.exitTracerAcked = true'}                                  | ${''}
    ${'that throws'}           | ${'exit.ts'}        | ${"const { group } = task\n  advanceExitState(task, 'Initiated'"} | ${"const { group } = task.parent\n  advanceExitState(task, 'Initiated'"}
    ${'in what may come next'} | ${'run.ts'}         | ${"default:\n      return ['run']"}                               | ${'default:\n      return []'}
  `('$says is caught', async ({ file, find, replace }) => {
    const outcome = await runJob(job(), await withFault(file, find, replace))
    expect(outcome.found).toBeDefined()
  })

  it.each`
    says                             | file           | find                                                                                                                                 | replace
    ${'an option that is none'}      | ${'task.ts'}   | ${"      if ((request.options & ~knownPtraceOptions) !== 0) throw new SyscallError('EINVAL', 'ptrace')\n"}                           | ${''}
    ${'a call of who is not there'}  | ${'task.ts'}   | ${"    requireRunning(this, 'exit_group')\n"}                                                                                        | ${''}
    ${'a tracee of the own process'} | ${'ptrace.ts'} | ${"  if (target.group === task.group || target.tracer !== null || isGone(target))\n    throw new SyscallError('EPERM', 'ptrace')\n"} | ${''}
  `('in the refusal of $says is caught by a walk', async ({ file, find, replace }) => {
    const asked = job({ check: 'ptrace', build: { profile: 'gvisor-2018' }, limits: { depth: 1 } })
    const { found } = await runJob(asked, await withFault(file, find, replace))
    expect(found).toMatchObject({ property: enablesName, walk: expect.any(Number) })
  })

  it('is shown by a trace that no trace is shorter than', async () => {
    const faulty = await withFault('exit.ts', '  group.liveTasks--\n', '')
    const outcome = await runJob(job({ limits: {} }), faulty)
    const model = modelOf(job())
    const { initial, actions } = traceAt(model, outcome.found?.trace ?? { initial: 0, actions: [] })
    // The shortest way to any zombie: exit, exitThreadGroup, exitChildren, runExitNotify.
    expect(actions.map(({ rule, choice }) => model.label(rule, choice, initial))).toHaveLength(4)
    expect(actions.at(-1)?.rule.name).toBe('runExitNotify')
  })

  it('that changes behaviour is told by another core, without the spec', async () => {
    const faulty = await withFault('exit.ts', '  group.liveTasks--\n', '')
    const outcome = await runJob(job({ limits: { depth: 4 } }), core, {}, faulty)
    expect(outcome.found?.trace.actions).toHaveLength(4)
  })
})

describe('the fast engine', () => {
  /** What does not depend on how it was found. */
  const found = async (of: Job, faulty: typeof core, explored?: typeof core) => {
    const result = await runJob(of, faulty, {}, explored)
    const { states, transitions, diameter, complete, found: divergence } = result
    return divergence === undefined
      ? { states, transitions, diameter, complete }
      : { steps: divergence.trace.actions.length }
  }
  const both = async (of: Job, faulty: typeof core, explored?: typeof core) => {
    const walks = { ...of.walks, count: 0 }
    const fast = await found({ ...of, walks, engine: 'fast' }, faulty, explored)
    expect(fast).toEqual(await found({ ...of, walks, engine: 'simple' }, faulty, explored))
    return fast
  }

  it.each(['exit', 'ptrace', 'traced-births', 'namespaces', 'inner-jobs', 'waits', 'vfork', 'accounting'])(
    'compares as many steps of %s as the simple one',
    async check => {
      for (const profile of ['gvisor-2018', 'gvisor-fixed'])
        expect(await both(job({ check, build: { profile }, limits: { depth: 2 } }), core)).toHaveProperty(
          'states',
        )
    },
  )

  it.each`
    says                         | check              | depth | file                  | find                                                     | replace
    ${'in a counter'}            | ${'exit'}          | ${4}  | ${'exit.ts'}          | ${'task.group.activeTasks--'}                            | ${'task.group.activeTasks -= 2'}
    ${'in a field only written'} | ${'exit'}          | ${4}  | ${'exit.ts'}          | ${'  task.signalMask = allSignals\n'}                    | ${''}
    ${'in who is told'}          | ${'exit'}          | ${4}  | ${'exit-notify.ts'}   | ${'task.exitTracerAcked = true'}                         | ${''}
    ${'in who is woken'}         | ${'exit'}          | ${5}  | ${'waiting.ts'}       | ${'    this.notified = true\n'}                          | ${''}
    ${'in what is shown'}        | ${'stopped-waits'} | ${8}  | ${'wait.ts'}          | ${'(group.groupStopSignal << 8)'}                        | ${'(group.groupStopSignal << 9)'}
    ${'that throws'}             | ${'exit'}          | ${4}  | ${'exit-notify.ts'}   | ${'sendSignal(toLeader ? parent.group.leader : parent,'} | ${'sendSignal(parent.cloneChild!.group.leader,'}
    ${'in what may come next'}   | ${'exit'}          | ${4}  | ${'run.ts'}           | ${"if (task.interrupted) steps.push('be interrupted')"}  | ${''}
    ${'in a set'}                | ${'exit'}          | ${5}  | ${'exit-notify.ts'}   | ${'  task.parent?.children.delete(task)\n'}              | ${''}
    ${'in a map'}                | ${'exit'}          | ${5}  | ${'pid-namespace.ts'} | ${'      ns.tids.delete(task)\n'}                        | ${''}
    ${'in who is a member'}      | ${'exit'}          | ${5}  | ${'process-group.ts'} | ${'  pg.members.delete(group)\n  decRef'}                | ${'  decRef'}
    ${'in a session'}            | ${'jobs'}          | ${2}  | ${'process-group.ts'} | ${'  session.processGroups.add(pg)\n'}                   | ${''}
    ${'in an id'}                | ${'jobs'}          | ${2}  | ${'process-group.ts'} | ${'    ns.pgids.set(pg, id)\n'}                          | ${''}
    ${'in an id of a session'}   | ${'inner-jobs'}    | ${2}  | ${'process-group.ts'} | ${'    ns.sids.set(session, id)\n'}                      | ${''}
    ${'in what is given out'}    | ${'new-namespace'} | ${2}  | ${'pid-namespace.ts'} | ${'    this.last = tid\n'}                               | ${''}
    ${'in a queue'}              | ${'exit'}          | ${5}  | ${'waiting.ts'}       | ${'    this.queue.unregister(this)\n'}                   | ${''}
    ${'in the scheduler'}        | ${'exit'}          | ${3}  | ${'syscall.ts'}       | ${'  task.taskSet.wake(task)\n  noteMove'}               | ${'  noteMove'}
  `('finds as short a trace to a fault $says', async ({ check, depth, file, find, replace }) => {
    const of = job({ check, build: { profile: 'gvisor-2018' }, limits: { depth } })
    expect(await both(of, await withFault(file, find, replace))).toHaveProperty('steps')
  })

  it.each([
    'exit',
    'ptrace',
    'traced-births',
    'namespaces',
    'jobs',
    'waits',
    'vfork',
    'accounting',
    'new-namespace',
  ])('compares two cores in as many steps of %s as the simple one, and as the spec has', async check => {
    const of = job({ check, build: { profile: 'gvisor-2018' }, limits: { depth: 2 } })
    expect(await both(of, core, core)).toEqual(await both(of, core))
  })

  it.each`
    says                       | file                | find                              | replace
    ${'in a counter'}          | ${'exit.ts'}        | ${'task.group.activeTasks--'}     | ${'task.group.activeTasks -= 2'}
    ${'in what is told'}       | ${'exit-notify.ts'} | ${'task.exitTracerAcked = true'}  | ${''}
    ${'that throws'}           | ${'exit-notify.ts'} | ${'  group.tasksCount--\n'}       | ${'  group.leader.cloneChild!.stop = null\n'}
    ${'in what may come next'} | ${'run.ts'}         | ${"steps.push('be interrupted')"} | ${"steps.push('run')"}
  `('finds as short a trace between two cores to a fault $says', async ({ file, find, replace }) => {
    const of = job({ limits: { depth: 5 } })
    const faulty = await withFault(file, find, replace)
    const shown = await both(of, faulty, core)
    expect(shown).toHaveProperty('steps')
    expect(await both(of, core, faulty)).toEqual(shown)
  })

  it('puts the core into the same state, field by field', async () => {
    for (const { name } of suite.checks) {
      const model = modelOf(job({ check: name, build: { profile: 'gvisor-2018' } }))
      const { profile } = model.scope
      const states: ImmutableState[] = []
      const collect = {
        kind: 'invariant',
        name: '',
        says: '',
        holds: (s: ImmutableState) => states.push(s) > 0,
      } as const
      await explore(model, [collect], { depth: 5, maxStates: 60 })
      for (const state of states) {
        const view = { scope: model.scope, world: new LazyWorld(core, state, { profile }) }
        expect(isIn(view, state)).toBe(true)
      }
    }
  })

  it('knows of every field what it is read from', async () => {
    const model = modelOf(job())
    for (const { state } of model.initial) {
      const world = new LazyWorld(core, state, { profile: model.scope.profile })
      for (const [at, { names, fields }] of kinds.entries())
        for (const object of objectsBy[at]?.(world) ?? [])
          for (const [i, field] of fields.entries()) {
            if (object === undefined) continue
            const constant = ['serial', 'originator', 'leader', 'group', 'pidns']
            const from = [...(field.from ?? [names[i]]), ...constant]
            const only = new Proxy(object, {
              get(target, key) {
                expect(from).toContain(key)
                return Reflect.get(target, key, target)
              },
            })
            field.read(only, world)
          }
    }
  })
})

describe('a core that does not answer', () => {
  const stuckIn = async (find: string, replace: string, options: Partial<PoolOptions>) => {
    const folder = await mkdtemp(join(tmpdir(), 'zombieproof-'))
    try {
      await mkdir(join(folder, 'src'))
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
      for (const [file, source] of await readSources())
        await writeFile(
          join(folder, 'src', file),
          file === 'exit.ts' ? replaced(source, find, replace) : source,
        )
      const asked = job({ engine: 'fast', limits: { depth: 4 }, walks: { count: 0, length: 1, seed: 1 } })
      const [result] = await new Pool([asked], {
        folder,
        workers: 1,
        coverage: false,
        patience: 600,
        ...options,
      }).run()
      return result
    } finally {
      await rm(folder, { recursive: true })
    }
  }
  const replaced = (source: string, find: string, replace: string): string => {
    expect(source.split(find)).toHaveLength(2)
    return source.replace(find, replace)
  }
  const shown = async (result: Result | undefined) => {
    if (result?.kind !== 'stuck') throw new Error(`it is ${result?.kind}`)
    const { trace } = (await questionAt(result.job, result.question)) as Found
    const model = modelOf(result.job)
    const { initial, actions } = traceAt(model, trace)
    return actions.map(({ rule, choice }) => model.label(rule, choice, initial))
  }

  it('because it is in an endless loop is a divergence, with the shortest trace to the step', async () => {
    const result = await stuckIn('  group.liveTasks--\n', '  for (;;) group.liveTasks--\n', { patience: 3 })
    expect(result).toMatchObject({ kind: 'stuck', of: 'time' })
    expect(await shown(result)).toHaveLength(4)
    expect((await shown(result)).at(-1)).toMatch(/^runExitNotify/)
  })

  it('because it takes all the memory there is is one as well', async () => {
    const endless = '  for (const all: Task[][] = []; ; ) all.push(new Array(1000).fill(task))\n'
    const result = await stuckIn('  group.liveTasks--\n', endless, { memory: 200 })
    expect(result).toMatchObject({ kind: 'stuck', of: 'memory' })
    expect((await shown(result)).at(-1)).toMatch(/^runExitNotify/)
  })
})

describe('the reasons for what is never run', () => {
  it('are each found in the source, once', async () => {
    const sources = await readSources()
    for (const file of filesWithReasons())
      expect([file, knownNeverRun(file, sources.get(file) ?? '', 'gvisor-2018').lost]).toEqual([file, []])
  })

  it('are looked for without an end where the source is another', () => {
    const { lines, lost } = knownNeverRun(
      'exit-status.ts',
      'get shellExitCode(): number {\n  return 1\n}',
      'linux',
    )
    expect([[...lines.keys()], lost]).toEqual([[1, 2], []])
    const branch = '  if (isRefusedByInit(task, sig)) {\n    task.inHand = 0\n    return\n  }\n'
    expect([...knownNeverRun('interrupt.ts', branch, 'gvisor-2018').lines.keys()]).toEqual([2, 3])
    expect(knownNeverRun('exit-status.ts', '', 'linux').lost).toEqual(['get shellExitCode(): number'])
  })

  it('are shown beside the lines, and a line that runs all the same is an error', () => {
    const file = { file: 'src/a.ts', lines: 9, run: 6, partly: [], lost: [] }
    const reasons = [{ reason: 'It is for others.', lines: [3, 4] }]
    const coverage = { files: [{ ...file, never: [3, 4, 8], reasons, contradicted: [] }] }
    expect(coverageLines(coverage, styleOf({ colour: false, columns: 100 }))).toEqual([
      '  coverage   6 lines of 9 lines of the core were run: 66.6 %',
      '             not run: 2 lines with a reason, 1 without',
      '  reason     It is for others.',
      '               src/a.ts: 3-4',
      '  not run    src/a.ts: 8',
    ])
    expect(isContradicted(coverage)).toBe(false)
    const wrong = { files: [{ ...file, never: [], reasons: [], contradicted: [5] }] }
    expect(isContradicted(wrong)).toBe(true)
    expect(coverageLines(wrong, styleOf({ colour: false, columns: 100 })).at(-1)).toBe(
      '  runs       src/a.ts: 5, which never-run.ts says are never run',
    )
  })
})

describe('mutants', () => {
  it('are all found in the source, each with a name of its own', async () => {
    const mutants = mutantsOf(await readSources())
    expect(mutants.length).toBeGreaterThan(1000)
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  })

  it('that do not end are caught', async () => {
    const sources = await readSources()
    const [find, text] = [
      'for (let ns: PIDNamespace | null = this; ns !== null; ns = ns.parent)',
      'for (let ns: PIDNamespace | null = this; ns !== null; )',
    ]
    const start = sources.get('pid-namespace.ts')?.indexOf(find) ?? -1
    const endless = {
      name: 'endless',
      file: 'pid-namespace.ts',
      inside: undefined,
      start,
      end: start + find.length,
      text,
    }
    const corpus = Corpus.record([job()], await loadProbed(sources), { depth: 1, maxStates: 1000 })
    const fuel = new Fuel()
    fuel.install()
    fuel.refill()
    expect(corpus.catches(await loadMutant(sources, endless), fuel)).toBeDefined()
    expect(corpus.catches(await loadMutant(sources, undefined), fuel)).toBeUndefined()
  })
})

/** Every value that is not that of the seed. */
const otherValues = Object.values(core.switchValues).reduce((n, values) => n + values.length - 1, 0)

describe('the switches that explain a difference', () => {
  /** Two cores that agree with these settings, and all that have them. */
  const agreeing = (...enough: readonly Setting[]) => {
    const asked: Setting[] = []
    const isEnough = (setting: Setting) =>
      enough.some(some =>
        Object.entries(some).every(([name, value]) =>
          Object.entries(setting).some(([n, v]) => n === name && v === value),
        ),
      )
    return {
      asked,
      promising: async (settings: readonly Setting[]) => {
        asked.push(...settings)
        return settings.filter(isEnough)
      },
      agree: async (setting: Setting) => isEnough(setting),
    }
  }
  const tracees: Setting = { tracees: 'are always eligible' }
  const protectedInit: Setting = { initProtection: 'from unwanted signals' }
  const fixed: Setting = { peekReports: 'group status' }

  it('are one, if one is enough, and then no more are tried', async () => {
    const differing = agreeing(tracees, { ...protectedInit, ...fixed })
    expect(await explaining(core, 'gvisor-2018', differing)).toEqual(tracees)
    expect(differing.asked).toHaveLength(otherValues)
  })

  it('are as little of a profile as is enough', async () => {
    const three: Setting = { ...tracees, ...protectedInit, killOfTheDying: 'comes too late' }
    expect(await explaining(core, 'gvisor-2018', agreeing(three))).toEqual(three)
  })

  it('are two that no profile has together', async () => {
    expect(await explaining(core, 'gvisor-2018', agreeing({ ...protectedInit, ...fixed }))).toEqual({
      ...protectedInit,
      ...fixed,
    })
  })

  it('are told of the profile that is asked about', async () => {
    const seed: Setting = { peekReports: 'task status' }
    expect(await explaining(core, 'gvisor-fixed', agreeing(seed))).toEqual(seed)
  })

  it('are none where none are enough, which is found out in few questions', async () => {
    const differing = agreeing()
    expect(await explaining(core, 'gvisor-2018', differing)).toBeUndefined()
    const n = otherValues
    expect(differing.asked.length).toBeLessThan(n + (n * (n - 1)) / 2 + 4)
  })
})

it('writes lines as ranges', () => {
  expect(ranges([1, 3, 4, 5, 9])).toBe('1, 3-5, 9')
})
