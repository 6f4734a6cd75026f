/**
 * A toy to drive the command line with: one leader, at most one worker, and a shell that collects the leader.
 *
 * The profile `hasty` has a shell that collects the leader while its worker still runs.
 */
import { Record as ImmutableRecord, type RecordOf } from 'immutable'
import { UsageError } from '../../../checker/errors.js'
import type { Initial, Model, Property, Rule, StepEvent } from '../../../checker/model.js'
import type { BuildOptions, CheckDefinition, Suite } from '../../../checker/suite.js'

type Name = 'leader' | 'worker'
type Task = RecordOf<{ exitRequested: boolean; exitState: 'None' | 'Initiated' | 'Zombie' | 'Dead' }>
const makeTask = ImmutableRecord<{
  exitRequested: boolean
  exitState: 'None' | 'Initiated' | 'Zombie' | 'Dead'
}>({ exitRequested: false, exitState: 'None' }, 'Task')

export interface Toy {
  readonly leader: Task
  readonly worker: Task
  readonly events: readonly StepEvent[]
}

interface Choice {
  readonly task: Name
  readonly by?: 'shell'
}

const change = (state: Toy, { task }: Choice, fields: Partial<Task>, ...events: StepEvent[]): Toy => ({
  ...state,
  [task]: state[task].merge(fields),
  events,
})

const rule = (it: Omit<Rule<Toy, Choice>, 'source'>): Rule<Toy> => ({
  ...it,
  source: `${it.name} in task_exit.go`,
})

const both: readonly Choice[] = [{ task: 'leader' }, { task: 'worker' }]

const rulesFor = ({ profile, mutant }: BuildOptions): readonly Rule<Toy>[] => [
  rule({
    name: 'prepareExit',
    feature: 'exit',
    kind: 'external',
    choices: both,
    guard: (state, { task }) => state[task].exitState === 'None' && !state[task].exitRequested,
    effect: (state, choice) => change(state, choice, { exitRequested: true }),
  }),
  rule({
    name: 'exitThreadGroup',
    feature: 'exit',
    kind: 'internal',
    choices: both,
    guard: (state, { task }) => state[task].exitState === 'None' && state[task].exitRequested,
    effect: (state, choice) => {
      if (mutant === 'throws' && choice.task === 'worker') throw new RangeError('no such task')
      return change(state, choice, { exitState: 'Initiated' })
    },
  }),
  rule({
    name: 'runExitNotify',
    feature: 'exit',
    kind: 'internal',
    choices: both,
    guard: (state, { task }) => state[task].exitState === 'Initiated',
    effect: (state, choice) =>
      change(state, choice, { exitState: choice.task === 'leader' ? 'Zombie' : 'Dead' }),
  }),
  rule({
    name: 'waitCollectZombie',
    feature: 'wait',
    kind: 'external',
    choices: [{ task: 'leader', by: 'shell' }],
    guard: ({ leader, worker }) =>
      leader.exitState === 'Zombie' &&
      (mutant === 'no-group-empty-check' || profile === 'hasty' || worker.exitState === 'Dead'),
    effect: (state, choice) =>
      change(state, choice, { exitState: 'Dead' }, { kind: 'wait4', returned: choice.task }),
  }),
]

const task = (exitState: Task['exitState']): Task =>
  makeTask({ exitState, exitRequested: exitState === 'Dead' })

const topologies: readonly Initial<Toy>[] = [
  {
    name: 'pair',
    says: 'one leader, one worker',
    state: { leader: task('None'), worker: task('None'), events: [] },
  },
  {
    name: 'alone',
    says: 'a leader without worker',
    state: { leader: task('None'), worker: task('Dead'), events: [] },
  },
]

export const leaderIsReapedLast: Property<Toy> = {
  kind: 'invariant',
  name: 'a leader is reaped last',
  says: 'A leader is dead only when its worker is.',
  holds: ({ leader, worker }) => leader.exitState !== 'Dead' || worker.exitState === 'Dead',
  explain: ({ worker }) => `leader is Dead while worker is ${worker.exitState}`,
}

const statusAdvances: Property<Toy> = {
  kind: 'step',
  name: 'the dead stay dead',
  says: 'No step changes a dead task.',
  holds: ({ before, after }) => before.leader.exitState !== 'Dead' || after.leader.exitState === 'Dead',
}

const zombieCover: Property<Toy> = {
  kind: 'cover',
  name: 'the leader is a zombie while the worker runs',
  says: 'A leader can exit before its worker.',
  reached: ({ leader, worker }) => leader.exitState === 'Zombie' && worker.exitState === 'None',
}

const made = (tasks: number): readonly string[] => (tasks === 1 ? ['alone'] : ['pair', 'alone'])

function build(
  name: string,
  own: readonly string[],
  features: readonly string[],
  options: BuildOptions,
): Model<Toy> {
  const { tasks } = options
  if (tasks !== undefined && tasks > 2)
    throw new UsageError(`${name} has at most 2 tasks.`, 'Ask for --tasks 1 or 2.')
  const names =
    tasks === undefined
      ? (options.topologies ?? own)
      : made(tasks).filter(it => options.topologies?.includes(it) ?? true)
  const kept = options.features ?? features
  return {
    name,
    initial: topologies.filter(topology => names.includes(topology.name)),
    rules: rulesFor(options).filter(({ feature }) => kept.includes(feature)),
    cells: ({ leader, worker }) => [leader, worker],
    restore: cells => ({ leader: cells[0] as Task, worker: cells[1] as Task, events: [] }),
    events: state => state.events,
    cellNames: () => ['leader', 'worker'],
    label: ({ name: ruleName }, choice) => {
      const { task: of, by } = choice as Choice
      return `${ruleName}(${by === undefined ? '' : `${by}, `}${of})`
    },
    lane: (_rule, choice) => (choice as Choice).by ?? (choice as Choice).task,
    isEnd: ({ leader, worker }) => leader.exitState === 'Dead' && worker.exitState === 'Dead',
  }
}

const check = (
  name: string,
  says: string,
  own: readonly string[],
  properties: readonly Property<Toy>[],
  bound?: CheckDefinition<Toy>['bound'],
): CheckDefinition<Toy> => ({
  name,
  says,
  features: ['exit', 'wait'],
  topologies: own,
  bound,
  properties,
  build: options => build(name, own, ['exit', 'wait'], options),
})

export const toySuite = (counterexamples: string): Suite<Toy> => ({
  checks: [
    check('reaping', 'one leader, one worker, no tracer', ['pair'], [leaderIsReapedLast, zombieCover]),
    check(
      'families',
      'a leader with and without a worker',
      ['pair', 'alone'],
      [leaderIsReapedLast, statusAdvances],
    ),
    check('shallow', 'only the first steps', ['pair'], [statusAdvances, zombieCover], {
      depth: 2,
      reason: 'the toy has to show a bound',
    }),
  ],
  profiles: [
    { name: 'patient', says: 'the shell waits for the whole group' },
    { name: 'hasty', says: 'the shell collects a leader at once' },
  ],
  defaultProfile: 'patient',
  features: [
    { name: 'exit', says: 'exit and its path' },
    { name: 'wait', says: 'wait4' },
  ],
  topologies: topologies.map(({ name, says }) => ({ name, says })),
  mutants: [
    {
      name: 'no-group-empty-check',
      says: 'the shell does not look whether the group is empty',
      rule: 'waitCollectZombie',
      check: 'reaping',
      depth: 4,
      breaks: ['a leader is reaped last'],
    },
    {
      name: 'throws',
      says: 'a rule that throws',
      rule: 'exitThreadGroup',
      check: 'reaping',
      depth: 2,
      breaks: ['no deadlock', 'the dead stay dead'],
    },
  ],
  counterexamples,
})
