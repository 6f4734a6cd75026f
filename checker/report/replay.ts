/**
 * A replayed trace as text and as JSON.
 */
import type { Property, Rule, Step } from '../model.js'
import { changes } from './diff.js'
import { eventText } from './events.js'
import type { Style } from './style.js'
import { labelled } from './text.js'
import { type Behaviour, traceLines } from './trace.js'

export interface ReplayResult<S> {
  readonly check: { readonly name: string; readonly says: string }
  readonly profile: string
  readonly mutant?: string | undefined
  readonly file: string
  readonly property: Property<S>
  readonly behaviour: Behaviour<S>
  /** Does its end still show what the file says? */
  readonly shows: boolean
  readonly because: string | undefined
}

export function replayText<S>(result: ReplayResult<S>, style: Style, verbose: boolean): string {
  const { check, profile, mutant, file, property, behaviour, shows, because } = result
  const where = [file, `profile ${profile}`, ...(mutant === undefined ? [] : [`mutant ${mutant}`])].join(', ')
  const isCover = property.kind === 'cover'
  const label = shows ? (isCover ? 'reached' : 'violated') : isCover ? 'not reached' : 'holds'
  const end = shows
    ? because === undefined
      ? ''
      : `: ${because}`
    : isCover
      ? ': not by this trace'
      : `: this trace no longer violates it${because === undefined ? '' : `: ${because}`}`
  return `${[
    `${style.strong(check.name)}: ${check.says}`,
    ...labelled('replays', where, style.width),
    ...labelled('asks', `${property.name}: ${property.says}`, style.width),
    '',
    ...traceLines(behaviour, 'trace', style),
    '',
    ...(verbose ? [...sourceLines(behaviour, style), ''] : []),
    ...labelled(label, `${property.name}${end}`, style.width),
  ].join('\n')}\n`
}

/** Where the rules of the trace come from, each once. */
function sourceLines<S>({ steps }: Behaviour<S>, style: Style): string[] {
  const rules = [...new Set<Rule<S>>(steps.map((step: Step<S>) => step.rule))]
  return rules.flatMap(({ name, feature, kind, source }) =>
    labelled('rule', `${name} (${feature}, ${kind}): ${source}`, style.width),
  )
}

export function replayJson<S>(result: ReplayResult<S>, exit: number): object {
  const { check, profile, mutant, file, property, behaviour, shows, because } = result
  const { model, initial, steps } = behaviour
  const isCover = property.kind === 'cover'
  return {
    file,
    check: check.name,
    profile,
    mutant: mutant ?? null,
    topology: initial.name,
    property: { name: property.name, kind: property.kind, says: property.says },
    verdict: shows ? (isCover ? 'reached' : 'violated') : isCover ? 'not reached' : 'holds',
    because: because ?? null,
    steps: steps.length,
    actions: steps.map(({ rule, choice, before, after, events }) => ({
      rule: rule.name,
      choice,
      label: model.label(rule, choice, initial),
      changes: changes(model, initial, before, after),
      events: events.map(event => ({ ...event, text: eventText(model, event, initial) })),
    })),
    exit,
  }
}
