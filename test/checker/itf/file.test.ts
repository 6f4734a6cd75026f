/**
 * Counterexample files: written, read back, and never left half written.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { enabled, replay } from '../../../checker/explore/replay.js'
import type { Action } from '../../../checker/explore/result.js'
import type { TraceDocument } from '../../../checker/itf/document.js'
import { formatDocument } from '../../../checker/itf/format.js'
import { parseTrace } from '../../../checker/itf/parse.js'
import { readTrace } from '../../../checker/itf/read.js'
import { traceDocument, writeTrace } from '../../../checker/itf/write.js'
import { leaderIsReapedLast, type Toy, toySuite } from '../cli/toy.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zombieproof-itf-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A walk through the toy: each number picks one of the enabled actions. */
function walk(picks: readonly number[]): TraceDocument {
  const model = toySuite('').checks[0]!.build({ profile: 'hasty' })
  const initial = model.initial[0]!
  const actions: Action<Toy>[] = []
  for (const pick of picks) {
    const here = replay(model, { initial, actions }).states.at(-1)!
    const choices = enabled(model, here)
    if (choices.length > 0) actions.push(choices[pick % choices.length]!)
  }
  const { steps } = replay(model, { initial, actions })
  return traceDocument({ model, initial, steps }, leaderIsReapedLast, {
    check: 'reaping',
    profile: 'hasty',
    features: ['exit', 'wait'],
    topologies: ['pair'],
    tasks: undefined,
    mutant: undefined,
    alsoIn: [],
  })
}

const walks = fc.array(fc.nat(5), { maxLength: 9 }).map(walk)

it('what is written is read back', () => {
  fc.assert(
    fc.property(walks, document => {
      expect(parseTrace(formatDocument(document), 'file')).toEqual(document)
    }),
  )
})

it('a file that was cut anywhere is refused', () => {
  const text = formatDocument(walk([0, 0, 0, 0]))
  fc.assert(
    fc.property(fc.nat(text.trimEnd().length - 1), length => {
      expect(() => parseTrace(text.slice(0, length), 'file')).toThrow(/^file is (empty|not JSON)/)
    }),
  )
})

it('every state names the action that led to it', () => {
  const { states } = walk([0, 0, 0])
  expect(states.map(state => state['#meta'])).toEqual([
    { index: 0 },
    { index: 1, action: 'prepareExit(leader)' },
    { index: 2, action: 'prepareExit(worker)' },
    { index: 3, action: 'exitThreadGroup(leader)' },
  ])
})

it('the file is laid out line by line', () => {
  expect(formatDocument(walk([0]))).toBe(`{
  "#meta": {
    "format": "ITF",
    "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
    "description": "reaping, profile hasty: a shortest trace that violates \\"a leader is reaped last\\"",
    "zombieproof": {
      "version": 1,
      "check": "reaping",
      "profile": "hasty",
      "features": ["exit","wait"],
      "topologies": ["pair"],
      "topology": "pair",
      "property": "a leader is reaped last",
      "kind": "invariant",
      "says": "A leader is dead only when its worker is.",
      "steps": 1,
      "actions": [
        {"rule":"prepareExit","choice":{"task":"leader"},"label":"prepareExit(leader)"}
      ],
      "alsoIn": []
    }
  },
  "vars": ["leader","worker"],
  "states": [
    {
      "#meta": {"index":0},
      "leader": {"exitRequested":false,"exitState":"None"},
      "worker": {"exitRequested":false,"exitState":"None"}
    },
    {
      "#meta": {"index":1,"action":"prepareExit(leader)"},
      "leader": {"exitRequested":true,"exitState":"None"},
      "worker": {"exitRequested":false,"exitState":"None"}
    }
  ]
}
`)
})

it('a folder is made, and nothing but the file is left in it', async () => {
  const path = join(folder, 'deep', 'one.itf.json')
  await writeTrace(path, walk([0]))
  await writeTrace(path, walk([1]))
  expect(readdirSync(join(folder, 'deep'))).toEqual(['one.itf.json'])
  expect(await readTrace(path)).toEqual(walk([1]))
})

it('what cannot be written leaves what is there as it is', async () => {
  const path = join(folder, 'taken')
  mkdirSync(path)
  writeFileSync(join(path, 'kept'), 'kept')
  await expect(writeTrace(path, walk([0]))).rejects.toThrow(/taken cannot be written: /)
  expect(readdirSync(folder)).toEqual(['taken'])
  expect(readFileSync(join(path, 'kept'), 'utf8')).toBe('kept')
})
