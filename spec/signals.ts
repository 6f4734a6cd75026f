/**
 * The signals of the model: names, numbers, default actions.
 *
 * Here: the subset of signal(7) whose sending, queueing or default action the exit cycle can tell apart.
 * Source: `defaultActions`, `computeAction`, `StopSignals` in task_signals.go.
 */
import type { Set } from 'immutable'
import { match } from 'ts-pattern'

export const signalNumbers = {
  SIGHUP: 1,
  SIGTRAP: 5,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGPROF: 27,
} as const

export type Signal = keyof typeof signalNumbers

export const allSignals = Object.keys(signalNumbers) as readonly Signal[]

export const numberOf = (sig: Signal): number => signalNumbers[sig]

/** The pending signal that is dequeued first: the one with the lowest number. Source: `pendingSignals.dequeue`. */
export const lowest = (pending: Set<Signal>): Signal | undefined => pending.minBy(numberOf)

/** Source: `StopSignals`. SIGTTIN and SIGTTOU behave as SIGTSTP and are left out. */
export const isStopSignal = (sig: Signal): boolean => sig === 'SIGSTOP' || sig === 'SIGTSTP'

export const stopSignals: readonly Signal[] = ['SIGSTOP', 'SIGTSTP']

/** What a thread group has asked to be done with SIGCHLD; every other signal of the model has its default. */
export type Handler = 'default' | 'ignore' | 'handler'

export type SignalAction = 'terminate' | 'stop' | 'ignore' | 'handler'

/** Source: `defaultActions`. Termination with and without a core dump is the same here. */
export const defaultAction = (sig: Signal): SignalAction =>
  match(sig)
    .returnType<SignalAction>()
    .with('SIGHUP', 'SIGTRAP', 'SIGKILL', 'SIGUSR1', 'SIGTERM', 'SIGPROF', () => 'terminate')
    .with('SIGSTOP', 'SIGTSTP', () => 'stop')
    .with('SIGCHLD', 'SIGCONT', () => 'ignore')
    .exhaustive()

/** What the arrival of a signal does, given the disposition of SIGCHLD. Source: `computeAction`. */
export const computeAction = (sig: Signal, sigchld: Handler): SignalAction =>
  match({ sig, sigchld })
    .returnType<SignalAction>()
    .with({ sig: 'SIGCHLD', sigchld: 'ignore' }, () => 'ignore')
    .with({ sig: 'SIGCHLD', sigchld: 'handler' }, () => 'handler')
    .otherwise(() => defaultAction(sig))
