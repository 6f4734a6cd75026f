/** Mutants of the core are asked no more than what their fault has a part in, and what they are asked is sound. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { checksFor } from '../../checks/verify/further.js'
import {
  loadMutant,
  loadProbed,
  mutantsOf,
  readSources,
  type Sources,
} from '../../checks/verify/mutants/build.js'
import { Corpus, Fuel } from '../../checks/verify/mutants/corpus.js'
import { deep } from '../../checks/verify/mutants/deep.js'
import { operatorMutants, withProbes } from '../../checks/verify/mutants/operators.js'
import { Results } from '../../checks/verify/mutants/results.js'
import { excuses } from '../../checks/verify/mutants/survivors.js'

let sources: Sources
let corpus: Corpus
const fuel = new Fuel()

beforeAll(async () => {
  sources = await readSources()
  fuel.install()
  const job = { check: 'exit', build: { profile: 'gvisor-2018', topologies: ['pair'] } }
  corpus = Corpus.record([job], await loadProbed(sources), { maxStates: 300 })
})

const named = (text: string) => {
  const found = mutantsOf(sources).find(({ name }) => name.startsWith(text))
  if (found === undefined) throw new Error(`no mutant ${text}`)
  return found
}

describe('a mutant', () => {
  it('is named by the probe of the smallest expression that runs it', () => {
    const source = 'const f = (a: number) => {\n  go(a)\n  if (a === 0) stop()\n}\n'
    const probes = new Set(
      [...withProbes('f.ts', source).matchAll(/probe\?\.\('([^']+)'\)/g)].map(it => it[1]),
    )
    const mutants = operatorMutants('f.ts', source)
    expect(mutants.map(({ inside }) => inside).filter(it => !probes.has(it as string))).toEqual([])
    const inside = mutants.map(({ start, end, inside: at }) => {
      const [, from, to] = /(\d+)-(\d+)$/.exec(String(at)) ?? []
      return [source.slice(start, end), source.slice(Number(from), Number(to))]
    })
    expect(inside).toEqual([
      ['go(a)', 'go(a)'],
      ['a === 0', 'a === 0'],
      ['a === 0', 'a === 0'],
      ['===', 'a === 0'],
      ['0', '0'],
      ['stop()', 'stop()'],
    ])
  })

  it('of every file has a probe in it, and the core with probes is the same core', async () => {
    const probed = [...sources].map(([file, source]) => withProbes(file, source)).join()
    const lost = mutantsOf(sources).filter(
      it => it.inside !== undefined && !probed.includes(`'${it.inside}'`),
    )
    expect(lost).toEqual([])
    expect(corpus.catches(await loadProbed(sources), fuel)).toBeUndefined()
  }, 60_000)

  it('is caught by what runs it just as by everything', async () => {
    const { inside, ...mutant } = named('exit.ts: the live tasks of a group are not counted down')
    const core = await loadMutant(sources, { ...mutant, inside })
    expect(corpus.reaches(inside)).toBe(true)
    expect(corpus.catches(core, fuel, inside)).toMatch(/: the core takes every step as the spec does$/)
    expect(corpus.catches(core, fuel)).toBeDefined()
    expect(corpus.catches(await loadMutant(sources, undefined), fuel, inside)).toBeUndefined()
  })

  it('in what nothing runs is not reached, and nothing else catches it', async () => {
    const mutant = named('exec.ts: the new leader keeps its own id')
    expect(corpus.reaches(mutant.inside)).toBe(false)
    expect(corpus.catches(await loadMutant(sources, mutant), fuel)).toBeUndefined()
  })
})

describe('what is known of mutants', () => {
  it('is of mutants that there are', () => {
    const names = mutantsOf(sources).map(({ name }) => name)
    const idle = [...deep, ...excuses].filter(({ mutants }) => !names.some(name => mutants.test(name)))
    expect(idle.map(({ mutants }) => mutants.source)).toEqual([])
  })

  it('names checks that are asked of the profile', () => {
    const unasked = deep.flatMap(({ checks, profile }) => {
      const asked = new Set(checksFor(profile).map(({ name }) => name))
      return checks.filter(check => !asked.has(check)).map(check => `${check} of ${profile}`)
    })
    expect(unasked).toEqual([])
  })
})

describe('results in a file', () => {
  it('are known again, by the same core only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zombieproof-'))
    try {
      const path = join(folder, 'results.jsonl')
      const first = await Results.open(path, sources)
      expect(first.known.size).toBe(0)
      await first.add('a', 'gvisor-2018', { verdict: 'survives' })
      await first.add('a', 'linux', { verdict: 'caught', how: 'exit' })
      await first.add('b', 'gvisor-2018', { verdict: 'survives' })
      await first.add('b', 'linux', { verdict: 'not reached' })
      const again = await Results.open(path, sources)
      expect([...again.known]).toEqual([
        ['a', { verdict: 'caught', how: 'exit' }],
        ['b', { verdict: 'survives' }],
      ])
      expect([again.isAsked('b', 'linux'), again.isAsked('b', 'gvisor-2022')]).toEqual([true, false])
      expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(6)
      const other = new Map([...sources, ['exit.ts', '']])
      await expect(Results.open(path, other)).rejects.toThrow(`The results in ${path} are of another core.`)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
