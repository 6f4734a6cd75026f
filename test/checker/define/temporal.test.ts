/**
 * Temporal properties as the author of a model writes them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { each, explore, model, refines, type TemporalDefinition, UsageError } from '../../../checker/index.js'
import { type Bench, bench, lines } from '../cli/run.js'

/** The example at the head of checker/index.ts. */
const counter = model({
  name: 'counter',
  state: { value: each(2, 0), shared: 0 },
  rules: {
    read: { choices: [0, 1], effect: (s, i) => ({ value: s.value.set(i, s.shared) }) },
    write: { choices: [0, 1], guard: s => s.shared < 3, effect: (s, i) => ({ shared: s.value.get(i) + 1 }) },
  },
  invariants: { 'the counter stays small': s => s.shared <= 3 },
  covers: { 'the counter is full': s => s.shared === 3 },
  temporal: {
    'the counter can always become full': { can: s => s.shared === 3 },
    'the counter becomes full': { eventually: s => s.shared === 3, strong: ['read', 'write'] },
  },
})

it('the example of the library does what it says', async () => {
  const { verdicts } = await explore(counter, counter.properties)
  expect(verdicts.map(({ property, verdict }) => [property.name, verdict])).toEqual([
    ['the counter stays small', 'holds'],
    ['the counter is full', 'reached'],
    ['the counter can always become full', 'holds'],
    ['the counter becomes full', 'violated'],
  ])
})

/** A lamp that anybody may switch on, and that may break while it is on. */
const lamp = <X>(temporal: Record<string, TemporalDefinition<{ lamp: string }, X>>) =>
  model({
    name: 'lamp',
    state: { lamp: 'off' },
    rules: {
      on: { guard: s => s.lamp === 'off', effect: () => ({ lamp: 'on' }) },
      off: { guard: s => s.lamp === 'on', effect: () => ({ lamp: 'off' }) },
      burnOut: { guard: s => s.lamp === 'on', effect: () => ({ lamp: 'broken' }) },
    },
    isEnd: s => s.lamp === 'broken',
    temporal,
  })

const isOn = ({ lamp: it }: { lamp: string }): boolean => it === 'on'
const isBroken = ({ lamp: it }: { lamp: string }): boolean => it === 'broken'

describe('what is asked', () => {
  it.each<[string, TemporalDefinition<{ lamp: string }, unknown>, string]>([
    ['can', { can: isOn }, 'violated'],
    ['can, when it is not broken', { when: s => !isBroken(s), can: isOn }, 'holds'],
    ['eventually, without fairness', { eventually: isOn }, 'violated'],
    ['eventually, with fairness', { eventually: isOn, weak: ['on'] }, 'holds'],
    ['leadsTo', { when: isOn, leadsTo: s => !isOn(s), weak: ['off', 'burnOut'] }, 'holds'],
    // After it has burnt out, nothing is on.
    ['alwaysEventually', { alwaysEventually: isOn, weak: ['on', 'off'] }, 'violated'],
    ['eventuallyAlways, weakly fair', { eventuallyAlways: isBroken, weak: ['on', 'burnOut'] }, 'violated'],
    ['eventuallyAlways, strongly fair', { eventuallyAlways: isBroken, strong: ['on', 'burnOut'] }, 'holds'],
    [
      'always eventually, assuming that it does not burn out',
      {
        alwaysEventually: isOn,
        weak: ['on'],
        assuming: [{ kind: 'always', says: 'it does not burn out', holds: s => !isBroken(s) }],
      },
      'holds',
    ],
  ])('%s', async (name, asked, verdict) => {
    const asking = lamp({ [name]: asked })
    const { verdicts } = await explore(asking, asking.properties)
    expect(verdicts.map(it => it.verdict)).toEqual([verdict])
  })

  it('is asked of each thing, with the conditions that a function names', async () => {
    const switches = model({
      name: 'switches',
      state: { on: each(2, false) },
      rules: {
        flip: {
          choices: [0, 1],
          guard: (s, i) => !s.on.get(i),
          effect: (s, i) => ({ on: s.on.set(i, true) }),
        },
      },
      isEnd: () => true,
      temporal: {
        'each comes on': {
          each: [0, 1],
          eventually: (s, i) => s.on.get(i),
          weak: (rule, i) => (i === 0 ? `${rule} ${i}` : undefined),
          describe: (_, i) => `switch ${i}`,
        },
      },
    })
    const { verdicts } = await explore(switches, switches.properties)
    expect(verdicts).toMatchObject([
      {
        verdict: 'violated',
        count: 1, // only switch 1 may be left out
        notes: [{ text: 'switch 1' }, {}, { text: 'weakly fair: flip 0' }, {}],
      },
    ])
  })
})

describe('what cannot be asked', () => {
  const error = (asked: TemporalDefinition<{ lamp: string }, unknown>): unknown => {
    try {
      return lamp({ 'it shines': asked })
    } catch (thrown) {
      return thrown
    }
  }

  it('nothing', () => {
    expect(error({})).toEqual(
      new UsageError(
        "The temporal property 'it shines' of the model 'lamp' asks nothing.",
        'Give it one of can, leadsTo, eventually, alwaysEventually, eventuallyAlways; make another property of each further one.',
      ),
    )
  })

  it('two things at once', () => {
    expect(error({ can: isOn, eventually: isOn })).toMatchObject({
      what: "The temporal property 'it shines' of the model 'lamp' asks both 'can' and 'eventually'.",
    })
  })

  it('fairness of a rule that there is not', () => {
    expect(error({ eventually: isOn, weak: ['shine'] })).toEqual(
      new UsageError(
        "The temporal property 'it shines' of the model 'lamp' is fair to the rule 'shine', which it does not have.",
        'Its rules are on, off, burnOut.',
      ),
    )
  })
})

it('one model refines another', async () => {
  const abstract = model({
    name: 'a switch',
    state: { on: false },
    rules: { flip: { effect: s => ({ on: !s.on }) } },
  })
  const concrete = lamp({})
  const map = (s: { lamp: string }) => abstract.restore([isOn(s)])
  expect(await refines({ concrete, abstract, map })).toMatchObject({ verdict: 'refines', stutters: 0 })
  const late = (s: { lamp: string }) => abstract.restore([!isOn(s)])
  expect(await refines({ concrete, abstract, map: late })).toMatchObject({
    verdict: 'violated',
    strayInitial: ['initial'],
  })
})

describe('on the command line, with --model', () => {
  let folder: string
  let b: Bench
  beforeAll(() => {
    b = bench()
    folder = mkdtempSync(join(import.meta.dirname, 'tmp-'))
  })
  afterAll(() => {
    b.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is judged, told and replayed as any property', async () => {
    const path = join(folder, 'lamp.ts')
    writeFileSync(
      path,
      `import { model } from 'zombieproof/checker'
export const lamp = model({
  name: 'lamp',
  state: { lamp: 'off' },
  rules: {
    on: { guard: s => s.lamp === 'off', effect: () => ({ lamp: 'on' }) },
    burnOut: { guard: s => s.lamp === 'on', effect: () => ({ lamp: 'broken' }) },
  },
  isEnd: s => s.lamp === 'broken',
  temporal: {
    'it can always be on': { can: s => s.lamp === 'on' },
    'it comes on': { eventually: s => s.lamp === 'on' },
    'it burns out': { when: s => s.lamp === 'on', leadsTo: s => s.lamp === 'broken', weak: ['burnOut'] },
  },
})
`,
    )
    const { status, out, err } = await b.run('check', '--model', path)
    expect({ status, err }).toEqual({ status: 1, err: '' })
    const saved = (slug: string) => join(folder, `counterexamples/unreviewed/lamp--${slug}.itf.json`)
    expect(out).toBe(
      lines(`
        lamp: lamp
          explored   3 states, 2 transitions, depth 2, frontier empty, 0.0 s
          violated   it can always be on

              from       initial: as declared
              shortest trace, 2 steps   what changed
              1 on                      lamp   off → on
              2 burnOut                 lamp   on → broken

              no return  from there 1 state can be reached, and none of them has it
              enabled    nothing can happen there
              closed     on: lamp is broken, not off

              saved      ${saved('it-can-always-be-on')}
              replay     pnpm replay --model ${path} ${saved('it-can-always-be-on')}

          violated   it comes on

              from       initial: as declared
              shortest lasso, 0 steps, and then none   what changed

              loop       after step 0, nothing more has to happen
              fair       no step has to be taken

              saved      ${saved('it-comes-on')}
              replay     pnpm replay --model ${path} ${saved('it-comes-on')}

          holds      it burns out; no deadlock

        1 check, 3 states, 0.0 s: violated 2, holds 2
      `),
    )
    const replayed = await b.run('replay', '--model', path, saved('it-comes-on'))
    expect(replayed.out).toContain('violated   it comes on')
  })
})
