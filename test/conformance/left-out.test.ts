/**
 * Whatever a scenario can do is modelled, or it is said why not.
 */
import { expect, it } from 'vitest'
import { compile } from '../../conformance/compile.js'
import { syscallNumbers } from '../../conformance/constants.js'
import { whyLeftOut } from '../../conformance/oracle/left-out.js'
import { Oracle } from '../../conformance/oracle/oracle.js'
import { type Scenario, standardStart } from '../../conformance/scenario.js'
import { linux } from '../../spec/profile.js'

const requests = [
  'SYSCALL',
  'SINGLESTEP',
  'SEIZE',
  'INTERRUPT',
  'LISTEN',
  'GETSIGINFO',
  'GETEVENTMSG',
  'KILL',
]
const calls = [
  ...Object.keys(syscallNumbers)
    .filter(name => !name.startsWith('rt_') && name !== 'prctl')
    .map(name => `${name}(P)`),
  ...requests.map(request => `ptrace(${request}, P)`),
  'execve()',
  'setns(P)',
  'unshare(CLONE_NEWPID)',
  'sigaction(SIGUSR1, handler)',
  'sigaction(SIGCHLD, handler, SA_RESTART)',
  'sigblock(SIGCHLD)',
  'sigunblock(SIGCHLD)',
  'sigpending()',
  'sigtimedwait0(SIGCHLD)',
  'poll(3)',
  'wait4(INT_MIN, 0)',
  'waitid(P_PIDFD, 4, WEXITED)',
  'kill(P, SIGUSR2)',
  'kill(-1, 0)',
  'tkill(P, SIGUSR2)',
  'clone C CLONE_PARENT|SIGCHLD',
  'clone C SIGWINCH',
  'prctl(PR_SET_PDEATHSIG, SIGUSR2)',
  'prctl(PR_GET_PDEATHSIG)',
  'ptrace(SETOPTIONS, P, 0, O_TRACESYSGOOD)',
]

it.each(calls)('%s', call => {
  const traced = { actor: 'INIT', do: 'ptrace(ATTACH, P)' }
  const step = { actor: 'INIT', do: call }
  const scenario: Scenario = { id: call, pre: [...standardStart, traced], steps: [step] }
  const possible = (() => {
    try {
      return compile(scenario, call) !== ''
    } catch {
      return false
    }
  })()
  const oracle = new Oracle(linux, 4)
  const next = oracle.next(oracle.next(oracle.start(standardStart), traced) as never, step)
  if (possible && typeof next === 'string') expect(whyLeftOut(next), next).toBeTypeOf('string')
})
