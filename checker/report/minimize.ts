/**
 * A minimized trace as text and as JSON: what was left out, what remains, and how small that is known to be.
 */
import type { Minimality, Minimized, Smaller } from '../minimize/minimize.js'
import type { Property } from '../model.js'
import type { Style } from './style.js'
import { count, labelled } from './text.js'
import { traceLines } from './trace.js'

export interface MinimizeResult<S> {
  readonly check: { readonly name: string; readonly says: string }
  readonly profile: string
  readonly file: string
  readonly property: Property<S>
  readonly clause: string | undefined
  readonly minimized: Minimized<S>
  readonly because: string | undefined
  readonly saved: string
  /** The command that replays it. */
  readonly replay: string
  readonly seconds: number
}

const claims: Readonly<Record<Minimality, string>> = {
  'proved minimal':
    'proved minimal at this scope: nothing shorter shows it with these features, from this start',
  '1-minimal': '1-minimal: no single step can be left out',
  'best so far': 'best so far: stopped before anything more was known',
}

const smallerText = ({ topologies, features, within }: Smaller): readonly string[] => [
  topologies === 'none'
    ? 'no smaller start shows it'
    : `smaller starts were not all searched to the end${none(within.topologies)}`,
  features === 'none'
    ? 'this start shows it with no fewer of these features'
    : `whether fewer of these features show it is not decided${none(within.features)}`,
]

const none = (steps: number | undefined): string =>
  steps === undefined ? '' : `; none shows it in up to ${count(steps, 'step')}`

const orders: Readonly<Record<NonNullable<Minimized<unknown>['order']>, string>> = {
  fewest: 'no other order of these steps has fewer switches between those who act',
  few: 'an order with few switches between those who act, perhaps not the fewest: not all were tried',
}

export function minimizeText<S>(result: MinimizeResult<S>, style: Style): string {
  const { check, profile, file, property, clause, minimized, because, saved, replay, seconds } = result
  const { model, initial, shown, stages, others, minimality, build, tried, proofStates } = minimized
  const behaviour = { model, initial, ...shown }
  const line = (label: string, text: string): string[] => labelled(label, text, style.width)
  const searched = proofStates === 0 ? '' : `, ${count(proofStates, 'state')} searched`
  return `${[
    `${style.strong(check.name)}: ${check.says}`,
    ...line('minimizes', `${file}, profile ${profile}`),
    ...line('violated', property.name + (because === undefined ? '' : `: ${because}`)),
    ...(clause === undefined ? [] : line('clause', clause)),
    ...stages.flatMap(({ stage, steps }, i) =>
      line(i === 0 ? 'stages' : '', `${stage}: ${count(steps, 'step')}`),
    ),
    ...line('features', (build.features ?? []).join(', ') || 'none'),
    ...line(
      'minimal',
      `${claims[minimality]} (${count(tried, 'replay')}${searched}, ${seconds.toFixed(1)} s)`,
    ),
    ...(minimized.smaller === undefined ? [] : smallerText(minimized.smaller).flatMap(it => line('', it))),
    ...(minimized.order === undefined ? [] : line('', orders[minimized.order])),
    ...others.flatMap(other => line('also met', `another clause of the same property: ${other}`)),
    '',
    ...traceLines(behaviour, shown.loop === undefined ? 'minimal trace' : 'minimal lasso', style),
    '',
    ...line('saved', saved),
    `  replay     ${replay}`, // a command is not broken into lines
  ].join('\n')}\n`
}

export function minimizeJson<S>(result: MinimizeResult<S>, exit: number): object {
  const { check, profile, file, property, clause, minimized, because, saved, seconds } = result
  const { model, initial, shown, stages, others, minimality, build, tried, proofStates } = minimized
  return {
    file,
    check: check.name,
    profile,
    property: { name: property.name, kind: property.kind, says: property.says },
    clause: clause ?? null,
    because: because ?? null,
    topology: initial.name,
    features: build.features ?? null,
    minimality,
    smaller: minimized.smaller ?? null,
    order: minimized.order ?? null,
    stages,
    others,
    tried,
    proofStates,
    steps: shown.steps.length,
    ...(shown.loop === undefined ? {} : { loop: shown.loop }),
    actions: shown.steps.map(({ rule, choice }) => model.label(rule, choice, initial)),
    saved,
    seconds,
    exit,
  }
}
