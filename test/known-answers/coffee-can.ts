/** A can of coffee beans: two are taken out and one is put back, until one is left. Its colour is known beforehand. */
import { model } from '../../checker/index.js'
import { holds, type KnownAnswer } from './known-answer.js'

const coffeeCan = (most: number) =>
  model({
    name: `coffee can, at most ${most} beans`,
    state: { black: 0, white: 0 },
    initial: Array.from({ length: most + 1 }, (_, black) =>
      Array.from({ length: most + 1 - black }, (_, white) => ({ black, white })),
    )
      .flat()
      .filter(({ black, white }) => black + white > 0),
    rules: {
      pickTwoWhite: {
        guard: s => s.white >= 2,
        effect: s => ({ black: s.black + 1, white: s.white - 2 }),
      },
      pickTwoBlack: {
        guard: s => s.black >= 2,
        effect: s => ({ black: s.black - 1 }),
      },
      pickOneOfEach: {
        guard: s => s.black >= 1 && s.white >= 1,
        effect: s => ({ black: s.black - 1 }),
      },
      terminated: { guard: s => s.black + s.white === 1, effect: () => ({}) },
    },
    steps: {
      'the beans become fewer': ({ rule, before, after }) =>
        rule.name === 'terminated' || after.black + after.white < before.black + before.white,
      'white beans stay even or odd': ({ before, after }) => before.white % 2 === after.white % 2,
    },
  })

const can = coffeeCan(100)

export const K02: KnownAnswer<(typeof can)['initial'][number]['state']> = {
  id: 'K02',
  says: 'coffee can, at most 100 beans',
  source: 'tlaplus/Examples CoffeeCan/CoffeeCan100Beans.cfg',
  model: can,
  properties: can.properties,
  expected: {
    distinct: 5_150, // every pair of at most 100 beans: 101 × 102 / 2, without the empty can
    generated: 20_002,
    depth: 1,
    verdicts: { 'the beans become fewer': holds, 'white beans stay even or odd': holds },
  },
}
