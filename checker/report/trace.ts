/**
 * A trace as text: numbered steps, who acts, and what each step changed.
 */
import type { Initial, Model, Step } from '../model.js'
import { changes } from './diff.js'
import { eventText } from './events.js'
import { type Lanes, lanesOf, noLanes } from './lanes.js'
import type { Style } from './style.js'
import { count, wrapped } from './text.js'

/** A finite behaviour with its states: what a trace means on its model. */
export interface Behaviour<S> {
  readonly model: Model<S>
  readonly initial: Initial<S>
  readonly steps: readonly Step<S>[]
  /** Of a lasso: after this many steps its loop begins, which the last step ends. */
  readonly loop?: number | undefined
}

interface Row {
  readonly title: string
  readonly acting: string | undefined
  /** What changed, then what the outside saw. */
  readonly effects: readonly string[]
}

const indent = ' '.repeat(6)
const gap = 3
/** Where this much is left beside the actions, long changes wrap there; elsewhere they go below the action. */
const enoughBeside = 56

/** Where a behaviour begins. */
export const fromLines = <S>({ initial }: Behaviour<S>, style: Style): string[] =>
  hanging(
    `from       ${initial.name}${initial.says === '' ? '' : `: ${initial.says}`}`,
    style.width - indent.length,
    11,
  ).map(line => `${indent}${line}`.trimEnd())

/** `kind` says what trace it is: `shortest trace`, `trace`. */
export function traceLines<S>(behaviour: Behaviour<S>, kind: string, style: Style): string[] {
  const { model, initial, steps } = behaviour
  const rows = rowsOf(behaviour)
  const { loop } = behaviour
  const round = loop === undefined ? '' : `, the last ${steps.length - loop} of them for ever`
  const title = `${kind}, ${count(steps.length, 'step')}${loop === steps.length ? ', and then none' : round}`
  const acting = rows.map(row => row.acting)
  const lanes = lanesOf(acting, model.cellNames(initial))
  const left = Math.max(title.length, ...rows.map(row => row.title.length)) + gap
  const beside = style.width - indent.length - left - lanes.width
  const widest = Math.max(0, ...rows.flatMap(row => row.effects.map(effect => effect.length)))
  const table =
    widest <= beside || beside >= enoughBeside
      ? sideBySide(rows, title, lanes, left, beside, style)
      : stacked(rows, title, lanes, style)
  return [...fromLines(behaviour, style), ...table.map(line => `${indent}${line}`.trimEnd())]
}

/** The steps of a loop are marked on their left. */
function rowsOf<S>({ model, initial, steps, loop }: Behaviour<S>): Row[] {
  const mark = (i: number): string =>
    loop === undefined || loop === steps.length ? '' : i < loop ? '  ' : i === loop ? '↻ ' : '┆ '
  const digits = String(steps.length).length
  const diffs = steps.map(({ before, after }) => changes(model, initial, before, after))
  const column = Math.max(0, ...diffs.flat().map(({ place }) => place.length)) + gap
  return steps.map(({ rule, choice, events }, i) => ({
    title: `${mark(i)}${String(i + 1).padStart(digits)} ${model.label(rule, choice, initial)}`,
    acting: model.lane?.(rule, choice, initial),
    effects: [
      ...(diffs[i] ?? []).map(({ place, from, to }) => `${place.padEnd(column)}${from} → ${to}`),
      ...events.map(event => `· ${eventText(model, event, initial)}`),
    ],
  }))
}

/** Actions on the left, lanes, what changed on the right. */
function sideBySide(
  rows: readonly Row[],
  title: string,
  lanes: Lanes,
  left: number,
  beside: number,
  style: Style,
): string[] {
  const body = rows.flatMap(row => {
    const effects = row.effects.flatMap(effect => hanging(effect, beside, 2))
    const lines = effects.length === 0 ? [''] : effects
    return lines.map((effect, i) => {
      const action = (i === 0 ? row.title : '').padEnd(left)
      return `${action}${style.faint(lanes.row(i === 0 ? row.acting : undefined))}${effect}`
    })
  })
  return [style.faint(`${title.padEnd(left)}${lanes.header}what changed`), ...body]
}

/**
 * What changed stands below each action: for long labels, long changes and narrow terminals. Lanes that leave no room
 * for a label are left out.
 */
function stacked(rows: readonly Row[], title: string, wanted: Lanes, style: Style): string[] {
  const room = style.width - indent.length
  const longest = Math.max(...rows.map(row => row.title.length))
  const lanes = wanted.width + longest <= room ? wanted : noLanes
  const width = room - lanes.width
  const body = rows.flatMap(row => [
    ...hanging(row.title, width, 4).map(
      (line, i) => `${style.faint(lanes.row(i === 0 ? row.acting : undefined))}${line}`,
    ),
    ...row.effects
      .flatMap(effect => hanging(effect, width - 4, 2))
      .map(effect => `${style.faint(lanes.row(undefined))}    ${effect}`),
  ])
  return [style.faint(`${lanes.header}${title}, and what changed`), ...body]
}

const hanging = (text: string, width: number, by: number): string[] =>
  wrapped(text, width - by).map((line, i) => (i === 0 ? line : ' '.repeat(by) + line))
