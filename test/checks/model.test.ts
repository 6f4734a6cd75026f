import { is } from 'immutable'
import { describe, expect, it } from 'vitest'
import { type KernelModelOptions, kernelModel } from '../../checks/model.js'
import type { Event } from '../../spec/events.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import { clones, dispositions, fullMenu, waits } from '../../spec/menu.js'
import { rules } from '../../spec/next.js'
import { gvisor2018 } from '../../spec/profile.js'
import { type Feature, features } from '../../spec/rule.js'
import type { Scope } from '../../spec/scope.js'
import { makePtraceRequest, type TaskFields } from '../../spec/state.js'
import { topologies } from '../../spec/topologies.js'

const scopeOf = (slots: number): Scope => ({ slots, profile: gvisor2018, menu: fullMenu, accounting: true })

const modelOf = (names: readonly string[], slots: number, options: Partial<KernelModelOptions> = {}) =>
  kernelModel({
    name: 'test',
    scope: scopeOf(slots),
    topologies: topologies.filter(({ name }) => names.includes(name)),
    rules,
    features: Object.keys(features) as Feature[],
    ...options,
  })

/** A model with one topology, which can be taken along steps by their labels. */
function start(topology: string, slots: number) {
  const model = modelOf([topology], slots)
  const initial = model.initial[0]
  if (initial === undefined) throw new Error(`no topology ${topology}`)
  let { state } = initial
  const told: string[] = []
  const steps = model.rules.flatMap(rule =>
    rule.choices.map(choice => ({ rule, choice, label: model.label(rule, choice, initial) })),
  )
  const self = {
    model,
    initial,
    told,
    steps,
    get state() {
      return state
    },
    does(...labels: readonly string[]) {
      for (const label of labels) {
        const step = steps.find(other => other.label === label)
        if (step === undefined) throw new Error(`no step is called ${label}`)
        if (!step.rule.guard(state, step.choice)) throw new Error(`${label} is not enabled`)
        state = step.rule.effect(state, step.choice)
        told.push(...model.events(state).map(event => model.describeEvent(event, initial)))
      }
      return self
    },
  }
  return self
}

const sameCells = (a: ImmutableState, b: ImmutableState): boolean =>
  a.cells.length === b.cells.length && a.cells.every((cell, i) => is(cell, b.cells[i]))

describe('cells', () => {
  it.each(topologies)('of $name can be taken out and put back', ({ name }) => {
    const { model, initial } = start(name, 5)
    const cells = model.cells(initial.state)
    expect(model.cells(model.restore(cells))).toEqual(cells)
    expect(model.cellNames(initial)).toHaveLength(cells.length)
  })

  it('are named after the tasks of the topology, and the free slots are numbered', () => {
    const { model, initial } = start('pair', 4)
    expect(model.cellNames(initial)).toEqual([
      ...['init', 'child', 'new1', 'new2'],
      ...['group of init', 'group of child', 'group of new1', 'group of new2'],
      ...['namespace of init', 'namespace of child', 'namespace of new1', 'namespace of new2'],
      ...[
        'process group of init',
        'process group of child',
        'process group of new1',
        'process group of new2',
      ],
      ...['session of init', 'session of child', 'session of new1', 'session of new2'],
    ])
  })

  it('are put back without events', () => {
    const { state, model } = start('pair', 3).does('kill(child, SIGKILL)')
    expect(model.events(state)).not.toEqual([])
    expect(model.events(model.restore(model.cells(state)))).toEqual([])
  })
})

describe('a step', () => {
  it('tells its own events only', () => {
    const s = start('pair', 3).does('kill(child, SIGSTOP)')
    expect(s.model.events(s.state)).toHaveLength(1)
    s.does('kill(init, SIGSTOP)')
    expect(s.model.events(s.state)).toMatchObject([{ kind: 'signal', to: 0 }])
  })

  it('has a label that no other step has', () => {
    for (const name of ['job', 'namespace', 'two-strangers-tracing']) {
      const labels = start(name, 5).steps.map(({ label }) => label)
      const seen = new Set<string>()
      expect(labels.filter(label => seen.size === seen.add(label).size)).toEqual([])
    }
  })

  it('is drawn in the lane of who acts, or else is acted upon', () => {
    const { model, initial, steps } = start('family', 3)
    const laneOf = (label: string) => {
      const step = steps.find(other => other.label === label)
      return step && model.lane?.(step.rule, step.choice, initial)
    }
    expect(laneOf('exit(child, 1)')).toBe('child')
    expect(laneOf('attach(init, child)')).toBe('init')
    expect(laneOf('kill(child, SIGKILL)')).toBe('child')
    expect(laneOf('killEverything(2)')).toBeUndefined()
  })

  it('has choices that nobody can change', () => {
    for (const { choices } of start('pair', 2).model.rules) {
      expect(Object.isFrozen(choices)).toBe(true)
      expect(choices.every(choice => Object.isFrozen(choice))).toBe(true)
    }
  })
})

describe('a label', () => {
  const { model, initial } = start('family', 4)
  const [rule] = model.rules
  const labelOf = (choice: unknown) => rule && model.label({ ...rule, name: 'rule' }, choice, initial)

  it.each([
    [{ task: 1 }, 'rule(parent)'],
    [{ target: 2, task: 0 }, 'rule(init, child)'],
    [{ pick: 2, task: 1, options: waits.any.options }, 'rule(parent, wait4(-1, 0), child)'],
    [
      { task: 1, options: waits.task.options.set('specificTID', 2), pick: null },
      'rule(parent, wait4(child, 0))',
    ],
    [
      { task: 1, options: waits.processGroup.options.set('specificPGID', 0) },
      'rule(parent, wait4(-init, 0))',
    ],
    [{ target: 3, signal: 'SIGKILL' }, 'rule(new1, SIGKILL)'],
    [{ task: 1, signal: null }, 'rule(parent, 0)'],
    [{ task: 1, code: 2 }, 'rule(parent, 2)'],
    [{ task: 1, target: 2, processGroup: 2 }, 'rule(parent, child, child)'],
    [{ task: 1, form: clones.thread }, 'rule(parent, clone(CLONE_THREAD))'],
    [{ task: 1, disposition: dispositions.ignore }, 'rule(parent, ignore)'],
    [{ task: 1, disposition: dispositions.noCldWait }, 'rule(parent, handler|SA_NOCLDWAIT)'],
    [
      { task: 1, request: makePtraceRequest({ request: 'DETACH', target: 2, signal: 'SIGTERM' }) },
      'rule(parent, PTRACE_DETACH, child, SIGTERM)',
    ],
    [
      {
        task: 1,
        request: makePtraceRequest({ request: 'SETOPTIONS', target: 2 }).set(
          'options',
          fullMenu.ptraceOptions[3]!,
        ),
      },
      'rule(parent, PTRACE_SETOPTIONS, child, TRACECLONE|TRACEFORK|TRACEVFORK)',
    ],
    [{ signal: 'SIGCONT' }, 'rule(SIGCONT)'],
  ])('%j', (choice, label) => expect(labelOf(choice)).toBe(label))
})

describe('an event', () => {
  const { model, initial } = start('family', 4)
  const any = waits.any.options
  const signal = { kind: 'signal', signal: 'SIGCHLD', to: 1, group: true, outcome: 'queued' } as const
  const waited = (event: 'Exit' | 'TraceeStop' | 'GroupContinue', status: number): Event => ({
    kind: 'waited',
    by: 1,
    options: any,
    result: { task: 2, tid: 2, event, status },
  })

  it.each<[Event, string]>([
    [waited('Exit', 0x200), 'wait4(-1, 0) returned child: exited 2'],
    [waited('Exit', 9), 'wait4(-1, 0) returned child: killed by SIGKILL'],
    [waited('TraceeStop', 0x137f), 'wait4(-1, 0) returned child: stopped by SIGSTOP'],
    [waited('TraceeStop', 0x6057f), 'wait4(-1, 0) returned child: stopped at PTRACE_EVENT_EXIT'],
    [waited('TraceeStop', 0x7f), 'wait4(-1, 0) returned child: stopped by signal 0'],
    [waited('GroupContinue', 0xffff), 'wait4(-1, 0) returned child: continued'],
    [{ kind: 'wait failed', by: 1, options: any, error: 'ECHILD' }, 'wait4(-1, 0) failed: ECHILD'],
    [
      { kind: 'wait failed', by: 1, options: waits.noHang.options, error: 'ErrNoWaitableEvent' },
      'wait4(-1, WNOHANG) found nothing',
    ],
    [{ kind: 'wait blocked', by: 1, options: any }, 'wait4(-1, 0) sleeps'],
    [{ kind: 'failed', by: 1, call: 'setsid', error: 'EPERM' }, 'setsid failed: EPERM'],
    [signal, 'SIGCHLD to parent'],
    [{ ...signal, group: false }, 'SIGCHLD to parent alone'],
    [{ ...signal, outcome: 'already pending' }, 'SIGCHLD to parent: already pending'],
    [{ kind: 'handler', task: 1, signal: 'SIGCHLD' }, 'parent runs its handler of SIGCHLD'],
    [{ kind: 'woken', task: 1 }, 'the wait of parent is woken'],
    [{ kind: 'futex woken', task: 2 }, 'who joins child is woken'],
    [{ kind: 'released', task: 2, tid: 2 }, "child's id is free"],
    [{ kind: 'released', task: 2, tid: 1 }, "parent's id, which child had, is free"],
  ])('%#: %j', (event, text) => expect(model.describeEvent(event, initial)).toBe(text))
})

describe('an end', () => {
  const { model, state } = start('pair', 3)
  const isEnd = (child: Partial<TaskFields>) => model.isEnd?.(state.withTask(1, child))

  it.each<[string, Partial<TaskFields>]>([
    ['runs its program, and may do nothing', { runState: 'app' }],
    ['sleeps in a wait', { runState: 'wait' }],
    ['has exited', { runState: 'exited' }],
    ['is stopped, whatever it would run next', { runState: 'interrupt', stop: 'group' }],
  ])('is a state in which every task %s', (_, child) => expect(isEnd(child)).toBe(true))

  it('is no state in which a task that is in no stop has something left to run', () => {
    expect(isEnd({ runState: 'exitNotify' })).toBe(false)
    expect(isEnd({ runState: 'starting' })).toBe(false)
  })
})

describe('a topology is what its story makes of a smaller one', () => {
  const same = (from: string, slots: number, labels: readonly string[], to: string) => {
    const made = start(from, slots).does(...labels)
    expect(sameCells(made.state, start(to, slots).state)).toBe(true)
  }

  it('fork', () => same('lonely-init', 3, ['clone(init, fork)', 'runInterrupt(new1)'], 'pair'))

  it('vfork', () => {
    const labels = ['clone(child, vfork)', 'maybeBeginVforkStop(child)', 'runInterrupt(new1)']
    same('pair', 3, labels, 'vfork')
  })

  it('a namespace, and a child inside', () => {
    const newpid = ['clone(child, clone(CLONE_NEWPID|SIGCHLD))', 'runInterrupt(new1)']
    same('pair', 4, [...newpid, 'clone(new1, fork)', 'runInterrupt(new2)'], 'namespace')
  })

  it('a job that is stopped', () => {
    const job = ['setsid(child)', 'clone(child, fork)', 'runInterrupt(new1)', 'setpgid(new1, new1, new1)']
    const stop = [
      'kill(new1, SIGSTOP)',
      'runInterrupt(new1)',
      'initiateGroupStop(new1)',
      'runInterrupt(new1)',
    ]
    same('pair', 3, [...job, ...stop, 'enterGroupStop(new1)'], 'job')
  })
})

describe('a mistake', () => {
  it('in the number of slots is told', () => {
    expect(() => modelOf(['family'], 2)).toThrow(
      'family: there are 3 tasks, but only 2 slots in the scope.\nGive the scope at least 3 slots.',
    )
  })

  it('in the name of a topology is answered with those there are', () => {
    const { model, initial } = start('pair', 2)
    expect(() => model.cellNames({ ...initial, name: 'pear' })).toThrow(
      'The model test has no topology pear.\nIt has pair.',
    )
  })
})
