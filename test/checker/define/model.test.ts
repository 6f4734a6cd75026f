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
    ${'a promise, of an async function'}  | ${async () => ({ on: true })} | ${'effect of go threw in the initial state initial: it gives a promise, and not the fields that change, as in ({ n: s.n + 1 }); an effect cannot wait for anything'}
    ${'nothing'}                          | ${() => undefined}            | ${'effect of go threw in the initial state initial: it gives undefined, and not the fields that change, as in ({ n: s.n + 1 })'}
    ${'a number'}                         | ${() => 5}                    | ${'effect of go threw in the initial state initial: it gives 5, and not the fields that change, as in ({ n: s.n + 1 })'}
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

describe('values that may be exchanged', () => {
  const exchanging = (state: object, ...symmetric: unknown[]) =>
    model({ name: 'm', state, rules: {}, symmetric } as never)

  it.each`
    what                                 | state                    | symmetric     | likely
    ${'have no cells, and are not held'} | ${{ a: 0 }}              | ${['p', 'q']} | ${undefined}
    ${'are written in another way'}      | ${{ a: each(3, 0) }}     | ${['0', '1']} | ${"The cells of 'a' are those of 0, 1, 2."}
    ${'have cells in part'}              | ${{ a: each(['p'], 0) }} | ${['p', 'q']} | ${"The cells of 'a' are those of 'p'."}
  `('are refused if they $what', ({ state, symmetric, likely }) => {
    const [one, other] = symmetric as readonly string[]
    expect(() => exchanging(state, symmetric)).toThrow(
      new UsageError(
        `The model 'm' declares as symmetric ${one} and ${other}, and no field has a cell for each of them or is named to hold them.`,
        `Give a field such cells, each(['${one}', '${other}'], …), or name those that hold them: symmetric: [{ of: ['${one}', '${other}'], in: ['owner'] }].`,
        likely,
      ),
    )
  })

  it('may be held by a field without cells for them', () => {
    expect(() => exchanging({ owner: 'p' }, { of: ['p', 'q'], in: ['owner'] })).not.toThrow()
  })
})

describe('a definition that TypeScript has not seen', () => {
  const effect = () => ({})
  const rule = (more: object) => ({ name: 'm', state: { a: 1 }, rules: { go: { effect, ...more } } })
  const other = (more: object) => ({ ...rule({}), ...more })
  const inBraces = 'Write it in braces, each part with its name: { n: 0 }.'
  const inBrackets = 'Write it in brackets: [0, 1, 2].'
  const anArrow = 'Write it with an arrow: s => s.n + 1.'

  it.each`
    given                                         | what                                                                                                  | next
    ${undefined}                                  | ${'What is given to model() must be an object, but is undefined.'}                                    | ${inBraces}
    ${{ state: { a: 1 }, rules: {} }}             | ${"A model has no 'name', which must be a text."}                                                     | ${"Write it in quotes: 'a text'."}
    ${{ name: 'm', rules: {} }}                   | ${"The model 'm' has no 'state', which must be an object."}                                           | ${inBraces}
    ${{ name: 'm', state: { a: 1 } }}             | ${"The model 'm' has no 'rules', which must be an object."}                                           | ${inBraces}
    ${other({ state: each(2, 0) })}               | ${"The model 'm' has what each() gives as 'state', which must be an object."}                         | ${inBraces}
    ${other({ rules: { go: 5 } })}                | ${"The rule 'go' of the model 'm' must be an object, but is 5."}                                      | ${inBraces}
    ${other({ rules: { go: effect } })}           | ${"The rule 'go' of the model 'm' must be an object, but is a function."}                             | ${inBraces}
    ${other({ rules: { go: null } })}             | ${"The rule 'go' of the model 'm' must be an object, but is null."}                                   | ${inBraces}
    ${other({ rules: { go: {} } })}               | ${"The rule 'go' of the model 'm' has no 'effect', which must be a function."}                        | ${anArrow}
    ${rule({ effect: { a: 1 } })}                 | ${"The rule 'go' of the model 'm' has an object as 'effect', which must be a function."}              | ${anArrow}
    ${rule({ guard: 7 })}                         | ${"The rule 'go' of the model 'm' has 7 as 'guard', which must be a function."}                       | ${anArrow}
    ${rule({ choices: 3 })}                       | ${"The rule 'go' of the model 'm' has 3 as 'choices', which must be a list."}                         | ${inBrackets}
    ${rule({ kind: 'outside' })}                  | ${"The rule 'go' of the model 'm' has 'outside' as 'kind', which must be 'external' or 'internal'."}  | ${'Leave it out for a step of the system itself.'}
    ${other({ initial: { a: 3 } })}               | ${"The model 'm' has an object as 'initial', which must be a list."}                                  | ${inBrackets}
    ${other({ initial: [5] })}                    | ${"Initial state 1 of the model 'm' must be an object, but is 5."}                                    | ${inBraces}
    ${other({ symmetric: 5 })}                    | ${"The model 'm' has 5 as 'symmetric', which must be a list."}                                        | ${inBrackets}
    ${other({ symmetric: ['p', 'q'] })}           | ${"List 1 of 'symmetric' of the model 'm' must be a list of numbers and strings, but is 'p'."}        | ${inBrackets}
    ${other({ symmetric: [{ of: ['p', 'q'] }] })} | ${"List 1 of 'symmetric' of the model 'm' has no 'in', which must be a list of numbers and strings."} | ${inBrackets}
    ${other({ invariants: { i: 5 } })}            | ${"The invariant 'i' of the model 'm' must be a function or an object, but is 5."}                    | ${anArrow}
    ${other({ covers: { c: {} } })}               | ${"The cover 'c' of the model 'm' asks nothing."}                                                     | ${"Give it 'reached' or 'reachedBy', a function."}
    ${other({ temporal: { t: { can: true } } })}  | ${"The temporal property 't' of the model 'm' has true as 'can', which must be a function."}          | ${anArrow}
  `('$what', ({ given, what, next }) => {
    expect(() => model(given)).toThrow(new UsageError(what, next))
  })

  it.each`
    given                                              | what                                                                                | likely
    ${rule({ gaurd: () => false })}                    | ${"The rule 'go' of the model 'm' has 'gaurd', which means nothing."}               | ${"Did you mean 'guard'?"}
    ${other({ invariant: {} })}                        | ${"The model 'm' has 'invariant', which means nothing."}                            | ${"Did you mean 'invariants'?"}
    ${other({ invariants: { i: { hold: effect } } })}  | ${"The invariant 'i' of the model 'm' has 'hold', which means nothing."}            | ${"Did you mean 'holds'?"}
    ${other({ temporal: { t: { leedsTo: effect } } })} | ${"The temporal property 't' of the model 'm' has 'leedsTo', which means nothing."} | ${"Did you mean 'leadsTo'?"}
  `('$what', ({ given, what, likely }) => {
    expect(() => model(given)).toThrow(expect.objectContaining({ name: 'UsageError', what, likely }))
  })

  it('is told what is known', () => {
    const known = 'Known here: choices, guard, effect, source, kind, touches.'
    expect(() => model(rule({ colour: 'red' }) as never)).toThrow(
      new UsageError("The rule 'go' of the model 'm' has 'colour', which means nothing.", known),
    )
  })
})
