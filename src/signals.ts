/**
 * The standard signals: numbers, default actions, sets of them.
 *
 * A signal is its number on Linux; 0 is no signal. A set is a bit mask: bit n-1 stands for signal n.
 * Left out: real-time signals, of which several instances can be pending.
 * Source: task_signals.go (`defaultActions`, `computeAction`, `StopSignals`), pending_signals.go.
 */

export type Signal = number
export type SignalSet = number

export const SIGHUP = 1
export const SIGTRAP = 5
export const SIGKILL = 9
export const SIGUSR1 = 10
export const SIGTERM = 15
export const SIGCHLD = 17
export const SIGCONT = 18
export const SIGSTOP = 19
export const SIGTSTP = 20
export const SIGTTIN = 21
export const SIGTTOU = 22
export const SIGURG = 23
export const SIGPROF = 27
export const SIGWINCH = 28

const lastSignal = 31

export const isSignal = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= lastSignal

export const bitOf = (sig: Signal): SignalSet => 1 << (sig - 1)

export const setOf = (...signals: readonly Signal[]): SignalSet =>
  signals.reduce((set, sig) => set | bitOf(sig), 0)

export const noSignals: SignalSet = 0
export const allSignals: SignalSet = 0x7fff_ffff

/** The lowest signal of a set, which is the one that is dequeued first; 0 of the empty set. */
export const lowestOf = (set: SignalSet): Signal => (set === 0 ? 0 : 32 - Math.clz32(set & -set))

export const stopSignals: SignalSet = setOf(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU)

export const isStopSignal = (sig: Signal): boolean => (stopSignals & bitOf(sig)) !== 0

/** What a program has asked to be done with a signal. */
export type Handler = 'default' | 'ignore' | 'handler'

/** What the arrival of a signal does. */
export type SignalAction = 'terminate' | 'stop' | 'ignore' | 'handler'

const ignoredByDefault: SignalSet = setOf(SIGCHLD, SIGCONT, SIGURG, SIGWINCH)

/** Source: `computeAction`. Nobody can handle or ignore SIGKILL and SIGSTOP. */
export function computeAction(sig: Signal, handler: Handler): SignalAction {
  if (sig === SIGKILL) return 'terminate'
  if (sig === SIGSTOP) return 'stop'
  if (handler !== 'default') return handler
  if (isStopSignal(sig)) return 'stop'
  return (ignoredByDefault & bitOf(sig)) !== 0 ? 'ignore' : 'terminate'
}
