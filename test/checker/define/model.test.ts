/**
 * Models as an author writes them: fields, rules, properties.
 */
import { List } from 'immutable'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { each, explore, ModelError, model, type StateOf, UsageError } from '../../../checker/index.js'

/** Two processes that each read a shared counter, and write what they read plus one. */
const fields = { count: 0, read: each(2, -1), log: List<number>() }

const counter = model({
  name: 'counter',
  says: 'two increments that are not atomic',
  state: fields,
  rules: {
    read: {
      choices: [0, 1],
      guard: (s, i) => s.read.get(i) < 0,
      effect: (s, i) => ({ read: s.read.set(i, s.count) }),
      source: 'every textbook',
      kind: 'external',
    },
    write: {
      choices: [0, 1],
      guard: (s, i) => s.read.get(i) >= 0 && !s.log.includes(i),
      effect: (s, i) => ({ count: s.read.get(i) + 1, log: s.log.push(i) }),
    },
  },
  invariants: {
    'the count is never negative': s => s.count >= 0,
    'both increments count': {
      says: 'When both have written, the count is 2.',
      holds: s => s.log.size < 2 || s.count === 2,
      explain: s => `the count is ${s.count}`,
    },
  },
  steps: { 'the count never falls': ({ before, after }) => after.count >= before.count },
  covers: {
    'both have read': s => s.read.every(n => n >= 0),
    'a write that changes nothing': {
      reachedBy: ({ before, after }) => before.log !== after.log && before.count === after.count,
    },
  },
  isEnd: s => s.log.size === 2,
})

type State = StateOf<typeof counter>

const [initial] = counter.initial
if (initial === undefined) throw new Error('the counter starts somewhere')

const rule = (name: string) => {
  const found = counter.rules.find(it => it.name === name)
  if (found === undefined) throw new Error(`no rule ${name}`)
  return found
}

describe('a state', () => {
  it('has a cell for each field, and for each key of a field', () => {
    expect(counter.cellNames(initial)).toEqual(['count', 'read[0]', 'read[1]', 'log'])
    expect(counter.cells(initial.state)).toEqual([0, -1, -1, List()])
  })

  it('is typed by its fields', () => {
    expectTypeOf<State['count']>().toEqualTypeOf<number>()
    expectTypeOf<StateOf<typeof fields>>().toEqualTypeOf<State>()
  })

  it('is restored from its cells', () => {
    const cells = [2, 1, 0, List([1])]
    const state = counter.restore(cells)
    expect([state.count, state.read.toArray(), state.log]).toEqual([2, [1, 0], List([1])])
    expect(counter.cells(state)).toEqual(cells)
  })

  it('is left as it is by the effect that is given it', () => {
    const after = rule('read').effect(initial.state, 1)
    expect(counter.cells(after)).toEqual([0, -1, 0, List()])
    expect(counter.cells(initial.state)).toEqual([0, -1, -1, List()])
  })
})

describe('what a rule reads', () => {
  /** A state, and the names of those of its cells that were asked for. */
  const watched = (values: readonly unknown[]) => {
    const names = counter.cellNames(initial)
    const asked: string[] = []
    const cells = new Proxy(values, {
      get(_, property) {
        if (property === 'with') return () => values
        if (property === 'at') return read
        return read(Number(property))
      },
    })
    const read = (at: number) => {
      asked.push(names[at] ?? String(at))
      return values[at]
    }
    return { asked, state: counter.restore(cells) }
  }

  it.each`
    name       | part        | reads
    ${'read'}  | ${'guard'}  | ${['read[1]']}
    ${'read'}  | ${'effect'} | ${['count']}
    ${'write'} | ${'guard'}  | ${['read[1]', 'log']}
    ${'write'} | ${'effect'} | ${['read[1]', 'log']}
  `('$part of $name: the cells that it names, and no other', ({ name, part, reads }) => {
    const { asked, state } = watched([3, 2, 1, List()])
    rule(name)[part as 'guard' | 'effect'](state, 1)
    expect(asked).toEqual(reads)
  })
})

describe('a rule', () => {
  it('has a label with its choices', () => {
    const label = (choice: unknown) => counter.label(rule('read'), choice, initial)
    expect([null, 1, 'a', [1, 'a'], { from: 1, to: [2, 3] }].map(label)).toEqual([
      'read',
      'read(1)',
      'read(a)',
      'read(1, a)',
      'read(1, [2, 3])',
    ])
  })

  it('says where it comes from, and who takes the step', () => {
    expect(rule('read')).toMatchObject({ source: 'every textbook', kind: 'external', choices: [0, 1] })
    expect(rule('write')).toMatchObject({ source: 'the model', kind: 'internal' })
  })

  it('may be tried once, and always', async () => {
    const toggle = model({
      name: 'toggle',
      state: { on: false },
      rules: { toggle: { effect: s => ({ on: !s.on }) } },
    })
    expect(toggle.rules[0]?.choices).toEqual([null])
    expect(await explore(toggle, [])).toMatchObject({ states: 2, transitions: 2 })
  })

  it('knows the type of its choices', () => {
    model({
      name: 'types',
      state: { last: 'a' as 'a' | 'b' },
      rules: {
        pairs: {
          choices: [{ from: 1, to: 'x' }],
          guard: (_, choice) => {
            expectTypeOf(choice).toEqualTypeOf<{ from: number; to: string }>()
            return true
          },
          effect: () => ({}),
        },
        named: { choices: ['a', 'b'] as const, effect: (_, last) => ({ last }) },
      },
    })
  })

  it('copies a field from another one with the same keys', () => {
    const copy = model({
      name: 'copy',
      state: { a: each(2, 1), b: each(2, 2) },
      rules: { copy: { effect: s => ({ a: s.b, b: s.a.set(0, 7) }) } },
    })
    const [copying] = copy.rules
    const [start] = copy.initial
    expect(start && copying && copy.cells(copying.effect(start.state, null))).toEqual([2, 2, 7, 1])
  })
})

describe('the properties', () => {
  it('are named by their sentences', () => {
    expect(counter.properties.map(({ kind, name, says }) => [kind, name, says])).toEqual([
      ['invariant', 'the count is never negative', 'the count is never negative'],
      ['invariant', 'both increments count', 'When both have written, the count is 2.'],
      ['step', 'the count never falls', 'the count never falls'],
      ['cover', 'both have read', 'both have read'],
      ['cover', 'a write that changes nothing', 'a write that changes nothing'],
    ])
  })

  it('are judged', async () => {
    const { verdicts, deadlocks, ends } = await explore(counter, counter.properties)
    const shortly = verdicts.map(it =>
      'trace' in it ? `${it.verdict} after ${it.trace.actions.length}` : it.verdict,
    )
    expect(shortly).toEqual(['holds', 'violated after 4', 'holds', 'reached after 2', 'reached after 4'])
    expect({ deadlocks, hasEnds: ends > 0 }).toEqual({ deadlocks: 0, hasEnds: true })
  })
})

describe('initial states', () => {
  it('are as declared, or differ from that as listed', async () => {
    const lamps = model({
      name: 'lamps',
      state: { on: each(2, false), colour: 'red' },
      initial: [{}, { on: each(2, true) }, { colour: 'blue' }],
      rules: {},
      isEnd: () => true,
    })
    expect(lamps.initial.map(({ name, says, state }) => [name, says, lamps.cells(state)])).toEqual([
      ['initial-1', 'as declared', [false, false, 'red']],
      ['initial-2', 'on [true, true]', [true, true, 'red']],
      ['initial-3', 'colour blue', [false, false, 'blue']],
    ])
    expect(await explore(lamps, [])).toMatchObject({ states: 3, ends: 3 })
  })
})

describe('arrays and plain objects', () => {
  it('become data that cannot change', () => {
    const queue = model({
      name: 'queue',
      state: { messages: [] as readonly { readonly to: readonly number[] }[] },
      rules: { send: { choices: [1], effect: (s, to) => ({ messages: [...s.messages, { to: [to] }] }) } },
    })
    const [send] = queue.rules
    const [start] = queue.initial
    const messages = start && send?.effect(start.state, 1).messages
    expect(messages).toEqual([{ to: [1] }])
    for (const part of [messages, messages?.[0], messages?.[0]?.to]) expect(Object.isFrozen(part)).toBe(true)
  })
})

describe('a fault in an effect', () => {
  const failing = (effect: () => object) =>
    explore(
      model({ name: 'faulty', state: { on: false, at: each(2, 0) }, rules: { go: { effect } } }),
      [],
    ).catch((error: unknown) => error)

  it.each`
    what                                  | effect                        | message
    ${'a field that states do not have'}  | ${() => ({ off: true })}      | ${"effect of go threw in the initial state initial: there is no field 'off': the fields are on, at"}
    ${'a field of each without its keys'} | ${() => ({ at: [1, 2] })}     | ${"effect of go threw in the initial state initial: the field 'at' takes what its own set, update or map give"}
    ${'a field of each with other keys'}  | ${() => ({ at: each(3, 0) })} | ${"effect of go threw in the initial state initial: the field 'at' takes what its own set, update or map give"}
    ${'a value that no state can hold'}   | ${() => ({ on: () => true })} | ${'cells of the model faulty threw 1 step from the initial state initial: A function (on) cannot be part of a state. Use primitives, immutable collections and records, or frozen data.'}
  `('$what', async ({ effect, message }) => {
    const error = await failing(effect)
    expect(error).toBeInstanceOf(ModelError)
    expect((error as Error).message).toBe(message)
  })
})

describe('a definition that cannot be', () => {
  const rules = {}
  it.each`
    what                          | define                                                                                                      | error
    ${'a state without fields'}   | ${() => model({ name: 'm', state: {}, rules })}                                                             | ${new UsageError("The state of the model 'm' has no field.", "Give each field its initial value: state: { turn: 0, pc: each(2, 'idle') }")}
    ${'a name that is none'}      | ${() => model({ name: 'm', state: { '#meta': 1 }, rules })}                                                 | ${new UsageError("The state of the model 'm' cannot have a field named '#meta'.", 'Begin the name of a field with a letter.')}
    ${'a value of a class'}       | ${() => model({ name: 'm', state: { at: each(2, new Date(0)) }, rules })}                                   | ${new UsageError("The field at[0] of the model 'm' cannot be stored: A value of class Date cannot be part of a state. Use primitives, immutable collections and records, or frozen data.")}
    ${'no initial state'}         | ${() => model({ name: 'm', state: { a: 1 }, initial: [], rules })}                                          | ${new UsageError("The model 'm' has an empty list of initial states.", 'Leave out `initial` to start from the values of `state`.')}
    ${'an unknown initial field'} | ${() => model({ name: 'm', state: { a: 1 }, initial: [{ b: 1 } as object], rules })}                        | ${new UsageError("An initial state of the model 'm' cannot be: there is no field 'b': the fields are a.")}
    ${'the same choice twice'}    | ${() => model({ name: 'm', state: { a: 1 }, rules: { go: { choices: [1, 1], effect: () => ({}) } } })}      | ${new UsageError("The rule 'go' of the model 'm' cannot have the choice 1 twice.", 'Choices are numbers, strings, and arrays and objects of these, each listed once.')}
    ${'a choice that is no data'} | ${() => model({ name: 'm', state: { a: 1 }, rules: { go: { choices: [undefined], effect: () => ({}) } } })} | ${new UsageError("The rule 'go' of the model 'm' cannot have the choice undefined.", 'Choices are numbers, strings, and arrays and objects of these, each listed once.')}
  `('$what', ({ define, error }) => {
    expect(define).toThrow(error)
  })
})
