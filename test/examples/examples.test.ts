/**
 * Each example is checked as its reader would do it: `pnpm check --model examples/NAME.ts`.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Io } from '../../checker/cli/io.js'
import { main } from '../../checker/cli/main.js'
import { suite } from '../../checks/suite.js'

/** The examples, in a folder where counterexamples may be written. Inside the project, which they import. */
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(import.meta.dirname, 'tmp-'))
  cpSync(join(import.meta.dirname, '..', '..', 'examples'), join(folder, 'examples'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = async (...args: string[]) => {
  const written = { out: '', err: '' }
  const io: Io = {
    stdout: { write: text => (written.out += text) },
    stderr: { write: text => (written.err += text) },
    cwd: folder,
    colour: false,
    now: () => 0,
    signalSource: { on: () => {}, off: () => {} },
    exit: () => {},
  }
  const status = await main(suite, args, io)
  return { status, out: written.out, err: written.err }
}

interface Report {
  readonly checks: readonly {
    readonly name: string
    readonly states: number
    readonly transitions: number
    readonly diameter: number
    readonly complete: boolean
    readonly symmetry?: object
    readonly properties: readonly {
      readonly name: string
      readonly verdict: string
      readonly steps: number | null
      readonly actions?: readonly string[]
      readonly counterexample: string | null
    }[]
  }[]
}

/** What the report says of each check: its counts, and its verdicts with the steps that show them. */
const report = async (name: string, ...options: readonly string[]) => {
  const { status, out, err } = await run('check', '--model', `examples/${name}.ts`, '--json', ...options)
  expect(err).toBe('')
  const { checks } = JSON.parse(out) as Report
  return {
    status,
    checks,
    says: checks.map(({ states, transitions, diameter, complete, properties, ...check }) => ({
      name: check.name,
      counts: { states, transitions, diameter, complete },
      verdicts: Object.fromEntries(
        properties.map(it => [it.name, it.steps === null ? it.verdict : `${it.verdict} after ${it.steps}`]),
      ),
    })),
  }
}

describe('pnpm check --model examples/…', () => {
  it('peterson.ts: two processes exclude each other', async () => {
    expect(await report('peterson')).toMatchObject({
      status: 0,
      says: [
        {
          name: 'peterson',
          // The 20 states can be listed: of 4 × 4 places × 2 turns those in which the turn fits.
          counts: { states: 20, transitions: 34, diameter: 6, complete: true },
          verdicts: {
            'at most one process is in its critical section': 'holds',
            'one process waits while the other is in its critical section': 'reached after 5',
            'a process can always come to its critical section': 'holds',
            'a process that wants to enter does': 'holds',
            'no deadlock': 'holds',
          },
        },
      ],
    })
  })

  it('two-phase-commit.ts: the published counts of three resource managers', async () => {
    expect(await report('two-phase-commit', '--no-symmetry')).toMatchObject({
      status: 0,
      says: [
        {
          name: 'two-phase-commit',
          // tlaplus/Examples transaction_commit/TwoPhase.cfg: 288 distinct, 1 146 generated, 11 levels.
          counts: { states: 288, transitions: 1_145, diameter: 10, complete: true },
          verdicts: {
            'nobody has committed what another has aborted': 'holds',
            'everybody commits': 'reached after 10', // each prepares, is heard and commits; one decision
            'everybody aborts': 'reached after 3',
            'no deadlock': 'holds',
          },
        },
      ],
    })
  })

  it('two-phase-commit.ts: without names, the managers make 80 states of these', async () => {
    expect(await report('two-phase-commit')).toMatchObject({
      status: 0,
      checks: [{ symmetry: { says: 'orders, stock and billing', states: 288, transitions: 1_145 } }],
      says: [
        {
          counts: { states: 80, diameter: 10, complete: true },
          verdicts: {
            'nobody has committed what another has aborted': 'holds',
            'everybody commits': 'reached after 10',
            'everybody aborts': 'reached after 3',
          },
        },
      ],
    })
  })

  it('die-hard.ts: the shortest counterexample is the solution', async () => {
    const { status, says, checks } = await report('die-hard')
    expect(status).toBe(1)
    expect(says).toMatchObject([
      {
        // tlaplus/Examples DieHard: 16 distinct, 97 generated; every state has 6 successors.
        counts: { states: 16, transitions: 16 * 6, complete: true },
        verdicts: {
          'nobody measures 4 gallons': 'violated after 6',
          'a jug is never more than full': 'holds',
        },
      },
    ])
    const solution = checks[0]?.properties.find(({ verdict }) => verdict === 'violated')
    expect(solution?.actions).toEqual([
      'fill(big)',
      'pour(big)',
      'empty(small)',
      'pour(big)',
      'fill(big)',
      'pour(big)',
    ])
  })

  it('paxos.ts: Paxos refines Voting refines Consensus, and careless leaders do not', async () => {
    expect(await report('paxos')).toMatchObject({
      status: 1,
      says: [
        { name: 'voting', verdicts: { 'every step is a step of consensus, or a stutter': 'holds' } },
        {
          name: 'paxos',
          // tlaplus/Examples PaxosHowToWinATuringAward/MCPaxosTiny.cfg: 3 921 distinct, 23 563 generated, 17 levels.
          counts: { states: 3_921, transitions: 23_562, diameter: 16, complete: true },
          verdicts: {
            'at most one value is chosen': 'holds',
            'it starts as voting may start': 'holds',
            'every step is a step of voting, or a stutter': 'holds',
          },
        },
        {
          name: 'careless-paxos',
          verdicts: {
            'at most one value is chosen': 'violated after 12',
            'every step is a step of voting, or a stutter': 'violated after 10',
          },
        },
      ],
    })
  })

  it('bounded-buffer.ts: notify deadlocks, notifyAll does not, and the trace can be replayed', async () => {
    const { status, says, checks } = await report('bounded-buffer')
    expect(status).toBe(1)
    expect(says).toMatchObject([
      { name: 'bounded-buffer', verdicts: { 'no deadlock': 'violated after 8' } },
      { name: 'bounded-buffer-all', verdicts: { 'no deadlock': 'holds' } },
    ])
    const file = checks[0]?.properties.find(({ verdict }) => verdict === 'violated')?.counterexample
    expect(file).toBe('examples/counterexamples/unreviewed/bounded-buffer--no-deadlock.itf.json')
    const replayed = await run('replay', '--model', 'examples/bounded-buffer.ts', String(file))
    expect(replayed).toMatchObject({ status: 0, err: '' })
    expect(replayed.out).toContain('violated   no deadlock')
  })
})
