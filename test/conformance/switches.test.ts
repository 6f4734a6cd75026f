/**
 * The switches of the profiles: each with the shortest scenario that shows it, and what either side shows.
 */
import { describe, expect, it } from 'vitest'
import { Oracle } from '../../conformance/oracle/oracle.js'
import { standardStart } from '../../conformance/scenario.js'
import { type Answers, gvisor2018, linux, type Profile, type Switches } from '../../spec/profile.js'

/** The profile of the seed with one switch turned. */
const turned = (change: Partial<Switches>, answers: Partial<Answers> = {}): Profile => ({
  ...gvisor2018,
  switches: { ...gvisor2018.switches, ...change },
  answers: { ...gvisor2018.answers, ...answers },
})

/** What may be seen after the last step, as `event; event | state, state`. */
function shows(profile: Profile, ...steps: readonly (readonly [string, string])[]): readonly string[] {
  const oracle = new Oracle(profile, 5)
  const taken = steps.map(([actor, call]) => ({ actor, do: call }))
  let hypotheses = oracle.start(standardStart)
  for (const step of taken.slice(0, -1)) {
    const next = oracle.next(hypotheses, step)
    if (typeof next === 'string') throw new Error(next)
    hypotheses = next
  }
  const seen = oracle.shows(hypotheses, taken.at(-1) as { actor: string; do: string })
  if (typeof seen === 'string') throw new Error(seen)
  return seen.map(({ events, states }) => `${events.join('; ')} | ${states.join(', ')}`).sort()
}

describe('initProtection', () => {
  const steps = [['P', 'kill(INIT, SIGTERM)']] as const

  it('the seed kills the init of a namespace like any process', () => {
    expect(shows(gvisor2018, ...steps)).toEqual([
      ' | INIT gone, P gone',
      'P kill(INIT, SIGTERM) = 0 | INIT gone, P gone',
    ])
  })

  it('Linux spares it what it has not asked for', () => {
    expect(shows(turned({ initProtection: 'from unwanted signals' }), ...steps)).toEqual([
      'P kill(INIT, SIGTERM) = 0 | INIT live, P live',
    ])
  })

  it('but not SIGKILL from outside of its namespace, and SIGTERM not from there either', () => {
    const inner = ['P', 'clone C CLONE_NEWPID|SIGCHLD'] as const
    const linux = turned({ initProtection: 'from unwanted signals' })
    expect(shows(linux, inner, ['P', 'kill(C, SIGTERM)'])).toEqual([
      'P kill(C, SIGTERM) = 0 | C live, INIT live, P live',
    ])
    expect(shows(linux, inner, ['P', 'kill(C, SIGKILL)'])).toEqual([
      'P kill(C, SIGKILL) = 0 | C Z, INIT live, P live',
    ])
    expect(shows(linux, inner, ['C', 'kill(C, SIGKILL)'])).toEqual([
      'C kill(C, SIGKILL) = 0 | C live, INIT live, P live',
    ])
  })

  it('nor from a SIGKILL of the kernel’s own: that of PTRACE_O_EXITKILL', () => {
    const traced = [
      ['P', 'ptrace(ATTACH, INIT)'],
      ['P', 'ptrace(SETOPTIONS, INIT, 0, O_EXITKILL)'],
    ] as const
    expect(shows(linux, ...traced, ['P', 'exit_group(2)'])).toEqual([' | INIT gone, P gone'])
  })

  it('what was let through for a tracer is dropped when a thread takes it', () => {
    const traced = ['P', 'ptrace(ATTACH, INIT)'] as const
    const killed = ['P', 'kill(INIT, SIGTERM)'] as const
    expect(shows(linux, traced, killed, ['P', 'ptrace(DETACH, INIT, 0, 0)'])).toEqual([
      'P ptrace(DETACH, INIT, 0, 0) = 0 | INIT live, P live',
    ])
    expect(shows(gvisor2018, traced, killed, ['P', 'ptrace(DETACH, INIT, 0, 0)'])).toEqual([
      ' | INIT gone, P gone',
      'P ptrace(DETACH, INIT, 0, 0) = 0 | INIT gone, P gone',
    ])
  })

  it('its tracer is shown the SIGSTOP that it would be spared', () => {
    const inner = [
      ['P', 'clone C CLONE_NEWPID|SIGCHLD'],
      ['P', 'ptrace(ATTACH, C)'],
      ['P', 'wait4(C, 0)'],
      ['P', 'ptrace(CONT, C, 0, 0)'],
    ] as const
    expect(shows(linux, ...inner, ['C', 'kill(C, SIGSTOP)'], ['P', 'wait4(C, WNOHANG)'])).toEqual([
      'P wait4(C, WNOHANG) = C stopped SIGSTOP | C t, INIT live, P live',
    ])
  })

  it('a SIGSTOP of its tracer’s stops it for good', () => {
    const traced = ['P', 'ptrace(ATTACH, INIT)'] as const
    expect(shows(linux, traced, ['P', 'ptrace(DETACH, INIT, 0, SIGSTOP)'])).toEqual([
      'P ptrace(DETACH, INIT, 0, SIGSTOP) = 0 | INIT T, P live',
    ])
  })

  it('a tracer stops it all the same', () => {
    const linux = turned({ initProtection: 'from unwanted signals' })
    expect(shows(linux, ['P', 'ptrace(ATTACH, INIT)'])).toEqual([
      'P ptrace(ATTACH, INIT) = 0 | INIT t, P live',
    ])
  })
})

it.each`
  change                                               | steps                                                                                                     | seed                                                       | other
  ${{ killOfTheDying: 'comes too late' }}              | ${[['P', 'exit(1)'], ['INIT', 'kill(P, SIGKILL)'], ['INIT', 'wait4(-1, 0)']]}                             | ${'INIT wait4(-1, 0) = P killed SIGKILL'}                  | ${'INIT wait4(-1, 0) = P exited 1'}
  ${{ continuedStops: 'are forgotten' }}               | ${[['INIT', 'kill(P, SIGSTOP)'], ['INIT', 'kill(P, SIGCONT)'], ['INIT', 'wait4(-1, WUNTRACED|WNOHANG)']]} | ${'INIT wait4(-1, WUNTRACED|WNOHANG) = P stopped signal0'} | ${'INIT wait4(-1, WUNTRACED|WNOHANG) = 0'}
  ${{ tracees: 'are always eligible' }}                | ${[['P', 'ptrace(TRACEME, 0)'], ['INIT', 'wait4(P, __WCLONE|WNOHANG)']]}                                  | ${'INIT wait4(P, __WCLONE|WNOHANG) = ECHILD'}              | ${'INIT wait4(P, __WCLONE|WNOHANG) = 0'}
  ${{ sessionLeaders: 'stay in their process group' }} | ${[['INIT', 'setpgid(0, 0)']]}                                                                            | ${'INIT setpgid(0, 0) = 0'}                                | ${'INIT setpgid(0, 0) = EPERM'}
  ${{ sessionLeaders: 'stay in their process group' }} | ${[['P', 'fork C'], ['P', 'setsid()'], ['P', 'setpgid(C, C)']]}                                           | ${'P setpgid(C, C) = 0'}                                   | ${'P setpgid(C, C) = EPERM'}
  ${{ execedChildren: 'are not moved' }}               | ${[['P', 'execve()'], ['INIT', 'setpgid(P, P)']]}                                                         | ${'INIT setpgid(P, P) = 0'}                                | ${'INIT setpgid(P, P) = EACCES'}
  ${{ execedChildren: 'are not moved' }}               | ${[['P', 'setpgid(0, 0)'], ['P', 'execve()'], ['INIT', 'setpgid(P, P)']]}                                 | ${'INIT setpgid(P, P) = 0'}                                | ${'INIT setpgid(P, P) = EACCES'}
`('$change', ({ change, steps, seed, other }) => {
  const events = (profile: Profile) => shows(profile, ...steps).map(line => line.split(' | ')[0])
  expect(events(gvisor2018)).toEqual([seed])
  expect(events(turned(change))).toEqual([other])
})

it('orphanedGroups: whether setpgid to the own process group hangs up a child that leads a session and is stopped', () => {
  const steps = [
    ['P', 'fork C'],
    ['C', 'setsid()'],
    ['INIT', 'kill(C, SIGSTOP)'],
    ['P', 'setpgid(0, INIT)'],
  ] as const
  expect(shows(gvisor2018, ...steps)).toEqual(['P setpgid(0, INIT) = 0 | C Z, INIT live, P live'])
  expect(shows(turned({ orphanedGroups: 'are looked for at exits' }), ...steps)).toEqual([
    'P setpgid(0, INIT) = 0 | C T, INIT live, P live',
  ])
})

it('fatalSignals: whether a parent in vfork dies before its child lets go', () => {
  const steps = [
    ['P', 'vfork C'],
    ['INIT', 'kill(P, SIGTERM)'],
  ] as const
  expect(shows(gvisor2018, ...steps)).toEqual(['INIT kill(P, SIGTERM) = 0 | C live, INIT live, P live'])
  expect(shows(turned({ fatalSignals: 'kill when sent' }), ...steps)).toEqual([
    'INIT kill(P, SIGTERM) = 0 | C live, INIT live, P Z',
  ])
})

it('fatalSignals: the stopped do not take them, and die when they go on', () => {
  const linux = turned({ fatalSignals: 'kill when sent', continuedStops: 'are forgotten' })
  const stopped = ['INIT', 'kill(P, SIGSTOP)'] as const
  const killed = ['INIT', 'kill(P, SIGTERM)'] as const
  expect(shows(linux, stopped, killed)).toEqual(['INIT kill(P, SIGTERM) = 0 | INIT live, P T'])
  expect(shows(linux, stopped, killed, ['INIT', 'kill(P, SIGCONT)'])).toEqual([
    'INIT kill(P, SIGCONT) = 0 | INIT live, P Z',
  ])
})

it('fatalSignals: a parent in vfork that has another signal to take dies when its child lets go', () => {
  const inVfork = [
    ['P', 'vfork C'],
    ['INIT', 'kill(P, SIGSTOP)'],
    ['INIT', 'kill(P, SIGTERM)'],
  ] as const
  expect(shows(linux, ...inVfork)).toEqual(['INIT kill(P, SIGTERM) = 0 | C live, INIT live, P live'])
  expect(shows(linux, ...inVfork, ['C', 'exit_group(2)'])).toEqual([' | C Z, INIT live, P Z'])
})

it('groupStopEntry: who stops at once tells its parent all the same', () => {
  const waits = ['INIT', 'wait4(-1, WUNTRACED)'] as const
  const stopped = 'INIT wait4(-1, WUNTRACED) = P stopped SIGSTOP'
  expect(shows(linux, waits, ['P', 'kill(P, SIGSTOP)'])).toEqual([
    `${stopped}; P kill(P, SIGSTOP) = no return yet | INIT live, P T`,
  ])
})

describe('what calls answer', () => {
  it('setsid', () => {
    const steps = [['P', 'setsid()']] as const
    expect(shows(gvisor2018, ...steps)).toEqual(['P setsid() = 0 | INIT live, P live'])
    expect(shows(turned({}, { setsid: 'the session' }), ...steps)).toEqual([
      'P setsid() = P | INIT live, P live',
    ])
  })

  it('waitid of a stop', () => {
    const steps = [
      ['INIT', 'kill(P, SIGSTOP)'],
      ['INIT', 'waitid(P_ALL, 0, WSTOPPED)'],
    ] as const
    expect(shows(gvisor2018, ...steps)).toEqual([
      'INIT waitid(P_ALL, 0, WSTOPPED) = P CLD_STOPPED SIGSTOP | INIT live, P T',
    ])
    expect(shows(turned({}, { waitid: 'stops as deaths' }), ...steps)).toEqual([
      'INIT waitid(P_ALL, 0, WSTOPPED) = P CLD_KILLED signal127 | INIT live, P T',
    ])
  })
})

it('killOfTheDying: SIGKILL does not end the PTRACE_EVENT_EXIT of a process that is exiting', () => {
  const exits = [
    ['INIT', 'ptrace(ATTACH, P)'],
    ['INIT', 'ptrace(SETOPTIONS, P, 0, O_TRACEEXIT)'],
    ['INIT', 'ptrace(CONT, P, 0, 0)'],
    ['P', 'exit_group(2)'],
    ['INIT', 'kill(P, SIGKILL)'],
  ] as const
  expect(shows(linux, ...exits)).toEqual(['INIT kill(P, SIGKILL) = 0 | INIT live, P t'])
})

describe('subreapers', () => {
  const orphaned = [
    ['P', 'fork C'],
    ['C', 'fork D'],
    ['C', 'exit_group(2)'],
    ['D', 'getppid()'],
  ] as const
  const events = (...steps: readonly (readonly [string, string])[]) =>
    shows(linux, ...steps).map(line => line.split(' | ')[0])

  it('adopt the orphans among their descendants', () => {
    expect(events(...orphaned)).toEqual(['D getppid() = INIT'])
    expect(events(['P', 'prctl(PR_SET_CHILD_SUBREAPER, 1)'], ...orphaned)).toEqual(['D getppid() = P'])
  })

  it('are none any more when they say so, and their children never were', () => {
    const twice = [
      ['P', 'prctl(PR_SET_CHILD_SUBREAPER, 1)'],
      ['P', 'prctl(PR_SET_CHILD_SUBREAPER, 0)'],
    ] as const
    expect(events(...twice, ...orphaned)).toEqual(['D getppid() = INIT'])
    const asked = ['C', 'prctl(PR_GET_CHILD_SUBREAPER)'] as const
    expect(events(['P', 'prctl(PR_SET_CHILD_SUBREAPER, 42)'], ['P', 'fork C'], asked)).toEqual([
      'C prctl(PR_GET_CHILD_SUBREAPER) = value 0',
    ])
  })

  it('pass by an ancestor in another namespace', () => {
    const inner = [
      ['P', 'prctl(PR_SET_CHILD_SUBREAPER, 1)'],
      ['P', 'clone C CLONE_NEWPID|SIGCHLD'],
      ['C', 'fork D'],
      ['D', 'fork E'],
      ['D', 'exit_group(2)'],
      ['E', 'getppid()'],
    ] as const
    expect(events(...inner)).toEqual(['E getppid() = C'])
  })
})

it('vfork returns the pid of the child by the name of whoever has it by then', () => {
  const steps = [
    ['INIT', 'vfork C'],
    ['C', 'thread D'],
    ['D', 'execve()'],
  ] as const
  expect(shows(linux, ...steps)).toEqual([
    'D execve() = 0; INIT vfork C = D | C gone, D live, INIT live, P live',
  ])
})

describe('PTRACE_SEIZE', () => {
  const seized = ['INIT', 'ptrace(SEIZE, P, 0, 0)'] as const
  const stopped = ['INIT', 'kill(P, SIGSTOP)'] as const
  const delivered = ['INIT', 'ptrace(CONT, P, 0, SIGSTOP)'] as const
  const look = ['INIT', 'wait4(P, WNOHANG)'] as const
  const listens = ['INIT', 'ptrace(LISTEN, P)'] as const
  const seen = (...steps: readonly (readonly [string, string])[]) =>
    shows(linux, ...steps).map(line => line.replace(/^.* = /, ''))

  it('does not stop the tracee; PTRACE_INTERRUPT does', () => {
    expect(seen(seized)).toEqual(['0 | INIT live, P live'])
    expect(seen(seized, ['INIT', 'ptrace(INTERRUPT, P)'], look)).toEqual([
      'P stopped SIGTRAP event STOP | INIT live, P t',
    ])
  })

  it('a group stop is told from a signal, and listened to until it ends', () => {
    expect(seen(seized, stopped, look)).toEqual(['P stopped SIGSTOP | INIT live, P t'])
    expect(seen(seized, stopped, delivered, look)).toEqual(['P stopped SIGSTOP event STOP | INIT live, P t'])
    const listening = [seized, stopped, delivered, look, listens] as const
    expect(seen(...listening, ['INIT', 'ptrace(CONT, P, 0, 0)'])).toEqual(['ESRCH | INIT live, P t'])
    expect(seen(...listening, look)).toEqual(['0 | INIT live, P t'])
    expect(seen(...listening, ['INIT', 'kill(P, SIGCONT)'], look)).toEqual([
      'P stopped SIGTRAP event STOP | INIT live, P t',
    ])
  })

  it('what is asked of one that is attached, or that is in no such stop, is EIO', () => {
    const attached = ['INIT', 'ptrace(ATTACH, P)'] as const
    expect(seen(attached, ['INIT', 'ptrace(INTERRUPT, P)'])).toEqual(['EIO | INIT live, P t'])
    expect(seen(seized, stopped, listens)).toEqual(['EIO | INIT live, P t'])
    expect(seen(seized, listens)).toEqual(['ESRCH | INIT live, P live'])
  })

  it('a child that is traced from birth stops without a signal', () => {
    const forks = ['INIT', 'ptrace(SEIZE, P, 0, O_TRACEFORK)'] as const
    expect(seen(forks, ['P', 'fork C'], ['INIT', 'wait4(C, WNOHANG)'])).toEqual([
      'C stopped SIGTRAP event STOP | C t, INIT live, P t',
    ])
  })
})

it('__WNOTHREAD leaves the children of other threads out', () => {
  const threads = [
    ['P', 'thread C'],
    ['C', 'fork D'],
  ] as const
  expect(shows(linux, ...threads, ['P', 'wait4(-1, WNOHANG)'])[0]).toMatch(/^P .* = 0 /)
  expect(shows(linux, ...threads, ['P', 'wait4(-1, WNOHANG|__WNOTHREAD)'])[0]).toMatch(/= ECHILD /)
})

it('an init that is spared drops signals that the spec does not have', () => {
  expect(shows(linux, ['P', 'kill(INIT, SIGABRT)'])).toEqual([
    'P kill(INIT, SIGABRT) = 0 | INIT live, P live',
  ])
  expect(() => shows(linux, ['INIT', 'kill(P, SIGABRT)'])).toThrow('kill(P, SIGABRT)')
})

it('the same call is answered anew when the state is what it was after it', () => {
  expect(shows(linux, ['P', 'ptrace(TRACEME, 0)'])).toEqual(['P ptrace(TRACEME, 0) = 0 | INIT live, P live'])
  expect(shows(linux, ['P', 'ptrace(TRACEME, 0)'], ['P', 'ptrace(TRACEME, 0)'])).toEqual([
    'P ptrace(TRACEME, 0) = EPERM | INIT live, P live',
  ])
})

describe('a handler', () => {
  const prepared = [
    ['P', 'thread C'],
    ['P', 'ptrace(TRACEME, 0)'],
    ['P', 'ptrace(ATTACH, INIT)'],
    ['C', 'sigaction(SIGCHLD, handler)'],
  ] as const

  it('runs when its thread is in the program again', () => {
    const alone = [['P', 'sigaction(SIGCHLD, handler)'] as const, ['INIT', 'kill(P, SIGCHLD)'] as const]
    expect(shows(linux, ...alone)).toEqual([
      'INIT kill(P, SIGCHLD) = 0; P handler = SIGCHLD | INIT live, P live',
    ])
  })

  it('does not run where a SIGKILL comes first', () => {
    for (const seen of shows(linux, ...prepared, ['C', 'kill(P, SIGKILL)']))
      expect(seen).not.toContain('handler')
  })
})
