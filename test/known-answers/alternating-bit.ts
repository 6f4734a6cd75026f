/** The alternating bit protocol over channels that lose messages, and what it is meant to do. */
import { List, Record, type RecordOf } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

interface AbstractFields {
  sBit: number
  sAck: number
  rBit: number
  sent: number
  rcvd: number
}

export type AbstractBitState = RecordOf<AbstractFields>
export const AbstractBitState = Record<AbstractFields>(
  { sBit: 0, sAck: 0, rBit: 0, sent: 0, rcvd: 0 },
  'AlternatingBitAbstract',
)

const data = upTo(2)
/** Three equal bits; what was sent and received last is free. */
const starts = upTo(2).flatMap(bit =>
  data.flatMap(sent => data.map(rcvd => ({ sBit: bit, sAck: bit, rBit: bit, sent, rcvd }))),
)

const abstractRule = rulesOn<AbstractBitState>()

export const K37: KnownAnswer<AbstractBitState> = {
  id: 'K37',
  says: 'the alternating bit, abstract, 2 data',
  source: 'tlaplus/Examples SpecifyingSystems/TLC/ABCorrectness.cfg',
  model: recordModel<AbstractFields>({
    name: 'alternating bit',
    State: AbstractBitState,
    initial: starts.map(start => AbstractBitState(start)),
    rules: [
      abstractRule({
        name: 'new',
        choices: data,
        guard: ({ sAck, sBit }) => sAck === sBit,
        effect: (s, d) => s.merge({ sBit: 1 - s.sBit, sent: d }),
      }),
      abstractRule({
        name: 'receive',
        guard: ({ rBit, sBit }) => rBit !== sBit,
        effect: s => s.merge({ rBit: s.sBit, rcvd: s.sent }),
      }),
      abstractRule({
        name: 'acknowledge',
        guard: ({ rBit, sAck }) => rBit !== sAck,
        effect: s => s.set('sAck', s.rBit),
      }),
    ],
  }),
  properties: [],
  expected: { distinct: 20, generated: 36, depth: 3 },
}

type Message = RecordOf<{ bit: number; datum: number }>
const Message = Record<{ bit: number; datum: number }>({ bit: 0, datum: 0 }, 'Message')

interface Fields extends AbstractFields {
  msgQ: List<Message>
  ackQ: List<number>
}

export type AlternatingBitState = RecordOf<Fields>
const State = Record<Fields>(
  { sBit: 0, sAck: 0, rBit: 0, sent: 0, rcvd: 0, msgQ: List(), ackQ: List() },
  'AlternatingBit',
)

const rule = rulesOn<AlternatingBitState>()

/** The longest queue, and one more: what may be lost at. */
const places = upTo(3)

const loses = (name: string, queue: 'msgQ' | 'ackQ') =>
  rule({
    name,
    choices: places,
    guard: (s, i) => i < s.get(queue).size,
    effect: (s, i) =>
      queue === 'msgQ' ? s.update('msgQ', it => it.remove(i)) : s.update('ackQ', it => it.remove(i)),
  })

export const K38: KnownAnswer<AlternatingBitState> = {
  id: 'K38',
  says: 'the alternating bit protocol, 2 data, queues of at most 2',
  source: 'tlaplus/Examples SpecifyingSystems/TLC/MCAlternatingBit.cfg',
  model: {
    ...recordModel<Fields>({
      name: 'alternating bit protocol',
      State,
      initial: starts.map(start => State(start)),
      rules: [
        rule({
          name: 'new',
          choices: data,
          guard: ({ sAck, sBit }) => sAck === sBit,
          effect: (s, d) =>
            s
              .merge({ sBit: 1 - s.sBit, sent: d })
              .update('msgQ', it => it.push(Message({ bit: 1 - s.sBit, datum: d }))),
        }),
        rule({
          name: 'resend',
          guard: ({ sAck, sBit }) => sAck !== sBit,
          effect: s => s.update('msgQ', it => it.push(Message({ bit: s.sBit, datum: s.sent }))),
        }),
        rule({
          name: 'receive message',
          guard: ({ msgQ }) => !msgQ.isEmpty(),
          effect: s => {
            const { bit, datum } = s.msgQ.first(Message())
            return s.merge({ rBit: bit, rcvd: datum }).update('msgQ', it => it.shift())
          },
        }),
        rule({
          name: 'send acknowledgement',
          guard: () => true,
          effect: s => s.update('ackQ', it => it.push(s.rBit)),
        }),
        rule({
          name: 'receive acknowledgement',
          guard: ({ ackQ }) => !ackQ.isEmpty(),
          effect: s => s.set('sAck', s.ackQ.first(0)).update('ackQ', it => it.shift()),
        }),
        loses('lose message', 'msgQ'),
        loses('lose acknowledgement', 'ackQ'),
      ],
    }),
    constraint: ({ msgQ, ackQ }) => msgQ.size <= 2 && ackQ.size <= 2,
  },
  properties: [],
  expected: { distinct: 240, generated: 1_392, depth: 10 },
}
