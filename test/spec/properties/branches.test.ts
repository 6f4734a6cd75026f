/**
 * Covers of branches: that they tell branches apart, and that those can be reached that no check of the default
 * suite comes to (`pnpm check --coverage` lists them; they take more tasks, or a combination that no check has).
 */
import { describe, expect, it } from 'vitest'
import { waits } from '../../../spec/menu.js'
import { branches } from '../../../spec/properties/branches/index.js'
import type { Cover } from '../../../spec/properties/property.js'
import { makePtraceRequest } from '../../../spec/state.js'
import { type Scenario, scenario } from '../scenario.js'

const leader = { name: 'leader', parent: 'init' } as const
const thread = { name: 'thread', group: 'leader' } as const
const third = { name: 'third', group: 'leader' } as const
const child = { name: 'child', parent: 'init' } as const
const tracer = { name: 'tracer', parent: 'init' } as const

const cover = (name: string): Cover => {
  const found = branches.find(other => other.name === name)
  if (found === undefined) throw new Error(`there is no branch ${name}`)
  return found
}

/** A tracee of a stranger goes into a group stop, as a ptrace-stop. */
function stopTracee(): Scenario {
  const s = scenario([tracer, { ...child, tracer: 'tracer' }])
  const cont = makePtraceRequest({ request: 'CONT', target: s.id('child'), signal: 'SIGSTOP' })
  s.does('kill', { target: 'child', signal: 'SIGSTOP' })
    .does('runInterrupt', 'child')
    .does('signalDeliveryStop', 'child')
  s.does('ptrace', { task: 'tracer', request: cont }).does('ptraceRequest', 'tracer')
  return s.goesOn('child', 'enterGroupStopLast').does('enterGroupStop', 'child')
}

describe('branches that no check of the default suite reaches', () => {
  const behaviours: readonly { readonly name: string; readonly play: () => Scenario }[] = [
    {
      name: 'updateRSSLocked: no new maximum',
      play: () => scenario([leader, thread], { accounting: true }).exits('thread').exits('leader'),
    },
    {
      name: 'runExitNotify: an execve goes on waiting',
      play: () => scenario([leader, thread, third]).does('execve', 'thread').goesOn('leader', 'exited'),
    },
    {
      name: 'exitNotifyLocked: threads remain',
      play: () => scenario([leader, thread, third]).exits('third'),
    },
    {
      name: 'waitOnce: the tracer is in the group',
      play: () => scenario([{ ...child, tracer: 'init' }]).waits('init', waits.job),
    },
    {
      name: 'waitCollectZombieLocked: a thread of a child',
      play: () =>
        scenario([leader, { ...thread, tracer: 'init' }])
          .exits('thread')
          .waits('init', waits.all, 'thread'),
    },
    {
      name: 'waitCollectTraceeStopLocked: a peek',
      play: () => stopTracee().waits('tracer', waits.peekStopped, 'child'),
    },
    {
      name: 'waitCollectGroupContinueLocked: none of a tracee',
      play: () => scenario([tracer, { ...child, tracer: 'tracer' }]).waits('tracer', waits.continued),
    },
    {
      name: 'waitCollectGroupContinueLocked: of a tracee',
      play: () =>
        stopTracee()
          .does('kill', { target: 'child', signal: 'SIGCONT' })
          .waits('tracer', waits.continued, 'child')
          .waits('tracer', waits.continued, 'child'),
    },
  ]

  it.each(behaviours)('$name', ({ name, play }) => {
    expect(play().hasReached(cover(name))).toBe(true)
  })
})

describe('a cover of a branch is not reached by its neighbours', () => {
  it('the four ways of exitThreadGroup with a group stop', () => {
    const s = scenario([leader, thread]).exits('thread')
    const reached = branches
      .filter(({ name }) => /^exitThreadGroup: (no g|an|o|a g)/.test(name))
      .filter(it => s.hasReached(it))
    expect(reached.map(({ name }) => name)).toEqual(['exitThreadGroup: no group stop initiated'])
  })

  it('who is told: one way for one exit', () => {
    const s = scenario([child]).exits('child')
    const reached = branches
      .filter(({ name }) => name.startsWith('exitNotifyLocked: '))
      .filter(it => s.hasReached(it))
    expect(reached.map(({ name }) => name).toSorted()).toEqual([
      'exitNotifyLocked: no tracer',
      'exitNotifyLocked: the parent is told',
    ])
  })

  it('a wait that finds something says nothing of those that it did not come to', () => {
    const s = scenario([child, tracer]).exits('child').waits('init', waits.any, 'child')
    expect(
      branches.filter(({ name }) => name.startsWith('waitOnce: ')).filter(it => s.hasReached(it)),
    ).toEqual([])
  })
})
