/**
 * Traces as text: lanes, changes beside or below the actions, events.
 */
import { List, Record, Set } from 'immutable'
import { describe, expect, it } from 'vitest'
import type { Initial, Model, Rule, Step, StepEvent } from '../../../checker/model.js'
import { changes } from '../../../checker/report/diff.js'
import { styleOf } from '../../../checker/report/style.js'
import { traceLines } from '../../../checker/report/trace.js'

const makeTask = Record({ stop: null as string | null, pending: Set<string>(), seen: List<number>() })
type Cells = readonly unknown[]
type State = { readonly cells: Cells; readonly events: readonly StepEvent[] }

const rule: Rule<State> = {
  name: 'step',
  feature: 'any',
  kind: 'internal',
  source: 'nowhere',
  choices: [],
  guard: () => true,
  effect: state => state,
}

const modelOf = (names: readonly string[], more: Partial<Model<State>> = {}): Model<State> => ({
  name: 'drawn',
  initial: [],
  rules: [rule],
  cells: state => state.cells,
  restore: cells => ({ cells, events: [] }),
  events: state => state.events,
  cellNames: () => names,
  label: (_rule, choice) => String((choice as { label: string }).label),
  lane: (_rule, choice) => (choice as { by?: string }).by,
  ...more,
})

const initialOf = (cells: Cells): Initial<State> => ({
  name: 'start',
  says: '',
  state: { cells, events: [] },
})

/** A behaviour through these states. */
function stepsThrough(
  states: readonly Cells[],
  choices: readonly { readonly label: string; readonly by?: string }[],
  events: readonly StepEvent[] = [],
): Step<State>[] {
  return choices.map((choice, i) => ({
    before: { cells: states[i] as Cells, events: [] },
    rule,
    choice,
    after: { cells: states[i + 1] as Cells, events: [] },
    events: i === choices.length - 1 ? events : [],
  }))
}

const plain = styleOf({ colour: false })
const text = (lines: readonly string[]): string => lines.map(line => line.slice(6)).join('\n')

describe('what changed', () => {
  it('is told by field of each record, and of the whole of any other cell', () => {
    const model = modelOf(['shell', 'clock', 'child'])
    const before = initialOf([makeTask(), 1, makeTask({ pending: Set(['SIGCHLD']) })])
    const after = [
      makeTask({ stop: 'group' }),
      2,
      makeTask({ pending: Set(['SIGHUP', 'SIGCHLD']), seen: List([1]) }),
    ]
    expect(changes(model, before, before.state, { cells: after, events: [] })).toEqual([
      { place: 'shell.stop', from: 'none', to: 'group' },
      { place: 'clock', from: '1', to: '2' },
      { place: 'child.pending', from: '{SIGCHLD}', to: '{SIGCHLD, SIGHUP}' },
      { place: 'child.seen', from: '[]', to: '[1]' },
    ])
  })

  it('is told in the words of the model, where it has some', () => {
    const model = modelOf(['shell', 'clock'], {
      describeField: (_cell, field, value) =>
        field === 'seen' ? `saw ${(value as List<number>).size}` : undefined,
    })
    const before = initialOf([makeTask(), 1])
    expect(
      changes(model, before, before.state, { cells: [makeTask({ seen: List([4]) }), 2], events: [] }),
    ).toEqual([
      { place: 'shell.seen', from: 'saw 0', to: 'saw 1' },
      { place: 'clock', from: '1', to: '2' },
    ])
  })

  it('is nothing where equal cells were built in another order', () => {
    const model = modelOf(['shell'])
    const one = makeTask({ pending: Set(['a', 'b']) })
    const other = makeTask({ pending: Set(['b', 'a']) })
    expect(
      changes(model, initialOf([one]), { cells: [one], events: [] }, { cells: [other], events: [] }),
    ).toEqual([])
  })
})

describe('a trace', () => {
  it('without steps is its initial state', () => {
    const lines = traceLines({ model: modelOf(['x']), initial: initialOf([1]), steps: [] }, 'trace', plain)
    expect(text(lines)).toBe(['from       start', 'trace, 0 steps   what changed'].join('\n'))
  })

  it('has no lanes where only one task acts, and a line for a step that changes nothing', () => {
    const steps = stepsThrough(
      [[1], [2], [2]],
      [
        { label: 'grow()', by: 'x' },
        { label: 'idle()', by: 'x' },
      ],
    )
    const lines = traceLines({ model: modelOf(['x']), initial: initialOf([1]), steps }, 'trace', plain)
    expect(text(lines)).toBe(
      ['from       start', 'trace, 2 steps   what changed', '1 grow()         x   1 → 2', '2 idle()'].join(
        '\n',
      ),
    )
  })

  it('shows what the outside saw, plainly or in the words of the model', () => {
    const event = { kind: 'waited', by: 1, result: { task: 2, status: [0, 9] } }
    const steps = stepsThrough([[1], [1]], [{ label: 'wait()' }], [event])
    const behaviour = { model: modelOf(['x']), initial: initialOf([1]), steps }
    expect(text(traceLines(behaviour, 'trace', plain))).toContain(
      '· waited by=1 result={task: 2, status: [0, 9]}',
    )
    const model = modelOf(['x'], { describeEvent: ({ kind }) => `${kind} by the shell` })
    expect(text(traceLines({ ...behaviour, model }, 'trace', plain))).toContain('· waited by the shell')
  })

  it('puts the lanes in the order of the cells', () => {
    const steps = stepsThrough(
      [
        [1, 1],
        [1, 2],
        [2, 2],
      ],
      [
        { label: 'b()', by: 'b' },
        { label: 'a()', by: 'a' },
      ],
    )
    const lines = traceLines(
      { model: modelOf(['a', 'b']), initial: initialOf([1, 1]), steps },
      'trace',
      plain,
    )
    expect(text(lines)).toBe(
      [
        'from       start',
        'trace, 2 steps   a b   what changed',
        '1 b()            │ ●   b   1 → 2',
        '2 a()            ● │   a   1 → 2',
      ].join('\n'),
    )
  })

  const wide = (tasks: number) => {
    const names = Array.from({ length: tasks }, (_, i) => `supervisor${i}`)
    const cells = names.map(() => 'x'.repeat(40))
    const states = [cells, ...names.map((_, i) => cells.map((cell, j) => (j <= i ? 'y'.repeat(40) : cell)))]
    const steps = stepsThrough(
      states,
      names.map(by => ({ label: `a rule with a long name(${by}, with its argument)`, by })),
    )
    return traceLines({ model: modelOf(names), initial: initialOf(cells), steps }, 'trace', plain)
  }

  it('puts what changed below the actions where there is no room beside them', () => {
    expect(text(wide(2))).toBe(
      [
        'from       start',
        'supervisor0 supervisor1   trace, 2 steps, and what changed',
        '     ●           │        1 a rule with a long name(supervisor0, with its argument)',
        `     │           │            supervisor0   ${'x'.repeat(40)} →`,
        `     │           │              ${'y'.repeat(40)}`,
        '     │           ●        2 a rule with a long name(supervisor1, with its argument)',
        `     │           │            supervisor1   ${'x'.repeat(40)} →`,
        `     │           │              ${'y'.repeat(40)}`,
      ].join('\n'),
    )
  })

  it.each([1, 2, 5, 9, 12, 13, 40])('of %d tasks stays within the width', tasks => {
    expect(Math.max(...wide(tasks).map(line => line.length))).toBeLessThanOrEqual(110)
  })

  it('cuts the names of many lanes, and leaves out lanes of too many', () => {
    expect(text(wide(9)).split('\n')[1]).toMatch(/^(su… ){9} /)
    expect(text(wide(13)).split('\n')[1]).toBe('trace, 13 steps, and what changed')
  })
})
