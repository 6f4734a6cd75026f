/** Readers and writers who queue for a resource: readers share it, a writer has it alone. */
import { List, Record, type RecordOf, Set } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

type Waiting = `${'read' | 'write'} ${number}`

interface Fields {
  readers: Set<number>
  writers: Set<number>
  waiting: List<Waiting>
}

export type ReadersWritersState = RecordOf<Fields>

const State = Record<Fields>({ readers: Set(), writers: Set(), waiting: List() }, 'ReadersWriters')

const rule = rulesOn<ReadersWritersState>()

const actorOf = (entry: Waiting | undefined): number => Number(entry?.split(' ')[1])

const queues = (kind: 'read' | 'write', actors: readonly number[]) =>
  rule({
    name: `try ${kind}`,
    choices: actors,
    guard: ({ waiting }, actor) => !waiting.includes(`${kind} ${actor}`),
    effect: (s, actor) => s.update('waiting', it => it.push(`${kind} ${actor}`)),
  })

const readersWriters = (n: number) =>
  recordModel<Fields>({
    name: `readers and writers, ${n}`,
    State,
    initial: [State()],
    rules: [
      queues('read', upTo(n)),
      queues('write', upTo(n)),
      rule({
        name: 'read or write',
        guard: ({ waiting, readers, writers }) =>
          !waiting.isEmpty() &&
          writers.isEmpty() &&
          (waiting.first()?.startsWith('read') === true || readers.isEmpty()),
        effect: s => {
          const first = s.waiting.first()
          const kind = first?.startsWith('read') === true ? 'readers' : 'writers'
          return s.update(kind, it => it.add(actorOf(first))).update('waiting', it => it.shift())
        },
      }),
      rule({
        name: 'stop',
        choices: upTo(n),
        guard: ({ readers, writers }, actor) => readers.has(actor) || writers.has(actor),
        effect: (s, actor) => s.update(s.readers.has(actor) ? 'readers' : 'writers', it => it.remove(actor)),
      }),
    ],
  })

export const K16: KnownAnswer<ReadersWritersState> = {
  id: 'K16',
  says: 'readers and writers, 3 actors',
  source: 'tlaplus/Examples ReadersWriters/MC.cfg',
  model: readersWriters(3),
  properties: [],
  expected: { distinct: 21_527 },
}
