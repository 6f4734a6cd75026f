/**
 * The names that scenarios use, as numbers of Linux on x86-64. Source: the kernel's uapi headers.
 *
 * Here: signals, options of waits, flags of clones, ptrace requests, and the system calls themselves.
 */

export const signalNumbers = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const

const waitOptions = {
  WNOHANG: 1,
  WUNTRACED: 2,
  WSTOPPED: 2,
  WEXITED: 4,
  WCONTINUED: 8,
  WNOWAIT: 0x0100_0000,
  __WNOTHREAD: 0x2000_0000,
  __WALL: 0x4000_0000,
  __WCLONE: 0x8000_0000,
  P_ALL: 0,
  P_PID: 1,
  P_PGID: 2,
  P_PIDFD: 3,
} as const

const cloneFlags = {
  CLONE_VM: 0x100,
  CLONE_FS: 0x200,
  CLONE_FILES: 0x400,
  CLONE_SIGHAND: 0x800,
  CLONE_PTRACE: 0x2000,
  CLONE_VFORK: 0x4000,
  CLONE_PARENT: 0x8000,
  CLONE_THREAD: 0x1_0000,
  CLONE_NEWNS: 0x2_0000,
  CLONE_SYSVSEM: 0x4_0000,
  CLONE_CHILD_CLEARTID: 0x20_0000,
  CLONE_UNTRACED: 0x80_0000,
  CLONE_CHILD_SETTID: 0x100_0000,
  CLONE_NEWUSER: 0x1000_0000,
  CLONE_NEWPID: 0x2000_0000,
} as const

const signalActions = {
  SA_NOCLDSTOP: 1,
  SA_NOCLDWAIT: 2,
  SA_SIGINFO: 4,
  SA_RESTART: 0x1000_0000,
  SA_NODEFER: 0x4000_0000,
  SA_RESETHAND: 0x8000_0000,
} as const

/** PTRACE_CONT is CONT, PTRACE_O_EXITKILL is O_EXITKILL. */
const ptraceNames = {
  TRACEME: 0,
  CONT: 7,
  KILL: 8,
  SINGLESTEP: 9,
  ATTACH: 16,
  DETACH: 17,
  SYSCALL: 24,
  SETOPTIONS: 0x4200,
  GETEVENTMSG: 0x4201,
  GETSIGINFO: 0x4202,
  SEIZE: 0x4206,
  INTERRUPT: 0x4207,
  LISTEN: 0x4208,
  O_TRACESYSGOOD: 1,
  O_TRACEFORK: 2,
  O_TRACEVFORK: 4,
  O_TRACECLONE: 8,
  O_TRACEEXEC: 0x10,
  O_TRACEVFORKDONE: 0x20,
  O_TRACEEXIT: 0x40,
  O_TRACESECCOMP: 0x80,
  O_EXITKILL: 0x10_0000,
} as const

const others = {
  PR_SET_PDEATHSIG: 1,
  PR_GET_PDEATHSIG: 2,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_GET_CHILD_SUBREAPER: 37,
  PIDFD_NONBLOCK: 0x800,
  INT_MIN: -0x8000_0000,
  INT_MAX: 0x7fff_ffff,
} as const

const constants: Readonly<Record<string, number>> = {
  ...signalNumbers,
  ...waitOptions,
  ...cloneFlags,
  ...signalActions,
  ...ptraceNames,
  ...others,
}

/** A number, a name, or several joined by `|`; undefined where one of them is unknown. */
export function numberFrom(text: string): number | undefined {
  const values = text.split('|').map(part => {
    const word = part.trim()
    return /^-?(\d+|0x[\da-fA-F]+)$/.test(word) ? Number(word) : constants[word]
  })
  if (values.some(value => value === undefined)) return undefined
  // Arithmetic and not `|`: __WCLONE is beyond the range in which JavaScript can do that.
  return (values as number[]).reduce((sum, value) => sum + value, 0)
}

/** Every name that `numberFrom` knows, for error messages. */
export const constantNames: readonly string[] = Object.keys(constants)

/** Numbers of system calls on x86-64. Source: arch/x86/entry/syscalls/syscall_64.tbl. */
export const syscallNumbers = {
  poll: 7,
  rt_sigaction: 13,
  rt_sigprocmask: 14,
  sched_yield: 24,
  pause: 34,
  getpid: 39,
  exit: 60,
  wait4: 61,
  kill: 62,
  ptrace: 101,
  setuid: 105,
  setpgid: 109,
  getppid: 110,
  getpgrp: 111,
  setsid: 112,
  setresuid: 117,
  getpgid: 121,
  getsid: 124,
  rt_sigpending: 127,
  rt_sigtimedwait: 128,
  prctl: 157,
  gettid: 186,
  tkill: 200,
  exit_group: 231,
  tgkill: 234,
  waitid: 247,
  unshare: 272,
  pidfd_send_signal: 424,
  pidfd_open: 434,
} as const
