/**
 * What scenarios can do and the spec does not model, and why.
 *
 * The reasons are given wherever something is not modelled; a test holds the list complete for all calls that a script can
 * have.
 */

type LeftOut = { readonly what: RegExp; readonly why: string }

const leftOut: readonly LeftOut[] = [
  {
    what: /^PTRACE_(SEIZE|INTERRUPT|LISTEN)$/,
    why: 'a seized tracee stops without a signal, and listens while its group is stopped: states of a tracee that the seed has not',
  },
  {
    what: /^PTRACE_(GETSIGINFO|GETEVENTMSG)$/,
    why: 'the spec keeps signals and events as names, without who sent them and what they carry',
  },
  {
    what: /^PTRACE_(SYSCALL|SINGLESTEP)$/,
    why: 'stops at system calls and steps belong to the program, not to the exit cycle',
  },
  {
    what: /^PTRACE_KILL of one that runs$/,
    why: 'the request is carried out or not, by what its target is doing just then; it has been discouraged since Linux 2.6',
  },
  {
    what: /^an execve that ends a signal-delivery-stop$/,
    why: 'Linux gives the new program the signal that was shown, if it was sent to the process; the state does not say where it came from',
  },
  {
    what: /^PTRACE_TRACEME of pid 1$/,
    why: 'the tracer would be the conductor, who is no part of the scenario',
  },
  { what: /^O_/, why: 'an option that the exit cycle cannot tell from none' },
  {
    what: /^(a disposition of SIG|SA_)/,
    why: 'SIGCHLD is the only signal whose disposition the exit cycle asks for; other handlers would multiply every state',
  },
  {
    what: /^(sigblock|sigunblock|sigpending|sigtimedwait0|rt_sig\w+)$/,
    why: 'the spec has the signal mask only as far as the exit path sets it',
  },
  {
    what: /^(kill|SIG|exit signal|PR_SET_PDEATHSIG)/,
    why: 'a signal, or a whom, that is like another one in the spec: it has one of each kind',
  },
  {
    what: /^(setns|unshare)$/,
    why: 'a task whose children are born into another namespace than its own: the seed has no such state',
  },
  { what: /^CLONE_PARENT$/, why: 'the seed has no such flag' },
  {
    what: /^(pidfd_open|pidfd_send_signal|poll|waitid\(P_PIDFD)/,
    why: 'descriptors of processes are another way to name a task; the seed has none',
  },
  { what: /^(setresuid|setuid)$/, why: 'everybody may signal and trace everybody: credentials are left out' },
  { what: /^(wait4|waitid)\(/, why: 'a pid that stands for nobody in the scenario' },
  { what: /^PR_/, why: 'a setting that the exit cycle does not ask for' },
  {
    what: /^a count of a process group that is gone$/,
    why: 'the sentry panics: counterexamples/session-counted-below-zero.md',
  },
  {
    what: /^a setsid that waits for itself$/,
    why: 'the sentry locks up: counterexamples/setsid-locks-the-kernel.md',
  },
  { what: /^more than \d+ states/, why: 'more happens between two rests than is searched' },
]

/** Why; undefined for what nobody has thought of. */
export const whyLeftOut = (what: string): string | undefined => leftOut.find(it => it.what.test(what))?.why
