/**
 * The riddle of the film "Die Hard with a Vengeance": a jug of 3 gallons, one of 5, a tap; measure 4 gallons.
 *
 * The model claims that it cannot be done, and the shortest trace that refutes the claim is the solution.
 */
import { model } from 'zombieproof/checker'

const capacity = { small: 3, big: 5 }

type Jug = keyof typeof capacity

const jugs: readonly Jug[] = ['small', 'big']

/** What fits into the other jug. */
const poured = (s: Readonly<Record<Jug, number>>, from: Jug, to: Jug): number =>
  Math.min(s[from], capacity[to] - s[to])

export const dieHard = model({
  name: 'die-hard',
  says: 'a jug of 3 gallons, a jug of 5, and the question of 4',
  state: { small: 0, big: 0 },
  rules: {
    fill: { choices: jugs, effect: (_, jug) => ({ [jug]: capacity[jug] }) },
    empty: { choices: jugs, effect: (_, jug) => ({ [jug]: 0 }) },
    pour: {
      choices: jugs,
      effect: (s, from) => {
        const to: Jug = from === 'small' ? 'big' : 'small'
        const moved = poured(s, from, to)
        return { [from]: s[from] - moved, [to]: s[to] + moved }
      },
    },
  },
  invariants: {
    'a jug is never more than full': s => s.small <= capacity.small && s.big <= capacity.big,
    'nobody measures 4 gallons': s => s.big !== 4,
  },
})
