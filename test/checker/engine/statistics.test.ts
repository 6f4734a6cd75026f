/**
 * What a fast search tells of its own work.
 */
import { describe, expect, it } from 'vitest'
import { exploreFast } from '../../../checker/engine/explore.js'
import type { Exploration } from '../../../checker/explore/result.js'
import { progressText } from '../../../checker/report/progress.js'
import { statisticsText } from '../../../checker/report/statistics.js'
import { styleOf } from '../../../checker/report/style.js'
import { wrapped } from '../../../checker/report/text.js'
import { twoPhaseCommit } from '../../known-answers/two-phase-commit.js'
import { graph, never, neverTakes } from '../graph.js'

const style = styleOf({ colour: false })

describe('statistics', () => {
  it('are given where they are asked for', async () => {
    expect((await exploreFast(graph('a>b'), [])).statistics).toBeUndefined()
    const { statistics } = await exploreFast(graph('a>b>c', 'a>c'), [never('x'), neverTakes('a>c')], {
      statistics: true,
    })
    expect(statistics).toMatchObject({
      // Three edges are asked about in three states, because the node is all there is to read; and once more to find the
      // action that leads to c, for the trace.
      rules: { answers: 12, runs: 9 },
      states: { answers: 3, runs: 3 },
      steps: { answers: 3, runs: 3, expensive: [{ name: 'never takes a>c', runs: 3 }] },
      cells: [{ name: 'node', values: 3 }],
    })
  })

  it('tell what the graph of all states takes, where one is kept', async () => {
    const cycle = graph('a>b>c', 'a>c')
    const of = async (isKept: boolean) =>
      (await exploreFast(cycle, [], { statistics: true, graph: isKept })).statistics?.memory.graph
    expect(await of(false)).toBe(0)
    // Three states and where their rows end; of three edges the target and the label.
    expect(await of(true)).toBe(4 * (4 + 2 * 3))
  })

  it('show that a rule is run once for what it reads', async () => {
    const found = await exploreFast(twoPhaseCommit(4), [], { statistics: true })
    const { rules } = found.statistics ?? {}
    expect(rules?.answers).toBe(1_568 * 22) // states × actions
    expect(rules?.runs).toBeLessThan(0.1 * (rules?.answers ?? 0))
  })

  it('are told in a few lines', () => {
    const many = (name: string) => ({
      answers: 1_000,
      runs: 10,
      expensive: [{ name, runs: 10, milliseconds: 2.34 }],
    })
    const exploration = {
      levels: [1, 2, 1_234],
      statistics: {
        statesPerSecond: 12_345,
        transitionsPerSecond: 67_890,
        rules: many('kill'),
        states: many('nobody is lost'),
        steps: { answers: 0, runs: 0, expensive: [] },
        cells: [
          { name: 'init', values: 7 },
          { name: 'child', values: 1 },
        ],
        collisions: 3,
        threads: 2,
        memory: {
          states: 2 ** 20,
          index: 2 ** 21,
          parents: 0,
          graph: 2 ** 23,
          remembered: 2 ** 22,
          perState: 12.34,
          process: 2 ** 30,
        },
      },
    } as unknown as Exploration<string>
    expect(statisticsText(exploration, style)).toBe(
      `${[
        '  rate       12 345 states/s, 67 890 transitions/s, 2 threads',
        '  levels     1, 2, 1 234',
        '  rules      1 000 answers, 99.0 % remembered, 10 evaluated',
        '             longest: kill (10, 2.3 ms)',
        '  states     1 000 answers, 99.0 % remembered, 10 evaluated',
        '             longest: nobody is lost (10, 2.3 ms)',
        '  cells      init 7 values, child 1 value',
        '  collisions 3',
        '  memory     12.3 bytes per state, states 1 MB, index 2 MB, parents 0 MB, graph 8 MB, remembered 4 MB, process',
        '             1.0 GB',
      ].join('\n')}\n`,
    )
  })
})

describe('the forecast', () => {
  const progress = {
    states: 20_000,
    transitions: 50_000,
    depth: 7,
    frontier: 8_000,
    seconds: 2,
    memory: 2 ** 27,
  }

  it('breaks no number at the end of a line', () => {
    expect(wrapped('levels 1, 10 752, 12 642, 14 412', 21)).toEqual(['levels 1, 10 752,', '12 642, 14 412'])
  })

  it('tells how fast levels grow, and how many states more the memory holds', () => {
    expect(progressText('exit', { ...progress, branching: 1.53, room: 1_000_000 })).toBe(
      'exit: 20 000 states, 10 000/s, depth 7, frontier 8 000 (×1.5 a level), 128 MB (room for 1 000 000 more states), 2.0 s',
    )
  })
})

describe('the limit of memory', () => {
  it('ends the search before the index of the states grows beyond it', async () => {
    // The index begins with 2^14 places and grows at 13 107 states, to 2^16 places.
    const counter = graph('0>1')
    const [go] = counter.rules
    const endless = {
      ...counter,
      rules: [
        {
          ...(go as (typeof counter.rules)[number]),
          choices: [null],
          guard: () => true,
          effect: (n: string) => String(Number(n) + 1),
        },
      ],
    }
    const found = await exploreFast(endless, [], {
      maxMemory: process.memoryUsage.rss() + 2 ** 20,
      maxStates: 20_000,
    })
    expect(found.stop?.by).toBe('max-memory')
    expect(found.states).toBeLessThan(13_108)
  })
})
