/**
 * `minimize` and `walk` on the command line.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Property } from '../../../checker/model.js'
import type { LoadedImplementation, Suite } from '../../../checker/suite.js'
import { type Bench, bench, lines } from './run.js'
import type { Toy } from './toy.js'

let at: Bench
beforeAll(() => (at = bench()))
afterAll(() => at.remove())

const file = 'counterexamples/unreviewed/reaping--a-leader-is-reaped-last--hasty.itf.json'
const walked = 'walked.itf.json'

/** The counterexample of the hasty shell, with steps of the worker that it does not need. */
async function longTrace(): Promise<void> {
  await at.run('check', 'reaping', '--profile', 'hasty')
  const document = JSON.parse(readFileSync(join(at.folder, file), 'utf8'))
  const meta = document['#meta'].zombieproof
  meta.actions.splice(1, 0, { rule: 'prepareExit', choice: { task: 'worker' }, label: 'prepareExit(worker)' })
  meta.steps++
  document.states.push({ ...document.states.at(-1), '#meta': { index: meta.steps } })
  writeFileSync(join(at.folder, walked), JSON.stringify(document))
}

describe('minimize', () => {
  it('writes the smallest trace that shows the same', async () => {
    await longTrace()
    const { status, out } = await at.run('minimize', walked)
    expect(status).toBe(0)
    expect(out).toContain(
      lines(`
        reaping: one leader, one worker, no tracer
          minimizes  walked.itf.json, profile hasty
          violated   a leader is reaped last: leader is Dead while worker is None
          stages     as given: 5 steps
                     remove steps: 4 steps
                     fewer tasks: 4 steps
                     fewer features: 4 steps
                     shortcuts: 4 steps
                     remove steps: 4 steps
                     simpler arguments: 4 steps
                     fewer switches: 4 steps
          features   exit, wait
          minimal    proved minimal at this scope: nothing shorter shows it with these features, from this start
      `).trimEnd(),
    )
    expect(out).toContain('minimal trace, 4 steps')
    const saved = JSON.parse(readFileSync(join(at.folder, 'walked.min.itf.json'), 'utf8'))
    expect(saved['#meta'].zombieproof).toMatchObject({ steps: 4, topology: 'pair', topologies: ['pair'] })
    expect((await at.run('replay', 'walked.min.itf.json')).status).toBe(0)
  })

  it('overwrites nothing unless it is told to', async () => {
    const { status, err } = await at.run('minimize', walked)
    expect({ status, err }).toEqual({
      status: 2,
      err: lines(`
        error: walked.min.itf.json exists already.
          Choose another file with --output, or overwrite it with --force.
      `),
    })
    expect((await at.run('minimize', walked, '--force')).status).toBe(0)
  })

  it('says so where a file shows nothing', async () => {
    await at.run('check', 'reaping', '--profile', 'hasty')
    const document = JSON.parse(readFileSync(join(at.folder, file), 'utf8'))
    document['#meta'].zombieproof.profile = 'patient'
    writeFileSync(join(at.folder, 'harmless.itf.json'), JSON.stringify(document))
    const { status, err } = await at.run('minimize', 'harmless.itf.json')
    expect({ status, err }).toEqual({
      status: 2,
      err: lines(`
        error: harmless.itf.json: replayed step by step, it does not show that "a leader is reaped last" is violated.
          It was recorded with other rules, or edited by hand.
          See what it does: pnpm replay harmless.itf.json
      `),
    })
    expect(existsSync(join(at.folder, 'harmless.min.itf.json'))).toBe(false)
  })

  it('gives one JSON document', async () => {
    const { out } = await at.run('minimize', walked, '--json', '--output', 'small.itf.json')
    expect(JSON.parse(out)).toMatchObject({
      minimality: 'proved minimal',
      steps: 4,
      topology: 'pair',
      saved: 'small.itf.json',
      exit: 0,
    })
  })
})

describe('minimize, of a divergence', () => {
  const asTheModel: Property<Toy> = {
    kind: 'step',
    name: 'the cell does as the model does',
    says: 'Every step is taken alike.',
    // A cell that never lets a leader become a zombie.
    holds: ({ after }) => after.leader.exitState !== 'Zombie',
  }
  const loaded: LoadedImplementation<Toy> = { properties: () => [asTheModel], differences: () => [] }
  const withCell = (): Suite<Toy> => ({
    ...at.suite,
    implementations: [
      {
        name: 'none',
        says: 'asked of nothing',
        comparisons: [],
        load: async () => ({ ...loaded, properties: () => [] }),
      },
      { name: 'cell', says: 'a program', comparisons: [asTheModel.name], load: async () => loaded },
    ],
  })

  it('asks the implementation that says so, and says how to replay', async () => {
    await longTrace()
    const document = JSON.parse(readFileSync(join(at.folder, walked), 'utf8'))
    const meta = document['#meta'].zombieproof
    Object.assign(meta, { property: asTheModel.name, kind: 'step', says: asTheModel.says })
    writeFileSync(join(at.folder, 'differs.itf.json'), JSON.stringify(document))
    const { status, out } = await at.runWith({ suite: withCell() }, 'minimize', 'differs.itf.json')
    expect(status).toBe(0)
    expect(out).toContain('minimal trace, 3 steps')
    expect(out).toContain('pnpm replay differs.min.itf.json --on cell\n')
    const replayed = await at.runWith({ suite: withCell() }, 'replay', 'differs.min.itf.json', '--on', 'cell')
    expect(replayed.status).toBe(0)
    expect((await at.run('minimize', 'differs.itf.json', '--force')).err).toContain(
      "there is no property 'the cell does as the model does'",
    )
  })
})

describe('minimize --model', () => {
  it('minimizes what a check of that module has found, to be replayed on it', async () => {
    const folder = mkdtempSync(join(import.meta.dirname, 'tmp-'))
    try {
      const path = join(folder, 'counter.ts')
      writeFileSync(
        path,
        `import { each, model } from 'zombieproof/checker'
export const counter = model({
  name: 'counter',
  state: { value: each(2, 0) },
  rules: {
    up: { choices: [0, 1], guard: (s, i) => s.value.get(i) < 9, effect: (s, i) => ({ value: s.value.set(i, s.value.get(i) + 1) }) },
  },
  invariants: { 'the second stays below 2': s => s.value.get(1) < 2 },
  isEnd: () => true,
})
`,
      )
      const found = join(folder, 'counterexamples/unreviewed/counter--the-second-stays-below-2.itf.json')
      await at.run('check', '--model', path)
      const document = JSON.parse(readFileSync(found, 'utf8'))
      const meta = document['#meta'].zombieproof
      const noise = [0, 0, 0].map(choice => ({ rule: 'up', choice, label: `up(${choice})` }))
      meta.actions.unshift(...noise)
      meta.steps += noise.length
      document.states.push(
        ...noise.map((_, i) => ({
          ...document.states.at(-1),
          '#meta': { index: document.states.length + i },
        })),
      )
      const long = join(folder, 'long.itf.json')
      writeFileSync(long, JSON.stringify(document))
      const { status, out } = await at.run('minimize', '--model', path, long)
      expect(status).toBe(0)
      expect(out).toContain('minimal trace, 2 steps')
      const small = join(folder, 'long.min.itf.json')
      expect(out).toContain(`pnpm replay --model ${path} ${small}\n`)
      expect((await at.run('replay', '--model', path, small)).status).toBe(0)
      meta.actions = []
      meta.steps = 0
      const nothing = join(folder, 'nothing.itf.json')
      writeFileSync(nothing, JSON.stringify({ ...document, states: [document.states[0]] }))
      const { err } = await at.run('minimize', '--model', path, nothing)
      expect(err.replace(/\s+/g, ' ')).toContain(`See what it does: pnpm replay --model ${path} ${nothing} `)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('walk', () => {
  it('finds what the hasty shell does, makes it small and says how to do it again', async () => {
    const { status, out } = await at.run(
      'walk',
      'reaping',
      '--profile',
      'hasty',
      '--seed',
      '3',
      '--steps',
      '20',
    )
    expect(status).toBe(1)
    expect(out).toContain('violated   a leader is reaped last: leader is Dead while worker is')
    expect(out).toContain('minimized to 4: proved minimal at this scope')
    expect(out).toContain('again      pnpm walk reaping --seed 3 --walks 30 --steps 20 --profile hasty')
    const again = await at.run('walk', 'reaping', '--profile', 'hasty', '--seed', '3', '--steps', '20')
    const counts = (text: string) => text.replace(/, [\d ]+ steps\/s/, '')
    expect(counts(again.out)).toBe(counts(out))
  })

  it('finds nothing wrong with the patient one, and does not say that it holds', async () => {
    const { status, out } = await at.run('check', 'reaping', '--simulate')
    expect(status).toBe(0)
    expect(out).toContain('unbroken   2 properties; no walk proves that they hold')
    expect(out).not.toContain('holds ')
  })

  it('gives one JSON document', async () => {
    const { out } = await at.run('walk', 'reaping', '--json')
    const { checks } = JSON.parse(out)
    expect(checks[0]).toMatchObject({ name: 'reaping', seed: 1, walks: 30, complete: true })
  })

  it('knows its schedulers', async () => {
    const { status, err } = await at.run('walk', '--scheduler', 'rash')
    expect(status).toBe(2)
    expect(err).toContain('uniform, priorities, rare')
  })
})
