/** No check names what it never asks, nor a process tree that there is not. */
import { Set } from 'immutable'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../checker/errors.js'
import { define, type Question } from '../../checks/build.js'
import { checksFor } from '../../checks/verify/further.js'
import { clones, dispositions, fullMenu, type Menu, waits } from '../../spec/menu.js'
import { profiles } from '../../spec/profile.js'
import { type Feature, features } from '../../spec/rule.js'

const question = (changes: Partial<Question>): Question => ({
  name: 'asked',
  says: 'What a test asks.',
  features: ['exit'],
  topologies: ['pair'],
  covers: [],
  ...changes,
})
const build = (changes: Partial<Question>) => () =>
  define(question(changes)).build({ profile: 'gvisor-2018' })

describe.each(profiles)('under $name', ({ name: profile }) => {
  it.each(checksFor(profile))('$name asks for all that it names', check => {
    expect(() => check.build({ profile })).not.toThrow()
  })
})

it('every feature has a call in the whole menu', () => {
  expect(build({ features: Object.keys(features) as Feature[] })).not.toThrow()
})

it('what the whole menu has and a check does not ask for is not named by it', () => {
  expect(build({ menu: { exitCodes: [1], groupExitCodes: [] } })).not.toThrow()
  expect(build({ menu: { exitCodes: fullMenu.exitCodes, kill: [] } })).not.toThrow()
})

it.each<[string, string, Partial<Menu>, readonly Feature[]]>([
  ['kill(A, SIGKILL) in its menu (kill)', 'kill', { kill: ['SIGSTOP', 'SIGKILL'] }, ['stop', 'ptrace']],
  ['tgkill(A, SIGSTOP) in its menu (tgkill)', 'stop', { tgkill: ['SIGSTOP'] }, ['kill']],
  ['killProcessGroup(A, SIGCONT) in its menu (killMany)', 'killmany', { killMany: ['SIGCONT'] }, ['stop']],
  ['exit(A, 1) in its menu (exitCodes)', 'exit', { exitCodes: [1] }, ['kill']],
  ['exit_group(A, 2) in its menu (groupExitCodes)', 'exit or killall', { groupExitCodes: [2] }, ['kill']],
  ['wait(A, wait4(-1, 0)) in its menu (waits)', 'wait', { waits: [waits.any] }, ['exit']],
  ['clone(A, vfork) in its menu (clones)', 'vfork', { clones: [clones.vfork] }, ['fork']],
  [
    'sigaction(A, ignore) in its menu (dispositions)',
    'sigchld',
    { dispositions: [dispositions.ignore] },
    ['exit'],
  ],
  [
    'setParentDeathSignal(A, 0) in its menu (parentDeathSignals)',
    'pdeathsig',
    { parentDeathSignals: [null] },
    ['exit'],
  ],
  [
    'ptrace(A, PTRACE_CONT, B, SIGTERM) in its menu (resumeWith)',
    'ptrace',
    { resumeWith: ['SIGTERM'] },
    ['seize'],
  ],
  [
    'ptrace(A, PTRACE_SETOPTIONS, B, EXITKILL) in its menu (ptraceOptions)',
    'ptrace or seize',
    { ptraceOptions: [Set(['EXITKILL'])] },
    ['exit'],
  ],
  ['setsid(A) in its menu (jobCalls)', 'jobs', { jobCalls: ['setsid'] }, ['exit']],
])('%s needs the feature %s', (what, feature, menu, has) => {
  expect(build({ menu, features: has })).toThrow(
    new UsageError(
      `The check 'asked' has ${what}, and no feature to make that call.`,
      `Give it the feature ${feature}, or take that out of its menu.`,
    ),
  )
})

it('a feature to which the menu leaves nothing is refused', () => {
  expect(build({ features: ['exit', 'kill'], menu: { kill: ['SIGSTOP'], tgkill: [] } })).toThrow(
    new UsageError(
      "The check 'asked' has kill(A, SIGSTOP) in its menu (kill), and no feature to make that call.",
      'Give it the feature stop, or take that out of its menu.',
    ),
  )
  expect(build({ features: ['exit', 'kill'], menu: { kill: [], tgkill: [] } })).toThrow(
    new UsageError(
      "The check 'asked' has the feature 'kill', and its menu leaves no call to it.",
      'Take the feature away, or add to its menu.',
    ),
  )
})

it('a process tree that there is not is told with those that there are', () => {
  expect(build({ topologies: ['pair', 'famly'] })).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      what: "The check 'asked' starts from 'famly', which is no topology.",
      likely: "Did you mean 'family'?",
      next: expect.stringMatching(/^Known topologies: .*lonely-init/),
    }),
  )
})
