/**
 * Why a trace goes as it does: what is read, what depends on what, what is noise, and why something cannot be done.
 */
import { List, Record, type RecordOf } from 'immutable'
import { describe, expect, it } from 'vitest'
import { causesOf, coreOf, ingredientsOf } from '../../../checker/explain/causes.js'
import { missing, whyDisabled } from '../../../checker/explain/guard.js'
import { placeKey } from '../../../checker/explain/places.js'
import { readsOf } from '../../../checker/explain/reads.js'
import { replay } from '../../../checker/explore/replay.js'
import type { Invariant, Model, Rule } from '../../../checker/model.js'

type Door = RecordOf<{ locked: boolean; open: boolean; colour: string }>
const Door = Record<{ locked: boolean; open: boolean; colour: string }>(
  { locked: true, open: false, colour: 'red' },
  'Door',
)
interface House {
  readonly front: Door
  readonly back: Door
  readonly log: List<string>
}

const rule = (name: string, guard: (s: House) => boolean, effect: (s: House) => House): Rule<House> => ({
  name,
  feature: 'doors',
  kind: 'external',
  source: 'this test',
  choices: [null],
  guard,
  effect,
})

const house: Model<House> = {
  name: 'house',
  initial: [{ name: 'locked', says: '', state: { front: Door(), back: Door(), log: List() } }],
  rules: [
    rule(
      'unlock',
      s => s.front.locked,
      s => ({ ...s, front: s.front.set('locked', false) }),
    ),
    rule(
      'paint',
      () => true,
      s => ({ ...s, back: s.back.set('colour', 'blue') }),
    ),
    rule(
      'open',
      s => !s.front.locked && !s.front.open,
      s => ({ ...s, front: s.front.set('open', true) }),
    ),
    rule(
      'note',
      s => s.front.get('open'),
      s => ({ ...s, log: s.log.push(s.back.colour) }),
    ),
  ],
  cells: ({ front, back, log }) => [front, back, log],
  restore: ([front, back, log]) => ({ front: front as Door, back: back as Door, log: log as List<string> }),
  events: () => [],
  cellNames: () => ['front', 'back', 'log'],
  label: ({ name }) => name,
}

const walked = (...names: readonly string[]) => {
  const [initial] = house.initial
  if (initial === undefined) throw new Error('no initial state')
  const actions = names.flatMap(name => {
    const found = house.rules.find(it => it.name === name)
    return found === undefined ? [] : [{ rule: found, choice: null }]
  })
  const { steps, replayed } = replay(house, { initial, actions })
  expect(replayed).toBe(true)
  return { model: house, initial, steps }
}

const places = (all: readonly { place: { cell: number; field: string | undefined }; writtenBy: number }[]) =>
  all.map(({ place, writtenBy }) => `${placeKey(place)} by ${writtenBy}`)

const closed: Invariant<House> = {
  kind: 'invariant',
  name: 'the front door stays closed',
  says: 'It does.',
  holds: ({ front }) => !front.open,
}

describe('what is read', () => {
  const state: House = { front: Door(), back: Door(), log: List(['x']) }
  it.each([
    ['a property of a record', (s: House) => s.front.open, ['0.open']],
    ['a field by get', (s: House) => s.back.get('colour'), ['1.colour']],
    ['each once, in order', (s: House) => [s.back.open, s.front.open, s.back.open], ['1.open', '0.open']],
    ['a collection as a whole', (s: House) => s.log.size, ['2.']],
    ['nothing', () => true, []],
  ])('%s', (_, run, expected) => {
    expect(readsOf(house, state, run).map(placeKey)).toEqual(expected)
  })

  it('leaves no trace in what is made of it', () => {
    const open = house.rules[2] as Rule<House>
    let after: House | undefined
    readsOf(house, { ...state, front: Door({ locked: false }) }, s => (after = open.effect(s, null)))
    expect(after?.front.equals(Door({ locked: false, open: true }))).toBe(true)
  })
})

describe('a step', () => {
  const behaviour = walked('paint', 'unlock', 'open', 'note')
  it('is enabled by the steps without which its guard would be false', () => {
    expect(places(causesOf(behaviour, 3).enabledBy)).toEqual(['0.locked by 2'])
    expect(places(causesOf(behaviour, 1).enabledBy)).toEqual([])
  })
  it('depends as well on what else it reads', () => {
    const { enabledBy, reads, writes } = causesOf(behaviour, 4)
    expect(places(enabledBy)).toEqual(['0.open by 3'])
    expect(places(reads)).toEqual(['1.colour by 1'])
    expect(writes.map(placeKey)).toEqual(['2.'])
  })
})

describe('a violation', () => {
  const behaviour = walked('paint', 'unlock', 'open')
  it('is made of what would mend it if it had not been changed', () => {
    expect(places(ingredientsOf(behaviour, closed))).toEqual(['0.open by 3'])
  })
  it('depends on its core, and the rest is noise', () => {
    expect([...coreOf(behaviour, closed)].toSorted()).toEqual([2, 3])
  })
})

describe('what cannot be done', () => {
  const [initial] = house.initial
  const open = { rule: house.rules[2] as Rule<House>, choice: null }
  const witness: House = { front: Door({ locked: false }), back: Door({ colour: 'green' }), log: List(['y']) }
  it('misses what a state has in which it can be done, and nothing that does not matter', () => {
    const state = initial?.state as House
    expect(missing(house, state, open, witness).map(placeKey)).toEqual(['0.locked'])
    expect(whyDisabled(house, initial as never, state, open, witness)).toBe('front.locked is true, not false')
  })
})
