/** A resource allocator: clients ask for sets of resources, get them piece by piece, and give them back. */
import { List, Record, type RecordOf, Set } from 'immutable'
import { type KnownAnswer, recordModel, rulesOn, upTo } from './known-answer.js'

interface Fields {
  /** By client: what it asks for and has not got, and what it has. */
  unsat: List<Set<number>>
  alloc: List<Set<number>>
}

export type AllocatorState = RecordOf<Fields>

const State = Record<Fields>({ unsat: List(), alloc: List() }, 'Allocator')

const rule = rulesOn<AllocatorState>()

export interface Exchange {
  readonly client: number
  readonly resources: readonly number[]
}

export const clients = upTo(3)
export const resources = upTo(2)

const choices: readonly Exchange[] = clients.flatMap(client =>
  [[0], [1], [0, 1]].map(some => ({ client, resources: some })),
)

const of = (sets: List<Set<number>>, client: number): Set<number> => sets.get(client, Set())

/** Nobody has it. */
const isFree = ({ alloc }: AllocatorState, resource: number): boolean => !alloc.some(set => set.has(resource))

export const K39: KnownAnswer<AllocatorState> = {
  id: 'K39',
  says: 'an allocator, 3 clients, 2 resources',
  source: 'tlaplus/Examples allocator/SimpleAllocator.cfg',
  model: recordModel<Fields>({
    name: 'allocator',
    State,
    initial: [State({ unsat: List(clients.map(() => Set())), alloc: List(clients.map(() => Set())) })],
    rules: [
      rule<Exchange>({
        name: 'request',
        choices,
        guard: ({ unsat, alloc }, { client }) => of(unsat, client).isEmpty() && of(alloc, client).isEmpty(),
        effect: (s, { client, resources: some }) => s.update('unsat', it => it.set(client, Set(some))),
      }),
      rule<Exchange>({
        name: 'allocate',
        choices,
        guard: (s, { client, resources: some }) =>
          some.every(it => isFree(s, it) && of(s.unsat, client).has(it)),
        effect: (s, { client, resources: some }) =>
          s
            .update('unsat', it => it.set(client, of(it, client).subtract(some)))
            .update('alloc', it => it.set(client, of(it, client).union(some))),
      }),
      rule<Exchange>({
        name: 'return',
        choices,
        guard: ({ alloc }, { client, resources: some }) => some.every(it => of(alloc, client).has(it)),
        effect: (s, { client, resources: some }) =>
          s.update('alloc', it => it.set(client, of(it, client).subtract(some))),
      }),
    ],
  }),
  properties: [],
  expected: { distinct: 400, generated: 1_633, depth: 6 },
}
