/**
 * Thousands of small random graphs, with and without fairness, against a decision procedure that tries everything.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explore } from '../../../checker/explore/explore.js'
import { enabled, replay } from '../../../checker/explore/replay.js'
import type { Verdict } from '../../../checker/explore/result.js'
import type {
  Assumption,
  Fairness,
  Initial,
  Liveness,
  LivenessFormula,
  Possibility,
  Step,
} from '../../../checker/model.js'
import { isStuck, type LassoBehaviour, lassoBreaks } from '../../../checker/temporal/behaviour.js'
import { fairActor, graphs, type LabelledGraph, liveness, modelOf } from './graphs.js'
import { holdsNaively, isPossibleNaively } from './naive.js'

const actors = 3
const fairnesses: fc.Arbitrary<readonly Fairness<number>[]> = fc
  .tuple(...Array.from({ length: actors }, () => fc.constantFrom('none', 'weak', 'strong')))
  .map(strengths =>
    strengths.flatMap((strength, by) => (strength === 'none' ? [] : [fairActor(by, strength as 'weak')])),
  )

/** Conditions that count in some nodes only. */
const conditional: fc.Arbitrary<readonly Fairness<number>[]> = fairnesses.chain(all =>
  fc.tuple(...all.map(() => fc.option(fc.uniqueArray(fc.nat(5)), { nil: undefined }))).map(nodes =>
    all.map((condition, i) => ({
      ...condition,
      ...(nodes[i] === undefined ? {} : { when: (before: number) => nodes[i]?.includes(before) === true }),
    })),
  ),
)

/** Of each kind at most one: of nodes, or that an actor acts no more. */
const assumptions: fc.Arbitrary<readonly Assumption<number>[]> = fc
  .record({
    always: fc.option(fc.uniqueArray(fc.nat(5), { minLength: 3 })),
    recurring: fc.option(fc.uniqueArray(fc.nat(5))),
    settled: fc.option(fc.uniqueArray(fc.nat(5), { minLength: 2 })),
    never: fc.option(fc.nat(actors - 1)),
  })
  .map(({ always, recurring, settled, never }) => {
    const holdsIn = (nodes: readonly number[]) => (node: number) => nodes.includes(node)
    return [
      ...(always === null ? [] : [{ kind: 'always', says: 'always', holds: holdsIn(always) } as const]),
      ...(recurring === null
        ? []
        : [{ kind: 'always eventually', says: 'again and again', holds: holdsIn(recurring) } as const]),
      ...(settled === null
        ? []
        : [{ kind: 'eventually always', says: 'in the end', holds: holdsIn(settled) } as const]),
      ...(never === null
        ? []
        : [
            {
              kind: 'eventually never',
              says: 'no more',
              taken: ({ rule }: { rule: { name: string } }) => rule.name === `actor ${never}`,
            } as const,
          ]),
    ]
  })

const formulas = ({ p, q }: LabelledGraph): readonly LivenessFormula<number>[] => {
  const holds = (node: number) => p.includes(node)
  return [
    { kind: 'eventually', holds },
    { kind: 'always eventually', holds },
    { kind: 'eventually always', holds },
    { kind: 'leads to', when: node => q.includes(node), holds },
  ]
}

const verdictOf = async (
  graph: LabelledGraph,
  property: Liveness<number> | Possibility<number>,
  depth?: number,
) => {
  const { verdicts } = await explore(modelOf(graph), [property], { depth })
  return verdicts[0] as Verdict<number>
}

describe.each([0, 1, 2, 3])('liveness, formula %i', which => {
  it('is judged as by trying every set of nodes, and every lasso breaks it', async () => {
    await fc.assert(
      fc.asyncProperty(graphs({ nodes: 6, actors }), fairnesses, async (graph, fairness) => {
        const formula = formulas(graph)[which] as LivenessFormula<number>
        const property = liveness(formula, fairness)
        const verdict = await verdictOf(graph, property)
        expect(verdict.verdict).toBe(holdsNaively(graph, formula, fairness) ? 'holds' : 'violated')
        expectSound(graph, property, verdict)
      }),
      { numRuns: 3000 },
    )
  })

  it('is judged so under assumptions, and with fairness that counts in some states only', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs({ nodes: 6, actors }),
        conditional,
        assumptions,
        async (graph, fairness, assuming) => {
          const formula = formulas(graph)[which] as LivenessFormula<number>
          const property = liveness(formula, fairness, { assuming })
          const verdict = await verdictOf(graph, property)
          const truth = holdsNaively(graph, formula, fairness, assuming) ? 'holds' : 'violated'
          expect(verdict.verdict).toBe(truth)
          expectSound(graph, property, verdict)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('says nothing under assumptions after a bounded search that more states could disprove', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs({ nodes: 6, actors }),
        conditional,
        assumptions,
        fc.nat(3),
        async (graph, fairness, assuming, depth) => {
          const formula = formulas(graph)[which] as LivenessFormula<number>
          const property = liveness(formula, fairness, { assuming })
          const verdict = await verdictOf(graph, property, depth)
          const truth = holdsNaively(graph, formula, fairness, assuming) ? 'holds' : 'violated'
          expect(['stopped', truth]).toContain(verdict.verdict)
          expectSound(graph, property, verdict)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is asked of each thing: one of which it is false breaks it', async () => {
    const things = fc.array(fc.uniqueArray(fc.nat(5)), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(graphs({ nodes: 6, actors }), fairnesses, things, async (graph, fairness, sets) => {
        const of = (p: readonly number[]) => formulas({ ...graph, p })[which] as LivenessFormula<number>
        const asked = {
          ...of([]),
          holds: (node: number, x: unknown) => sets[Number(x)]?.includes(node) === true,
        }
        const property = liveness(asked, fairness, { each: () => [...sets.keys()] })
        const verdict = await verdictOf(graph, property)
        const isTrue = sets.every(p => holdsNaively(graph, of(p), fairness))
        expect(verdict.verdict).toBe(isTrue ? 'holds' : 'violated')
        if (verdict.verdict === 'violated')
          expect(verdict.count).toBe(sets.filter(p => !holdsNaively(graph, of(p), fairness)).length)
        expectSound(graph, property, verdict)
      }),
      { numRuns: 500 },
    )
  })

  it('is broken by no shorter lasso than the one that is shown', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs({ nodes: 4, actors: 2 }),
        conditional,
        assumptions,
        async (graph, fairness, assuming) => {
          const property = liveness(formulas(graph)[which] as LivenessFormula<number>, fairness, { assuming })
          const verdict = await verdictOf(graph, property)
          fc.pre(verdict.verdict === 'violated' && verdict.trace.actions.length <= 5)
          if (verdict.verdict !== 'violated') return
          for (const lasso of lassosShorterThan(graph, verdict.trace.actions.length))
            expect(lassoBreaks(property, lasso)).toMatchObject({ shows: false })
        },
      ),
      { numRuns: 400 },
    )
  })

  it('is judged alike without fairness', async () => {
    await fc.assert(
      fc.asyncProperty(graphs({ nodes: 6, actors: 1 }), async graph => {
        const formula = formulas(graph)[which] as LivenessFormula<number>
        const verdict = await verdictOf(graph, liveness(formula))
        expect(verdict.verdict).toBe(holdsNaively(graph, formula, []) ? 'holds' : 'violated')
      }),
      { numRuns: 500 },
    )
  })

  it('says nothing after a bounded search that more states could disprove', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs({ nodes: 6, actors }),
        fairnesses,
        fc.nat(3),
        async (graph, fairness, depth) => {
          const formula = formulas(graph)[which] as LivenessFormula<number>
          const property = liveness(formula, fairness)
          const { verdict } = await verdictOf(graph, property, depth)
          const truth = holdsNaively(graph, formula, fairness) ? 'holds' : 'violated'
          expect(['stopped', truth]).toContain(verdict)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('possibility', () => {
  const property = ({ p, q }: LabelledGraph): Possibility<number> => ({
    kind: 'possibility',
    name: 'p leads to a way to q',
    says: 'From every node of p there is a way to a node of q.',
    when: node => p.includes(node),
    can: node => q.includes(node),
  })

  it('is judged as by looking for a way from every node', async () => {
    await fc.assert(
      fc.asyncProperty(graphs({ nodes: 7, actors: 2 }), async graph => {
        const verdict = await verdictOf(graph, property(graph))
        const truth = isPossibleNaively(graph, new Set(graph.p), new Set(graph.q))
        expect(verdict.verdict).toBe(truth ? 'holds' : 'violated')
        if (verdict.verdict !== 'violated') return
        const replayed = replay(modelOf(graph), verdict.trace)
        const end = replayed.states.at(-1) as number
        expect(isStuck(modelOf(graph), property(graph), verdict.trace.initial, end)).toMatchObject({
          shows: true,
        })
      }),
      { numRuns: 2000 },
    )
  })

  it('is asked of each thing: the nearest state from which there is no way for one of them refutes it', async () => {
    const sets = fc.array(fc.uniqueArray(fc.nat(6)), { maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(graphs({ nodes: 7, actors: 2 }), sets, async (graph, things) => {
        const each: Possibility<number> = {
          ...property(graph),
          each: () => [...things.keys()],
          can: (node, x) => things[Number(x)]?.includes(node) === true,
        }
        const verdict = await verdictOf(graph, each)
        const isTrue = things.every(q => isPossibleNaively(graph, new Set(graph.p), new Set(q)))
        expect(verdict.verdict).toBe(isTrue ? 'holds' : 'violated')
      }),
      { numRuns: 1000 },
    )
  })

  it('is refuted by a bounded search only where no state more could help', async () => {
    await fc.assert(
      fc.asyncProperty(graphs({ nodes: 7, actors: 2 }), fc.nat(3), async (graph, depth) => {
        const { verdict } = await verdictOf(graph, property(graph), depth)
        const truth = isPossibleNaively(graph, new Set(graph.p), new Set(graph.q)) ? 'holds' : 'violated'
        expect(['stopped', truth]).toContain(verdict)
      }),
      { numRuns: 1000 },
    )
  })
})

function* lassosShorterThan(graph: LabelledGraph, length: number): Generator<LassoBehaviour<number>> {
  const model = modelOf(graph)
  const walk = function* (
    initial: Initial<number>,
    steps: readonly Step<number>[],
  ): Generator<LassoBehaviour<number>> {
    const visited = [initial.state, ...steps.map(({ after }) => after)]
    const end = visited.at(-1) as number
    for (const [loop, node] of visited.entries()) if (node === end) yield { model, initial, steps, loop }
    if (steps.length + 1 >= length) return
    for (const { rule, choice } of enabled(model, end))
      yield* walk(initial, [
        ...steps,
        { before: end, rule, choice, after: rule.effect(end, choice), events: [] },
      ])
  }
  if (length > 0) for (const initial of model.initial) yield* walk(initial, [])
}

/** The lasso can be walked, ends where its loop begins, is fair, and breaks the formula. */
function expectSound(graph: LabelledGraph, property: Liveness<number>, verdict: Verdict<number>): void {
  if (verdict.verdict !== 'violated') return
  const model = modelOf(graph)
  const replayed = replay(model, verdict.trace)
  expect(replayed.replayed).toBe(true)
  const lasso = { model, initial: verdict.trace.initial, steps: replayed.steps, loop: verdict.loop as number }
  expect(lassoBreaks(property, lasso)).toMatchObject({ shows: true })
}
