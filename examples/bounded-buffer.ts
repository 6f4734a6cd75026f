/**
 * A bounded buffer as a Java monitor: threads that cannot go on wait, and who puts or gets something wakes one of them.
 *
 * `notify` wakes any thread, be it one that cannot go on either. So it can come to where all threads wait and nobody
 * is left to wake them, if there are more threads than twice the capacity. The bug, and that condition, are in Markus
 * Kuppe's tutorial on the TLA+ of a BlockingQueue, github.com/lemmy/BlockingQueue. `notifyAll` repairs it.
 */
import { each, model } from 'zombieproof/checker'

const producers = ['producer 1', 'producer 2']
const consumers = ['consumer']
const threads = [...producers, ...consumers]
const capacity = 1

interface Wake {
  readonly thread: string
  /** The thread that `notify` happens to wake; nobody, if none waits. */
  readonly wakes: string | null
}

const wakesOf = (running: readonly string[]): readonly Wake[] =>
  running.flatMap(thread => [null, ...threads].map(wakes => ({ thread, wakes })))

const boundedBuffer = (name: string, says: string, notify: 'one' | 'all') => {
  const state = { stored: 0, waits: each(threads, false) }
  type State = { readonly stored: number; readonly waits: (typeof state)['waits'] }
  const canWake = ({ waits }: State, wakes: string | null) =>
    notify === 'one' && waits.includes(true) ? wakes !== null && waits.get(wakes) : wakes === null
  const woken = ({ waits }: State, wakes: string | null) => {
    if (notify === 'all') return waits.map(() => false)
    return wakes === null ? waits : waits.set(wakes, false)
  }
  return model({
    name,
    says,
    state,
    symmetric: [producers],
    rules: {
      put: {
        choices: wakesOf(producers),
        guard: (s, { thread, wakes }) => !s.waits.get(thread) && s.stored < capacity && canWake(s, wakes),
        effect: (s, { wakes }) => ({ stored: s.stored + 1, waits: woken(s, wakes) }),
      },
      get: {
        choices: wakesOf(consumers),
        guard: (s, { thread, wakes }) => !s.waits.get(thread) && s.stored > 0 && canWake(s, wakes),
        effect: (s, { wakes }) => ({ stored: s.stored - 1, waits: woken(s, wakes) }),
      },
      waitWhileFull: {
        choices: producers,
        guard: (s, thread) => !s.waits.get(thread) && s.stored === capacity,
        effect: (s, thread) => ({ waits: s.waits.set(thread, true) }),
      },
      waitWhileEmpty: {
        choices: consumers,
        guard: (s, thread) => !s.waits.get(thread) && s.stored === 0,
        effect: (s, thread) => ({ waits: s.waits.set(thread, true) }),
      },
    },
    invariants: { 'the buffer holds no more than it can': s => s.stored >= 0 && s.stored <= capacity },
    covers: { 'all producers wait': s => producers.every(thread => s.waits.get(thread)) },
  })
}

export const withNotify = boundedBuffer(
  'bounded-buffer',
  'a buffer for one, two producers, one consumer, notify',
  'one',
)

export const withNotifyAll = boundedBuffer(
  'bounded-buffer-all',
  'a buffer for one, two producers, one consumer, notifyAll',
  'all',
)
