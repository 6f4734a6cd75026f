/**
 * Two graphs side by side: what counts as a difference, and that the nearest one is found.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare } from '../../../checker/compare/compare.js'
import { unfollowed } from '../../../checker/compare/follow.js'
import type { Model } from '../../../checker/model.js'
import { canShow, type Node, observer, visible, words } from './visible-graph.js'

const compared = (first: Model<Node>, second: Model<Node>, depth?: number) =>
  compare(first, second, observer, { depth })

/** What the comparison says, in one line. */
async function said(first: readonly string[], second: readonly string[]): Promise<string> {
  const [one, other] = [visible(...first), visible(...second)]
  const { difference, stop } = await compared(one, other)
  if (difference === undefined) return stop === undefined ? 'the same' : stop.by
  const { of, trace, seen } = difference
  const { label } = of === 'first' ? one : other
  return `${of}: ${trace.actions.map(({ rule, choice }) => label(rule, choice, trace.initial)).join(' ')}: ${seen}`
}

it.each`
  what                                                     | first                                     | second                                             | verdict
  ${'a graph and itself'}                                  | ${['a>b!go', 'b>a?done']}                 | ${['a>b!go', 'b>a?done']}                          | ${'the same'}
  ${'steps that show nothing'}                             | ${['a>b!go', 'b>c?done']}                 | ${['a>b!go', 'b>x', 'x>y', 'y>c?done']}            | ${'the same'}
  ${'one step that shows two things, and two steps'}       | ${['a>b!go?done']}                        | ${['a>b!go', 'b>c?done']}                          | ${'the same'}
  ${'another result'}                                      | ${['a>b!go', 'b>c?done']}                 | ${['a>b!go', 'b>c?failed']}                        | ${'first: a>b!go b>c?done: done'}
  ${'a result that may be another'}                        | ${['a>b!go', 'b>c?done']}                 | ${['a>b!go', 'b>c?done', 'b>d?failed']}            | ${'second: a>b!go b>d?failed: failed'}
  ${'a call that hangs'}                                   | ${['a>b!go', 'b>c?done']}                 | ${['a>b!go']}                                      | ${'second: a>b!go: at rest'}
  ${'a call that may hang'}                                | ${['a>b!go', 'b>c?done']}                 | ${['a>b!go', 'b>c?done', 'b>d']}                   | ${'second: a>b!go b>d: at rest'}
  ${'a call that cannot be made'}                          | ${['a>b!go', 'a>c!halt']}                 | ${['a>b!go']}                                      | ${'first: a>c!halt: halt'}
  ${'what a look shows'}                                   | ${['a>B!go']}                             | ${['a>C!go']}                                      | ${'first: a>B!go: at restB'}
  ${'two ways of which each is one of the other'}          | ${['a>b!go', 'b>c?x', 'a>d!go', 'd>e?y']} | ${['a>b!go', 'b>c?x', 'b>e?y']}                    | ${'the same'}
  ${'a choice that is settled earlier, and seen to be so'} | ${['a>B!go', 'B>c!x', 'a>D!go', 'D>e!y']} | ${['a>B!go', 'B>c!x', 'a>D!go', 'D>e!y', 'B>e!y']} | ${'second: a>B!go B>e!y: y'}
`('$what: $verdict', async ({ first, second, verdict }) => {
  expect(await said(first, second)).toBe(verdict)
})

it('says what else may be seen there', async () => {
  const { difference } = await compared(
    visible('a>b!go', 'b>c?done'),
    visible('a>b!go', 'b>c?failed', 'b>d?late'),
  )
  expect(difference?.instead).toEqual(['failed', 'late'])
})

it('says it in the same order, whatever was met before', async () => {
  const [one, other] = [
    visible('a>b', 'b>a!go?x', 'a>a?x', 'a>a?x?y', 'a>a'),
    visible('a>b', 'b>a!go?x', 'a>b?x', 'a>a?x?y', 'a>a'),
  ]
  const plain = await compare(one, other, observer, { plain: true })
  expect(plain.difference?.instead).toEqual(['at rest', 'go', 'y'])
  expect((await compared(one, other)).difference).toEqual(plain.difference)
})

it('looks no deeper than it is told, and says so', async () => {
  const result = await compared(visible('a>b!go', 'b>c?done'), visible('a>b!go', 'b>c?failed'), 1)
  expect(result).toMatchObject({ difference: undefined, depth: 1, stop: { by: 'depth', depth: 1 } })
})

it('is stopped by a limit of states without a verdict', async () => {
  const model = visible('a>b!go', 'b>c!go', 'c>d!go', 'd>a!go')
  const result = await compare(model, model, observer, { maxStates: 1 })
  expect(result).toMatchObject({ difference: undefined, stop: { by: 'max-states', limit: 1 } })
})

it('believes nothing as long as both do the same', async () => {
  const model = visible('a>b!go', 'b>c', 'b>d', 'c>e?done', 'd>e?done', 'e>a!again')
  expect(await compared(model, model)).toMatchObject({ pairs: 5, stop: undefined })
  expect(await compare(model, model, observer, { plain: true })).toMatchObject({ pairs: 12, stop: undefined })
})

const nodes = ['a', 'b', 'c', 'D', 'E']
const edge = fc
  .tuple(
    fc.constantFrom(...nodes),
    fc.constantFrom(...nodes),
    fc.constantFrom('', '', '!go', '!halt', '?x', '?y', '?x?y', '!go?x'),
  )
  .map(([from, to, shows]) => `${from}>${to}${shows}`)
/** From a, whichever edge comes first. */
const edges = fc.uniqueArray(edge, { minLength: 1, maxLength: 9 }).map(list => ['a>b', ...list])

/** Two graphs of the same actions that differ in where one or two of them lead, so that they part late. */
const similar = fc
  .tuple(edges, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...nodes)), { maxLength: 2 }))
  .map(([list, moved]) => {
    const other = [...list]
    for (const [at, to] of moved) {
      const place = at % other.length
      const edge = other[place] as string
      other[place] = edge.replace(/>\w+/, `>${to}`)
    }
    return [list, other] as const
  })

describe('beside enumerating everything that can be seen', () => {
  const depth = 4
  /** The fewest steps in which something can be seen of the one and not of the other. */
  const nearest = (one: Model<Node>, other: Model<Node>): number =>
    Math.min(
      ...[...words(one, depth)]
        .filter(([word]) => !canShow(other, word === '' ? [] : word.split(',')))
        .map(([, steps]) => steps),
    )

  it('finds a difference of exactly as many steps, or none', async () => {
    await fc.assert(
      fc.asyncProperty(edges, edges, async (first, second) => {
        const [one, other] = [visible(...first), visible(...second)]
        const { difference } = await compared(one, other, depth)
        const steps = difference?.trace.actions.length ?? Number.POSITIVE_INFINITY
        expect(steps).toBe(Math.min(nearest(one, other), nearest(other, one)))
      }),
      { numRuns: 300 },
    )
  })

  it('says the same as without lockstep', async () => {
    await fc.assert(
      fc.asyncProperty(similar, async ([first, second]) => {
        const [one, other] = [visible(...first), visible(...second)]
        const { difference, stop, depth } = await compared(one, other)
        const plain = await compare(one, other, observer, { plain: true })
        expect({ difference, stop }).toEqual({ difference: plain.difference, stop: plain.stop })
        if (difference !== undefined) expect(depth).toBe(plain.depth)
      }),
      { numRuns: 300 },
    )
  })

  it('shows a trace that the other cannot follow to its end, and can until there', async () => {
    await fc.assert(
      fc.asyncProperty(edges, edges, async (first, second) => {
        const [one, other] = [visible(...first), visible(...second)]
        const { difference } = await compared(one, other, depth)
        if (difference === undefined) return
        const { of, trace, seen } = difference
        const [own, twin] = of === 'first' ? [one, other] : [other, one]
        expect(unfollowed(own, trace, twin, observer)).toMatchObject({ steps: trace.actions.length, seen })
        const shorter = { ...trace, actions: trace.actions.slice(0, -1) }
        expect(unfollowed(own, shorter, twin, observer)).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('finds no difference between a graph and itself', async () => {
    await fc.assert(
      fc.asyncProperty(edges, async list => {
        expect(await compared(visible(...list), visible(...list))).toMatchObject({
          difference: undefined,
          stop: undefined,
        })
      }),
      { numRuns: 200 },
    )
  })
})
