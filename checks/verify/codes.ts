/**
 * Numbers of the core as names of the spec, and back: signals, sets of them, ptrace options and codes, events.
 */
import { Set } from 'immutable'
import { allSignals, type Signal, signalNumbers } from '../../spec/signals.js'
import type { PtraceCode, PtraceEvent, PtraceOption, StopEvent } from '../../spec/state.js'
import type { WaitEvent } from '../../spec/wait-options.js'

const signalNames = new Map<number, Signal>(allSignals.map(sig => [signalNumbers[sig], sig]))

/** Signal 0 is none. A signal that the spec does not have is shown as what it is, and equals nothing. */
export const signalOf = (n: number): Signal | null =>
  n === 0 ? null : (signalNames.get(n) ?? (`signal ${n}` as Signal))

export const numberOfSignal = (sig: Signal | null): number => (sig === null ? 0 : signalNumbers[sig])

/** A value for each bit mask, made once. */
const memo = <T>(make: (mask: number) => T): ((mask: number) => T) => {
  const made = new Map<number, T>()
  return mask => {
    const known = made.get(mask)
    if (known !== undefined) return known
    const value = make(mask)
    made.set(mask, value)
    return value
  }
}

const bits = (mask: number): number[] => Array.from({ length: 31 }, (_, i) => i).filter(i => (mask >>> i) & 1)

export const signalsOf = memo(mask => Set(bits(mask).map(i => signalOf(i + 1) as Signal)))

export const maskOfSignals = (signals: Set<Signal>): number =>
  signals.reduce((mask, sig) => mask | (1 << (signalNumbers[sig] - 1)), 0)

/** Slots as a set. */
export const slotsOfMask = memo(mask => Set(bits(mask)))

/** PTRACE_O_… of linux/ptrace.h. */
const optionNumbers: Readonly<Record<PtraceOption, number>> = {
  TRACEFORK: 0x02,
  TRACEVFORK: 0x04,
  TRACECLONE: 0x08,
  TRACEEXEC: 0x10,
  TRACEVFORKDONE: 0x20,
  TRACEEXIT: 0x40,
  EXITKILL: 0x10_0000,
}

export const maskOfOptions = (options: Set<PtraceOption>): number =>
  options.reduce((mask, option) => mask | optionNumbers[option], 0)

export const optionsOf = memo(mask =>
  Set(
    Object.entries(optionNumbers)
      .filter(([, bit]) => (mask & bit) !== 0)
      .map(([option]) => option as PtraceOption),
  ),
)

/** PTRACE_EVENT_… of linux/ptrace.h. */
const ptraceEvents: Readonly<Record<number, PtraceEvent>> = {
  1: 'FORK',
  2: 'VFORK',
  3: 'CLONE',
  4: 'EXEC',
  5: 'VFORK_DONE',
  6: 'EXIT',
}

/** PTRACE_EVENT_STOP comes with SIGTRAP, or with the signal of a group stop. */
const stopEvents: Readonly<Record<StopEvent, number>> = {
  STOP: signalNumbers.SIGTRAP | (128 << 8),
  'STOP SIGSTOP': signalNumbers.SIGSTOP | (128 << 8),
  'STOP SIGTSTP': signalNumbers.SIGTSTP | (128 << 8),
}

const isStopEvent = (code: PtraceCode): code is StopEvent => code !== null && code in stopEvents

const stopEventOf = memo(code =>
  (Object.keys(stopEvents) as StopEvent[]).find(event => stopEvents[event] === code),
)

export const ptraceCodeOf = (code: number): PtraceCode =>
  stopEventOf(code) ??
  (code > 0xff
    ? (ptraceEvents[code >> 8] ?? (`event ${code >> 8}` as PtraceEvent))
    : (signalOf(code) as PtraceCode))

export const numberOfPtraceCode = (code: PtraceCode): number => {
  if (code === null) return 0
  if (isStopEvent(code)) return stopEvents[code]
  const event = Object.entries(ptraceEvents).find(([, name]) => name === code)
  return event === undefined
    ? numberOfSignal(code as Signal)
    : signalNumbers.SIGTRAP | (Number(event[0]) << 8)
}

/** `Event…` of the core. */
const waitEvents: Readonly<Record<WaitEvent, number>> = {
  Exit: 1,
  ChildGroupStop: 2,
  TraceeStop: 4,
  GroupContinue: 8,
}

export const maskOfEvents = (events: Set<WaitEvent>): number =>
  events.reduce((mask, event) => mask | waitEvents[event], 0)

export const eventsOf = memo(mask =>
  Set(
    Object.entries(waitEvents)
      .filter(([, bit]) => (mask & bit) !== 0)
      .map(([event]) => event as WaitEvent),
  ),
)

/**
 * Used time as a number: each task's is a power of 16, so that the sum tells whose time was counted how often (up
 * to 15 times).
 */
export const timeOf = (slot: number): number => 16 ** slot

export const usageOf = (time: number): number[] => {
  const users: number[] = []
  for (let slot = 0, rest = time; rest > 0; slot++, rest = Math.floor(rest / 16))
    for (let times = rest % 16; times > 0; times--) users.push(slot)
  return users
}
