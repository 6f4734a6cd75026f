/**
 * `--stats`: how fast the search of one check was, what it remembered, and what its memory holds.
 */
import type { Exploration } from '../explore/result.js'
import type { Remembered, Statistics } from '../explore/statistics.js'
import type { Style } from './style.js'
import { bytes, count, grouped, labelled } from './text.js'

/** So many of each list are shown; JSON has all of them. */
const shown = 5

/** Undefined for an engine that does not tell. */
export function statisticsText<S>(
  { statistics, levels, transitions }: Exploration<S>,
  style: Style,
): string | undefined {
  if (statistics === undefined) return undefined
  const { statesPerSecond, transitionsPerSecond, rules, states, steps, cells, collisions, asleep, threads } =
    statistics
  const rows: readonly (readonly [string, string])[] = [
    [
      'rate',
      `${grouped(statesPerSecond)} states/s, ${grouped(transitionsPerSecond)} transitions/s, ${count(threads, 'thread')}`,
    ],
    ['levels', levels.map(grouped).join(', ')],
    ...rememberedRows('rules', rules),
    ...rememberedRows('states', states),
    ...rememberedRows('steps', steps),
    [
      'cells',
      cells
        .slice(0, shown)
        .map(({ name, values }) => `${name} ${count(values, 'value')}`)
        .join(', '),
    ],
    ['collisions', grouped(collisions)],
    ...(asleep > 0
      ? [
          [
            'asleep',
            `${percent(asleep / transitions)} of the transitions: they lead to what is known to be stored`,
          ] as const,
        ]
      : []),
    ['memory', memoryText(statistics)],
  ]
  return `${rows.flatMap(([label, text]) => labelled(label, text, style.width)).join('\n')}\n`
}

function rememberedRows(
  label: string,
  { answers, runs, expensive }: Remembered,
): (readonly [string, string])[] {
  if (answers === 0) return []
  const most = expensive
    .slice(0, shown)
    .map(({ name, runs: n, milliseconds }) => `${name} (${grouped(n)}, ${milliseconds.toFixed(1)} ms)`)
  return [
    [
      label,
      `${grouped(answers)} answers, ${percent(1 - runs / answers)} remembered, ${grouped(runs)} evaluated`,
    ],
    ['', `longest: ${most.join('; ')}`],
  ]
}

const percent = (part: number): string => `${(100 * Math.max(0, part)).toFixed(part > 0.99 ? 3 : 1)} %`

const memoryText = ({
  memory: { states, index, parents, graph, remembered, perState, process },
}: Statistics): string =>
  [
    `${perState.toFixed(1)} bytes per state`,
    `states ${bytes(states)}`,
    `index ${bytes(index)}`,
    `parents ${bytes(parents)}`,
    ...(graph > 0 ? [`graph ${bytes(graph)}`] : []),
    `remembered ${bytes(remembered)}`,
    `process ${bytes(process)}`,
  ].join(', ')
