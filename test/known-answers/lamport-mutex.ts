/** Lamport's distributed mutual exclusion by logical clocks, over channels that keep the order of messages. */
import { each, model, type StateOf, upTo } from '../../checker/index.js'
import { holds, type KnownAnswer } from './known-answer.js'

/** `req 3`: a request with the clock of its sender; an acknowledgement; a release. */
type Message = `req ${number}` | 'ack' | 'rel'

const lamportMutex = (n: number, maxClock: number) => {
  const all = upTo(n).map(i => i + 1)
  const pair = (p: number, q: number) => `${p} ${q}`
  const pairs = all.flatMap(p => all.map(q => pair(p, q)))
  const others = (p: number) => all.filter(q => q !== p)
  const fields = {
    clock: each(all, 1),
    /** By `p q`: the clock of the request of q, as far as p knows; 0 for none. */
    req: each(pairs, 0),
    /** By `p q`: has q acknowledged the request of p? */
    ack: each(pairs, false),
    /** By `p q`: what is on its way from p to q, the oldest first. */
    net: each<string, readonly Message[]>(pairs, []),
    crit: each(all, false),
  }
  type State = StateOf<typeof fields>
  const send = (net: State['net'], from: number, message: Message) =>
    others(from).reduce((sent, to) => sent.update(pair(from, to), queue => [...queue, message]), net)
  const only = (ack: State['ack'], p: number, acknowledged: readonly number[]) =>
    all.reduce((set, q) => set.set(pair(p, q), acknowledged.includes(q)), ack)
  const isFirst = (s: State, p: number, q: number) => {
    const [own, other] = [s.req.get(pair(p, p)), s.req.get(pair(p, q))]
    return other === 0 || own < other || (own === other && p < q)
  }
  const channels = all.flatMap(from => others(from).map(to => ({ from, to })))
  const head = (s: State, { from, to }: { readonly from: number; readonly to: number }) =>
    s.net.get(pair(from, to))[0]
  const popped = (s: State, { from, to }: { readonly from: number; readonly to: number }) =>
    s.net.update(pair(from, to), ([, ...rest]) => rest)
  return model({
    name: `Lamport mutex, ${n} processes, clocks up to ${maxClock}`,
    state: fields,
    rules: {
      request: {
        choices: all,
        guard: (s, p) => s.req.get(pair(p, p)) === 0,
        effect: (s, p) => ({
          req: s.req.set(pair(p, p), s.clock.get(p)),
          net: send(s.net, p, `req ${s.clock.get(p)}`),
          ack: only(s.ack, p, [p]),
        }),
      },
      enter: {
        choices: all,
        guard: (s, p) => all.every(q => s.ack.get(pair(p, q))) && others(p).every(q => isFirst(s, p, q)),
        effect: (s, p) => ({ crit: s.crit.set(p, true) }),
      },
      exit: {
        choices: all,
        guard: (s, p) => s.crit.get(p),
        effect: (s, p) => ({
          crit: s.crit.set(p, false),
          net: send(s.net, p, 'rel'),
          req: s.req.set(pair(p, p), 0),
          ack: only(s.ack, p, []),
        }),
      },
      receiveRequest: {
        choices: channels,
        guard: (s, channel) => head(s, channel)?.startsWith('req') === true,
        effect: (s, channel) => {
          const { from, to } = channel
          const clock = Number(head(s, channel)?.slice('req '.length))
          return {
            req: s.req.set(pair(to, from), clock),
            clock: s.clock.update(to, own => Math.max(own, clock) + 1),
            net: popped(s, channel).update(pair(to, from), queue => [...queue, 'ack']),
          }
        },
      },
      receiveAck: {
        choices: channels,
        guard: (s, channel) => head(s, channel) === 'ack',
        effect: (s, channel) => ({
          ack: s.ack.set(pair(channel.to, channel.from), true),
          net: popped(s, channel),
        }),
      },
      receiveRelease: {
        choices: channels,
        guard: (s, channel) => head(s, channel) === 'rel',
        effect: (s, channel) => ({
          req: s.req.set(pair(channel.to, channel.from), 0),
          net: popped(s, channel),
        }),
      },
    },
    invariants: {
      mutex: s => s.crit.count(inside => inside) <= 1,
      'bounded network': s => s.net.every(queue => queue.length <= 3),
    },
    constraint: s => s.clock.every(clock => clock <= maxClock),
  })
}

const three = lamportMutex(3, 6)

export const K45: KnownAnswer<StateOf<typeof three>> = {
  id: 'K45',
  says: 'Lamport mutex, 3 processes, clocks up to 6',
  source: 'tlaplus/Examples lamport_mutex/MCLamportMutex.cfg',
  model: three,
  properties: three.properties,
  expected: {
    distinct: 724_274,
    generated: 2_729_079,
    depth: 61,
    verdicts: { mutex: holds, 'bounded network': holds },
  },
}
