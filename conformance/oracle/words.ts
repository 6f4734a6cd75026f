/**
 * What the spec says of results, in the words of the puppet.
 */
import type { WaitResult } from '../../spec/events.js'
import { signalNumbers } from '../constants.js'

const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries(signalNumbers).map(([name, number]) => [number, name]),
)
const traceEvents: Readonly<Record<number, string>> = {
  1: 'FORK',
  2: 'VFORK',
  3: 'CLONE',
  4: 'EXEC',
  5: 'VFORK_DONE',
  6: 'EXIT',
  128: 'STOP',
}

/** `SIGTRAP event EXIT`. */
const signalWords = (number: number): string => {
  const event = number >> 8 === 0 ? '' : ` event ${traceEvents[number >> 8] ?? number >> 8}`
  return `${signalNames.get(number & 0xff) ?? `signal${number & 0xff}`}${event}`
}

/** A status word, as wait4 gives it. */
export function statusWords(status: number): string {
  if (status === 0xffff) return 'continued'
  if ((status & 0xff) === 0x7f) return `stopped ${signalWords(status >> 8)}`
  return (status & 0x7f) === 0 ? `exited ${(status >> 8) & 0xff}` : `killed ${signalWords(status & 0x7f)}`
}

/** The same, as waitid puts it into a siginfo. */
export function infoWords({ event, status }: WaitResult): string {
  if (event === 'GroupContinue') return 'CLD_CONTINUED SIGCONT'
  if (event === 'ChildGroupStop') return `CLD_STOPPED ${signalWords(status >> 8)}`
  if (event === 'TraceeStop') return `CLD_TRAPPED ${signalWords(status >> 8)}`
  return (status & 0x7f) === 0
    ? `CLD_EXITED ${(status >> 8) & 0xff}`
    : `CLD_KILLED ${signalWords(status & 0x7f)}`
}

/**
 * The same, as a sentry puts it that looks at the low seven bits before it asks whether the child is dead at
 * all: a stop reads as a death by signal 127.
 */
export function mistakenInfoWords(result: WaitResult): string {
  if (result.event === 'Exit') return infoWords(result)
  return `${result.status === 0xffff ? 'CLD_DUMPED' : 'CLD_KILLED'} signal127`
}
