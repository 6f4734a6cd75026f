/**
 * Models whose processes may be exchanged: with published numbers, and of every way in which a state can name a process.
 */
import { Map, Set } from 'immutable'
import { each, model, upTo } from '../../../checker/index.js'

const named = (prefix: string, n: number): readonly string[] => upTo(n).map(i => `${prefix}${i + 1}`)

/** K28 of the known answers, with a cell for each resource manager, or with sets of their names. */
export const twoPhaseCommit = (n: number) => {
  type Manager = 'working' | 'prepared' | 'committed' | 'aborted'
  const managers = named('r', n)
  return model({
    name: `two-phase commit, ${n}`,
    state: {
      rm: each<string, Manager>(managers, 'working'),
      tm: 'init' as 'init' | 'committed' | 'aborted',
      prepared: Set<string>(),
      messages: Set<string>(),
    },
    symmetric: [{ of: managers, in: ['prepared', 'messages'] }],
    rules: {
      rcvPrepared: {
        choices: managers,
        guard: (s, i) => s.tm === 'init' && s.messages.has(i),
        effect: (s, i) => ({ prepared: s.prepared.add(i) }),
      },
      commit: {
        guard: s => s.tm === 'init' && s.prepared.size === n,
        effect: s => ({ tm: 'committed' as const, messages: s.messages.add('Commit') }),
      },
      abort: {
        guard: s => s.tm === 'init',
        effect: s => ({ tm: 'aborted' as const, messages: s.messages.add('Abort') }),
      },
      prepare: {
        choices: managers,
        guard: (s, i) => s.rm.get(i) === 'working',
        effect: (s, i) => ({ rm: s.rm.set(i, 'prepared'), messages: s.messages.add(i) }),
      },
      chooseToAbort: {
        choices: managers,
        guard: (s, i) => s.rm.get(i) === 'working',
        effect: (s, i) => ({ rm: s.rm.set(i, 'aborted') }),
      },
      rcvCommit: {
        choices: managers,
        guard: s => s.messages.has('Commit'),
        effect: (s, i) => ({ rm: s.rm.set(i, 'committed') }),
      },
      rcvAbort: {
        choices: managers,
        guard: s => s.messages.has('Abort'),
        effect: (s, i) => ({ rm: s.rm.set(i, 'aborted') }),
      },
    },
    invariants: { consistent: s => !(s.rm.includes('committed') && s.rm.includes('aborted')) },
    steps: {
      'nobody aborts after it has prepared': ({ before, after }) =>
        !managers.some(i => before.rm.get(i) === 'prepared' && after.rm.get(i) === 'aborted'),
    },
    covers: { 'two have aborted': s => s.rm.count(state => state === 'aborted') === 2 },
    isEnd: () => true,
  })
}

/** K74: bits, any of which may be toggled. */
export const bits = (n: number) =>
  model({
    name: `${n} bits`,
    state: { bit: each(n, false) },
    symmetric: [upTo(n)],
    rules: { toggle: { choices: upTo(n), effect: (s, i) => ({ bit: s.bit.update(i, bit => !bit) }) } },
    covers: { 'all are set': s => s.bit.every(bit => bit) },
  })

/** K67: processes of three phases. */
export const phases = (n: number) => {
  const next = { Loading: 'Running', Running: 'Paused', Paused: 'Running' } as const
  return model({
    name: `${n} processes of three phases`,
    state: { phase: each<number, keyof typeof next>(upTo(n), 'Loading') },
    symmetric: [upTo(n)],
    rules: { step: { choices: upTo(n), effect: (s, i) => ({ phase: s.phase.update(i, it => next[it]) }) } },
  })
}

/** K59: threads that increment a counter without a lock. */
export const increment = (n: number) =>
  model({
    name: `increment, ${n}`,
    state: { i: 0, t: each(n, 0), pc: each(n, 1) },
    symmetric: [upTo(n)],
    rules: {
      read: {
        choices: upTo(n),
        guard: (s, thread) => s.pc.get(thread) === 1,
        effect: (s, thread) => ({ t: s.t.set(thread, s.i), pc: s.pc.set(thread, 2) }),
      },
      write: {
        choices: upTo(n),
        guard: (s, thread) => s.pc.get(thread) === 2,
        effect: (s, thread) => ({ i: s.t.get(thread) + 1, pc: s.pc.set(thread, 3) }),
      },
    },
    invariants: { fin: s => s.pc.count(pc => pc === 3) === s.i },
    isEnd: s => s.pc.every(pc => pc === 3),
  })

/** A lock that is handed over in the order of a queue. Everybody knows who was before, and deadlock comes of it. */
export const queue = (n: number) => {
  const threads = named('t', n)
  const nobody = 'nobody'
  return model({
    name: `a queue of ${n}`,
    state: {
      at: each<string, 'idle' | 'waits' | 'holds' | 'gone'>(threads, 'idle'),
      queue: [] as readonly string[],
      holder: nobody,
      /** Whom each has followed: names in the cells of names. */
      followed: each<string, string>(threads, nobody),
      met: Map<string, Set<string>>(),
    },
    symmetric: [{ of: threads, in: ['queue', 'holder', 'followed', 'met'] }],
    rules: {
      wait: {
        choices: threads,
        guard: (s, i) => s.at.get(i) === 'idle',
        effect: (s, i) => ({ at: s.at.set(i, 'waits'), queue: [...s.queue, i] }),
      },
      take: {
        choices: threads,
        guard: (s, i) => s.holder === nobody && s.queue[0] === i,
        effect: (s, i) => ({ at: s.at.set(i, 'holds'), queue: s.queue.slice(1), holder: i }),
      },
      handOver: {
        choices: threads,
        guard: (s, i) => s.holder === i && s.queue.length > 0,
        effect: (s, i) => {
          const next = s.queue[0] as string
          return {
            at: s.at.set(i, 'gone').set(next, 'holds'),
            queue: s.queue.slice(1),
            holder: next,
            followed: s.followed.set(next, i),
            met: s.met.set(i, Set([next])).update(next, Set<string>(), met => met.add(i)),
          }
        },
      },
      // Its lock is never given back if nobody waits.
      leave: {
        choices: threads,
        guard: (s, i) => s.at.get(i) === 'holds' && s.queue.length === 0,
        effect: (s, i) => ({ at: s.at.set(i, 'gone') }),
      },
    },
    invariants: {
      'the holder holds': s => s.holder === nobody || ['holds', 'gone'].includes(s.at.get(s.holder)),
      'nobody is followed by one who is followed': s =>
        !threads.some(i => threads.some(j => s.followed.get(i) === j && s.followed.get(j) !== nobody)),
    },
    steps: { 'a lock is held by one at a time': ({ after }) => after.at.count(at => at === 'holds') <= 1 },
    covers: {
      'somebody waits in vain': s =>
        s.at.includes('waits') && s.at.get(s.holder === nobody ? 't1' : s.holder) === 'gone',
    },
  })
}

/** Two kinds of things that may be exchanged, and pairs of both in a set of text. */
export const givers = (n: number, m: number) => {
  const [people, gifts] = [named('p', n), named('g', m)]
  const choices = people.flatMap(person => gifts.map(gift => ({ person, gift })))
  return model({
    name: `${n} people and ${m} gifts`,
    state: {
      owner: each<string, string>(gifts, 'shop'),
      given: Set<readonly string[]>().toList(),
      last: null as string | null,
    },
    symmetric: [
      { of: people, in: ['owner', 'given', 'last'] },
      { of: gifts, in: ['given'] },
    ],
    rules: {
      buy: {
        choices,
        guard: (s, { gift }) => s.owner.get(gift) === 'shop',
        effect: (s, { person, gift }) => ({ owner: s.owner.set(gift, person), last: person }),
      },
      give: {
        choices,
        guard: (s, { person, gift }) =>
          s.given.size < 2 && s.owner.get(gift) !== 'shop' && s.owner.get(gift) !== person,
        effect: (s, { person, gift }) => ({
          owner: s.owner.set(gift, person),
          given: s.given.push(Object.freeze([s.owner.get(gift), gift, person])),
        }),
      },
    },
    invariants: {
      'no gift comes back': s => !s.given.some(([from, gift]) => s.owner.get(gift as string) === from),
    },
    isEnd: () => true,
  })
}
