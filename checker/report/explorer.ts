/**
 * What an explorer sees: the steps that can be taken, those that cannot, and the state.
 */
import { isRecord } from 'immutable'
import type { Explorer } from '../explain/explorer.js'
import { whyDisabled } from '../explain/guard.js'
import { changes } from './diff.js'
import { eventText } from './events.js'
import type { Style } from './style.js'
import { count, wrapped } from './text.js'
import { show } from './value.js'

/** So many changes of a step are shown before it is taken, and so many closed steps. */
const shownChanges = 3
const shownClosed = 12

export function enabledLines<S>(explorer: Explorer<S>, style: Style): string[] {
  const { model, initial, enabled, behaviour } = explorer
  const title = `after ${count(behaviour.steps.length, 'step')}, ${count(enabled.length, 'step')} can be taken:`
  const digits = String(enabled.length).length
  return [
    style.faint(title),
    ...enabled.flatMap((action, i) => {
      const { before, after } = explorer.stepOf(action)
      const all = changes(model, initial, before, after)
      const first = all.slice(0, shownChanges).map(({ place, from, to }) => `${place} ${from} → ${to}`)
      const more = all.length - first.length
      const effect = [...first, ...(more > 0 ? [`and ${more} more`] : [])].join(', ') || 'changes nothing'
      const head = `${String(i + 1).padStart(digits)} ${explorer.labelOf(action)}`
      return [
        `  ${head}`,
        ...wrapped(effect, style.width - 6 - digits).map(
          line => `  ${' '.repeat(digits + 3)}${style.faint(line)}`,
        ),
      ]
    }),
  ]
}

/** What the last step has changed, and what the outside saw of it. */
export function doneLines<S>({ model, initial, lastStep }: Explorer<S>, _style: Style): string[] {
  if (lastStep === undefined) return []
  const { before, after, rule, choice, events } = lastStep
  return [
    `took ${model.label(rule, choice, initial)}`,
    ...changes(model, initial, before, after).map(({ place, from, to }) => `  ${place} ${from} → ${to}`),
    ...events.map(event => `  · ${eventText(model, event, initial)}`),
  ]
}

export function closedLines<S>(explorer: Explorer<S>, name: string, style: Style): string[] {
  const { model, initial, state } = explorer
  const closed = explorer.closed(name)
  const shown = closed.slice(0, shownClosed)
  const witnesses = explorer.witnesses(shown)
  const more = closed.length - shown.length
  return [
    style.faint(`${count(closed.length, 'step')} cannot be taken here:`),
    ...shown.flatMap(action => {
      const witness = witnesses.get(action)
      const why =
        witness === undefined
          ? 'not enabled in any state near here'
          : whyDisabled(model, initial, state, action, witness)
      return wrapped(`${explorer.labelOf(action)}: ${why}`, style.width - 4).map((line, i) =>
        i === 0 ? `  ${line}` : `    ${line}`,
      )
    }),
    ...(more > 0 ? [`  and ${more} more; name some: closed NAME`] : []),
  ]
}

export function stateLines<S>({ model, initial, state }: Explorer<S>, style: Style): string[] {
  const names = model.cellNames(initial)
  return model.cells(state).flatMap((cell, i) => {
    const says = (field: string, value: unknown): string =>
      model.describeField?.(cell, field, value, initial) ?? show(value)
    const text = isRecord(cell)
      ? Object.entries(cell.toObject())
          .map(([field, value]) => `${field} ${says(field, value)}`)
          .join(', ')
      : says('', cell)
    return wrapped(`${names[i]}: ${text}`, style.width - 4).map((line, at) =>
      at === 0 ? `  ${line}` : `    ${line}`,
    )
  })
}
