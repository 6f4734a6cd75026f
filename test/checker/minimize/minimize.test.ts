/**
 * Small traces from large ones, on graphs written as paths: what remains shows the same, and nothing shorter does.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explore } from '../../../checker/explore/explore.js'
import { enabled } from '../../../checker/explore/replay.js'
import { minimize } from '../../../checker/minimize/minimize.js'
import { clauseOf } from '../../../checker/minimize/violation.js'
import type { Invariant, Liveness, Model, Possibility, Property } from '../../../checker/model.js'
import type { CheckDefinition } from '../../../checker/suite.js'
import { graph, graphFrom, never } from '../graph.js'
import { graphs, modelOf } from '../temporal/graphs.js'

const checkOf = <S>(model: Model<S>, features: readonly string[] = ['graph']): CheckDefinition<S> => ({
  name: 'graph',
  says: 'a graph',
  features,
  topologies: model.initial.map(({ name }) => name),
  properties: [],
  build: options => ({
    ...model,
    rules: model.rules.filter(({ feature }) => options.features?.includes(feature) ?? true),
  }),
})

interface Given<S> {
  readonly check?: CheckDefinition<S>
  readonly clause?: string
  readonly loop?: number
  readonly signal?: AbortSignal
  readonly maxStates?: number
}

const minimized = <S>(
  model: Model<S>,
  property: Property<S>,
  choices: readonly unknown[],
  { check = checkOf(model), clause, loop, ...given }: Given<S> = {},
) => {
  const ruleOf = (choice: unknown) => model.rules.find(rule => rule.choices.includes(choice))
  const actions = choices.flatMap(choice => {
    const rule = ruleOf(choice)
    return rule === undefined ? [] : [{ rule, choice }]
  })
  return minimize({
    check,
    build: { profile: 'any' },
    violation: { property, clause },
    topology: model.initial[0]?.name ?? '',
    candidate: { actions, loop },
    propertyOf: () => property,
    ...given,
  })
}

const choicesOf = (found: Awaited<ReturnType<typeof minimized>>): readonly unknown[] =>
  found?.shown.steps.map(({ choice }) => choice) ?? []

describe('a trace', () => {
  it('loses its detours, and every step that is not needed', async () => {
    const model = graph('start>a', 'a>start', 'a>b', 'b>a', 'b>bad')
    const long = ['start>a', 'a>start', 'start>a', 'a>b', 'b>a', 'a>b', 'b>bad']
    const found = await minimized(model, never('bad'), long)
    expect(choicesOf(found)).toEqual(['start>a', 'a>b', 'b>bad'])
    expect(found?.minimality).toBe('proved minimal')
  })

  it('is connected by shortcuts that it never took', async () => {
    const model = graph('start>a', 'a>b', 'b>c', 'c>bad', 'start>c')
    const found = await minimized(model, never('bad'), ['start>a', 'a>b', 'b>c', 'c>bad'])
    expect(choicesOf(found)).toEqual(['start>c', 'c>bad'])
  })

  it('may end elsewhere, where a search finds something shorter', async () => {
    // Nothing of the given trace is on the short way.
    const model = graph('start>a', 'a>b', 'b>c', 'c>bad', 'start>d', 'd>bad')
    const found = await minimized(model, never('bad'), ['start>a', 'a>b', 'b>c', 'c>bad'])
    expect(choicesOf(found)).toEqual(['start>d', 'd>bad'])
    expect(found?.minimality).toBe('proved minimal')
  })

  it('that shows nothing cannot be minimized', async () => {
    expect(await minimized(graph('start>a', 'a>bad'), never('bad'), ['start>a'])).toBeUndefined()
  })

  it('is 1-minimal where the space is too large for a proof', async () => {
    const model = graph('start>a', 'a>bad', 'start>b', 'start>c', 'start>d', 'b>e')
    const found = await minimized(model, never('bad'), ['start>a', 'a>bad'], { maxStates: 2 })
    expect(found?.minimality).toBe('1-minimal')
  })

  it('is the best so far after an interruption, and shows what it showed', async () => {
    const model = graph('start>a', 'a>start', 'a>bad')
    const signal = AbortSignal.abort('SIGINT')
    const found = await minimized(model, never('bad'), ['start>a', 'a>start', 'start>a', 'a>bad'], { signal })
    expect(found?.minimality).toBe('best so far')
    expect(found?.shown.steps.at(-1)?.after).toBe('bad')
  })

  it('keeps no feature that it does not need', async () => {
    const plain = graph('start>a', 'a>bad')
    const [rule] = plain.rules
    if (rule === undefined) throw new Error('no rule')
    const model = { ...plain, rules: [rule, { ...rule, name: 'noise', feature: 'noise', choices: ['a>b'] }] }
    const check = checkOf(model, ['graph', 'noise'])
    const found = await minimized(model, never('bad'), ['start>a', 'a>bad'], { check })
    expect(found?.build.features).toEqual(['graph'])
  })
})

describe('the same violation', () => {
  const never12: Invariant<string> = {
    kind: 'invariant',
    name: 'neither one nor two',
    says: 'Neither.',
    holds: state => state !== 'one' && state !== 'two',
    clause: state => (state === 'one' ? 'not one' : 'not two'),
  }

  it('is broken by the same clause; another one that is met is reported, and not taken instead', async () => {
    const model = graph('start>one', 'one>a', 'a>two')
    const found = await minimized(model, never12, ['start>one', 'one>a', 'a>two'], { clause: 'not two' })
    expect(choicesOf(found)).toEqual(['start>one', 'one>a', 'a>two'])
    expect(found).toMatchObject({ others: ['not one'], minimality: 'proved minimal' })
  })

  it('has a clause only where the property tells them apart', () => {
    expect(clauseOf(never12, undefined, 'one')).toBe('not one')
    expect(clauseOf(never('bad'), undefined, 'bad')).toBeUndefined()
  })
})

describe('temporal counterexamples', () => {
  const done: Liveness<string> = {
    kind: 'liveness',
    name: 'done',
    says: 'It is done.',
    formula: { kind: 'eventually', holds: state => state === 'done' },
    fairness: () => [{ name: 'go', strength: 'weak', includes: () => true }],
    fairnessSays: 'something happens',
  }

  it('a lasso loses steps of its stem and of its loop', async () => {
    const model = graph('start>a', 'a>b', 'b>c', 'c>a', 'b>a', 'c>done')
    const found = await minimized(model, done, ['start>a', 'a>b', 'b>a', 'a>b', 'b>c', 'c>a', 'a>b', 'b>a'], {
      loop: 3,
    })
    expect(choicesOf(found)).toEqual(['start>a', 'a>b', 'b>a'])
    expect(found?.shown.loop).toBe(1)
    expect(found?.minimality).toBe('proved minimal')
  })

  it('a way to where there is no way back loses its detours', async () => {
    const canEnd: Possibility<string> = {
      kind: 'possibility',
      name: 'can end',
      says: 'It can end.',
      can: state => state === 'end',
    }
    const model = graph('start>a', 'a>start', 'a>end', 'a>trap', 'trap>trap')
    const found = await minimized(model, canEnd, ['start>a', 'a>start', 'start>a', 'a>trap', 'trap>trap'])
    expect(choicesOf(found)).toEqual(['start>a', 'a>trap'])
  })
})

describe('laws', () => {
  it('a minimized walk is as long as a shortest trace, and so short that nothing can be left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs({ nodes: 8, actors: 2 }),
        fc.array(fc.nat(7), { maxLength: 60 }),
        async (g, dice) => {
          const model = { ...modelOf(g), initial: modelOf(g).initial.slice(0, 1) }
          const bad: Property<number> = {
            kind: 'invariant',
            name: 'never bad',
            says: 'Never.',
            holds: node => !g.p.includes(node),
          }
          // A random walk: from each node, one of the edges out of it.
          let at = model.initial[0]?.state ?? 0
          const walked = dice.flatMap(die => {
            const out = g.edges.flatMap((edge, i) => (edge.from === at ? [i] : []))
            const taken = out[die % Math.max(1, out.length)]
            at = taken === undefined ? at : (g.edges[taken]?.to ?? at)
            return taken === undefined ? [] : [taken]
          })
          const found = await minimized(model, bad, walked)
          const [verdict] = (await explore(model, [bad])).verdicts
          if (found === undefined) return
          expect(verdict).toMatchObject({ verdict: 'violated' })
          if (verdict !== undefined && 'trace' in verdict)
            expect(found.shown.steps.length).toBe(verdict.trace.actions.length)
          expect(found.minimality).toBe('proved minimal')
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('smaller in tasks or features', () => {
  // From the start, c is two steps away by b, which takes both features, and three by x and y, which takes one.
  const whole = graph('start>b', 'b>c', 'start>x', 'x>y', 'y>c')
  const [go] = whole.rules
  if (go === undefined) throw new Error('a graph has a rule')
  const rule = (feature: string, choices: readonly string[]) => ({ ...go, name: feature, feature, choices })
  const model = {
    ...whole,
    rules: [rule('fast', ['start>b']), rule('slow', ['b>c', 'start>x', 'x>y', 'y>c'])],
  }
  const small = graph('start>p', 'p>q', 'q>r', 'r>c')

  const sought = (check: CheckDefinition<(typeof whole)['initial'][number]['state']>) => {
    const property = never('c')
    const actions = ['start>b', 'b>c'].flatMap(choice =>
      model.rules.filter(rule => rule.choices.includes(choice)).map(rule => ({ rule, choice })),
    )
    return minimize({
      check,
      build: { profile: 'any' },
      violation: { property, clause: undefined },
      topology: model.initial[0]?.name ?? '',
      candidate: { actions },
      propertyOf: () => property,
      seeksSmaller: true,
    })
  }

  it('fewer features come before fewer steps', async () => {
    const found = await sought(checkOf(model, ['fast', 'slow']))
    expect(choicesOf(found)).toEqual(['start>x', 'x>y', 'y>c'])
    expect(found).toMatchObject({
      build: { features: ['slow'] },
      minimality: 'proved minimal',
      smaller: { topologies: 'none', features: 'none' },
    })
  })

  it('a smaller start comes before both', async () => {
    const check = checkOf(model, ['fast', 'slow'])
    const found = await sought({
      ...check,
      build: options =>
        options.tasks === 1
          ? checkOf({ ...small, rules: small.rules.map(it => ({ ...it, feature: 'slow' })) }).build(options)
          : check.build(options),
      smaller: function* (build) {
        if (build.tasks === undefined)
          yield {
            build: { ...build, tasks: 1 },
            topology: small.initial[0]?.name ?? '',
            rename: () => undefined,
          }
      },
    })
    expect(choicesOf(found)).toEqual(['start>p', 'p>q', 'q>r', 'r>c'])
    expect(found?.build).toMatchObject({ tasks: 1, features: ['slow'] })
  })

  it('smaller starts that are built together are searched together, and one of them is kept', async () => {
    const check = checkOf(model, ['fast', 'slow'])
    const both = { ...graphFrom(['elsewhere', 'near'], ['elsewhere>away', 'near>c']) }
    const bothSlow = checkOf({ ...both, rules: both.rules.map(it => ({ ...it, feature: 'slow' })) })
    let built = 0
    const found = await sought({
      ...check,
      build(options) {
        if (options.tasks !== 1) return check.build(options)
        built++
        const all = bothSlow.build(options)
        return { ...all, initial: all.initial.filter(it => options.topologies?.includes(it.name)) }
      },
      smaller: function* (given) {
        if (given.tasks !== undefined) return
        const build = { ...given, tasks: 1, topologies: ['elsewhere', 'near'] }
        yield { build, topology: 'elsewhere', rename: () => undefined }
        yield { build, topology: 'near', rename: () => undefined }
      },
    })
    expect(choicesOf(found)).toEqual(['near>c'])
    expect(found?.build).toMatchObject({ tasks: 1, topologies: ['near'] })
    expect(built).toBeGreaterThan(0)
  })

  describe('is no artefact of a feature that was left out:', () => {
    const feature = (name: string, choices: readonly string[]) => ({ ...go, name, feature: name, choices })
    const walk = feature('walk', ['start>a', 'a>b', 'b>trap'])
    const features = ['walk', 'jump', 'leap']
    const its = {
      ...graph('start>a', 'a>b', 'b>trap', 'start>end', 'a>x', 'b>x', 'x>end', 'a>end'),
      rules: [walk, feature('jump', ['start>end', 'a>x']), feature('leap', ['b>x', 'x>end', 'a>end'])],
    }
    const soughtIn = (propertyOf: (model: typeof its) => Property<string>) =>
      minimize({
        check: checkOf(its, features),
        build: { profile: 'any' },
        violation: { property: propertyOf(its), clause: undefined },
        topology: 'start',
        candidate: { actions: walk.choices.map(choice => ({ rule: walk, choice })) },
        propertyOf: model => propertyOf(model as typeof its),
        seeksSmaller: true,
      })
    const onlyWalking = {
      build: { features: ['walk'] },
      minimality: 'proved minimal',
      smaller: { topologies: 'none', features: 'none' },
    }

    it('a state from which something cannot be reached', async () => {
      const canEnd: Possibility<string> = {
        kind: 'possibility',
        name: 'can end',
        says: 'It can end.',
        can: state => state === 'end',
      }
      const found = await soughtIn(() => canEnd)
      // With steps of walk alone, or with none, it could not end from the start on.
      expect(found).toMatchObject(onlyWalking)
      expect(choicesOf(found)).toEqual(['start>a', 'a>b', 'b>trap'])
    })

    it('a deadlock', async () => {
      const ends = ['end']
      const found = await soughtIn(model => ({
        kind: 'invariant',
        name: 'no deadlock',
        says: 'None.',
        holds: state => ends.includes(state) || enabled(model, state).length > 0,
      }))
      expect(found).toMatchObject(onlyWalking)
      expect(choicesOf(found)).toEqual(['start>a', 'a>b', 'b>trap'])
    })

    it('a lasso that would be fair if nothing else were to be done', async () => {
      const property: Liveness<string> = {
        kind: 'liveness',
        name: 'it ends',
        says: 'It ends.',
        formula: { kind: 'eventually', holds: state => state === 'end' },
        fairness: () => [{ name: 'leap', strength: 'weak', includes: rule => rule.name === 'leap' }],
        fairnessSays: 'who can leap leaps',
      }
      const found = await minimize({
        check: checkOf(its, features),
        build: { profile: 'any' },
        violation: { property, clause: undefined },
        topology: 'start',
        candidate: { actions: walk.choices.map(choice => ({ rule: walk, choice })), loop: 3 },
        propertyOf: () => property,
        seeksSmaller: true,
      })
      // It may stay at the start, where nobody can leap; at a and b, it may not.
      expect(choicesOf(found)).toEqual([])
      expect(found).toMatchObject({ build: { features: [] }, smaller: { features: 'none' } })
    })
  })

  it('is undecided where the space is too large, and then it is said to how many steps it was searched', async () => {
    const long = graph('start>a', 'a>b', 'b>c', 'start>d', 'a>p', 'p>q', 'q>r')
    const slow = { ...go, name: 'slow', feature: 'slow', choices: ['a>b', 'b>c'] }
    const fast = {
      ...go,
      name: 'fast',
      feature: 'fast',
      choices: ['start>a', 'start>d', 'a>p', 'p>q', 'q>r'],
    }
    const its = { ...long, rules: [fast, slow] }
    const property = never('c')
    const found = await minimize({
      check: checkOf(its, ['fast', 'slow']),
      build: { profile: 'any' },
      violation: { property, clause: undefined },
      topology: 'start',
      candidate: {
        actions: ['start>a', 'a>b', 'b>c'].map(choice => ({
          rule: choice === 'start>a' ? fast : slow,
          choice,
        })),
      },
      propertyOf: () => property,
      seeksSmaller: true,
      maxStates: 4,
    })
    expect(found?.smaller).toEqual({ topologies: 'none', features: 'undecided', within: { features: 2 } })
  })
})
