/**
 * The calls of a scenario as C: the expression that makes a call and puts its result into words, and which parts of
 * program/program.c that needs.
 */
import { type Birth, births, type Plain, parseCall } from './call.js'
import { returnsPid } from './compile.js'
import type { ScenarioStep } from './scenario.js'

/** A part of program/program.c that stands between `only: NAME` and `end`. */
export type Part =
  | 'birth'
  | 'changes'
  | 'codes'
  | 'execve'
  | 'geteventmsg'
  | 'getsiginfo'
  | 'handlers'
  | 'handlers in full'
  | 'handlers in short'
  | 'held'
  | 'mask'
  | 'names'
  | 'nspid'
  | 'pids'
  | 'poll'
  | 'prctl'
  | 'ptrace'
  | 'setns'
  | 'sigaction'
  | 'siginfo'
  | 'signals'
  | 'sigmask'
  | 'sigpending'
  | 'sigtimedwait'
  | 'wait4'
  | 'waitid'
  | 'who'

/** What a part uses of other parts. */
const uses: Readonly<Partial<Record<Part, readonly Part[]>>> = {
  birth: ['who'],
  changes: ['signals'],
  codes: ['changes'],
  geteventmsg: ['names'],
  getsiginfo: ['siginfo'],
  'handlers in full': ['siginfo'],
  'handlers in short': ['signals'],
  siginfo: ['codes', 'names'],
  sigmask: ['mask'],
  sigpending: ['signals'],
  sigtimedwait: ['siginfo', 'mask'],
  wait4: ['changes', 'names'],
  waitid: ['codes', 'names'],
  who: ['names'],
}

/** With all that these use. */
export function closed(parts: Iterable<Part>): ReadonlySet<Part> {
  const all = new Set<Part>()
  const add = (part: Part) => {
    if (all.has(part)) return
    all.add(part)
    for (const used of uses[part] ?? []) add(used)
  }
  for (const part of parts) add(part)
  return all
}

export type CCall = { readonly expression: string; readonly parts: readonly Part[] }

/** The names that C headers have otherwise, or not everywhere. */
const spelled: Readonly<Record<string, string>> = {
  P_PIDFD: '3 /* P_PIDFD */',
  PIDFD_NONBLOCK: 'O_NONBLOCK',
}
const ptraceName =
  /^(TRACEME|CONT|KILL|SINGLESTEP|ATTACH|DETACH|SYSCALL|SETOPTIONS|GET\w+|SEIZE|INTERRUPT|LISTEN|O_\w+)$/

export class CCalls {
  constructor(private readonly enumerators: ReadonlyMap<string, string>) {}

  /** Throws `UsageError` for what is no call. */
  of(step: ScenarioStep, where: string): CCall {
    const call = parseCall(step.do, where)
    const made = call.kind === 'birth' ? this.birth(call, step.do) : this.plain(call)
    const parts: readonly Part[] = /\bpid\(/.test(made.expression) ? [...made.parts, 'pids'] : made.parts
    return { ...made, parts }
  }

  private birth({ child }: Birth, text: string): CCall {
    const [how = '', , given = ''] = text.split(' ')
    return call(`birth(${this.name(child)}, ${this.word(births[how] ?? given)})`, 'birth')
  }

  private plain({ name, args }: Plain): CCall {
    const special = specials[name]?.(args, this)
    if (special !== undefined) return special
    const made = `sys(${[`SYS_${name}`, ...args.map(arg => this.word(arg))].join(', ')})`
    if (returnsPid.includes(name)) return call(`who(${made})`, 'who')
    return name === 'ptrace' ? call(`number(${made})`, 'ptrace') : call(`number(${made})`)
  }

  name(actor: string): string {
    return this.enumerators.get(actor) ?? actor
  }

  /** An argument: an actor's pid, its negative, constants. */
  word(arg: string): string {
    const [, sign = '', name = ''] = /^(-?)([A-Za-z]\w*)$/.exec(arg) ?? []
    if (this.enumerators.has(name)) return `${sign}pid(${this.name(name)})`
    return arg
      .split('|')
      .map(part => part.trim())
      .map(part => spelled[part] ?? (ptraceName.test(part) ? `PTRACE_${part}` : part))
      .join(' | ')
  }

  words(args: readonly string[]): string {
    return args.map(arg => this.word(arg)).join(', ')
  }
}

type Special = (args: readonly string[], calls: CCalls) => CCall | undefined

const call = (expression: string, ...parts: readonly Part[]): CCall => ({ expression, parts })

const signalSet = (args: readonly string[], calls: CCalls): string =>
  args.map(arg => `set_of(${calls.word(arg)})`).join(' | ')

/** Calls with memory that the kernel reads or writes, and those that are more than one system call. */
const specials: Readonly<Record<string, Special>> = {
  execve: () => call('number(execute())', 'execve'),
  setns: ([whose = ''], calls) => call(`number(enter_namespace(${calls.name(whose)}))`, 'setns'),
  wait4: ([pid = '-1', options = '0'], calls) => call(`do_wait4(${calls.words([pid, options])})`, 'wait4'),
  waitid: ([type = 'P_ALL', id = '0', options = '0'], calls) =>
    call(`do_waitid(${calls.words([type, id, options])})`, 'waitid'),
  sigaction: ([signal = '', how = '', flags = '0'], calls) => {
    const action = how === 'handler' ? 'on_signal' : `(void *)${how}`
    const parts: readonly Part[] = how === 'handler' ? ['sigaction', 'handlers'] : ['sigaction']
    return call(`do_sigaction(${calls.word(signal)}, ${action}, ${calls.word(flags)})`, ...parts)
  },
  sigblock: (args, calls) => call(`change_mask(SIG_BLOCK, ${signalSet(args, calls)})`, 'sigmask'),
  sigunblock: (args, calls) => call(`change_mask(SIG_UNBLOCK, ${signalSet(args, calls)})`, 'sigmask'),
  sigpending: () => call('do_sigpending()', 'sigpending'),
  sigtimedwait0: (args, calls) => call(`do_sigtimedwait(${signalSet(args, calls)})`, 'sigtimedwait'),
  poll: ([fd = '0']) => call(`do_poll(${fd})`, 'poll'),
  prctl: ([option = '']) =>
    option.startsWith('PR_GET_') ? call(`do_prctl_get(${option})`, 'prctl') : undefined,
  ptrace: ([request = '', target = ''], calls) => {
    if (request === 'GETSIGINFO') return call(`do_getsiginfo(${calls.word(target)})`, 'getsiginfo', 'ptrace')
    if (request === 'GETEVENTMSG')
      return call(`do_geteventmsg(${calls.word(target)})`, 'geteventmsg', 'ptrace')
    return undefined
  },
}
