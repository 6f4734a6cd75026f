/**
 * What random walks have found, as text and as JSON.
 */
import type { Minimality, Minimized } from '../minimize/minimize.js'
import type { LocalProperty } from '../model.js'
import type { Found, Walked } from '../walk/walk.js'
import type { Saved } from './result.js'
import type { Style } from './style.js'
import { count, duration, grouped, labelled } from './text.js'
import { traceLines } from './trace.js'

/** A property that some walk has broken, made small. */
export interface WalkFinding<S> {
  readonly found: Found<S>
  readonly minimized: Minimized<S>
  readonly because: string | undefined
  /** The file of a known counterexample to the same property. */
  readonly known?: string | undefined
  readonly saved?: Saved | undefined
}

export interface WalkResult<S> {
  readonly name: string
  readonly says: string
  readonly seed: number
  readonly walked: Walked<S>
  readonly findings: readonly WalkFinding<S>[]
  /** The command that takes the same walks. */
  readonly again: string
}

const short: Readonly<Record<Minimality, string>> = {
  'proved minimal': 'proved minimal at this scope',
  '1-minimal': '1-minimal',
  'best so far': 'best so far',
}

export function walkText<S>(result: WalkResult<S>, style: Style): string {
  const { name, says, seed, walked, findings, again } = result
  const { walks, steps, seconds, unbroken, reached, isComplete } = walked
  const line = (label: string, text: string): string[] => labelled(label, text, style.width)
  const rate = `${grouped(Math.round(steps / Math.max(seconds, 0.001)))} steps/s`
  const early = isComplete ? '' : ', stopped early'
  return `${[
    `${style.strong(name)}: ${says}`,
    ...line(
      'walked',
      `${count(walks, 'walk')}, ${count(steps, 'step')}, ${rate}, ${duration(seconds)}, seed ${seed}${early}`,
    ),
    ...findings.flatMap(finding => findingLines(finding, style)),
    ...line('unbroken', `${count(unbroken.length, 'property', 'properties')}; no walk proves that they hold`),
    ...(reached.length === 0 ? [] : line('reached', namesOf(reached))),
    ...line('again', again),
  ].join('\n')}\n`
}

const namesOf = <S>(properties: readonly LocalProperty<S>[]): string =>
  properties.map(({ name }) => name).join('; ')

function findingLines<S>(
  { found, minimized, because, known, saved }: WalkFinding<S>,
  style: Style,
): string[] {
  const { property, trace, walk, scheduler } = found
  const { model, initial, shown, minimality } = minimized
  const how = `after ${count(trace.actions.length, 'step')} of walk ${walk} (${scheduler}), minimized to ${shown.steps.length}: ${short[minimality]}`
  if (known !== undefined)
    return [
      ...labelled('known', `${property.name}, ${known}`, style.width),
      ...labelled('', how, style.width),
    ]
  return [
    ...labelled('violated', property.name + (because === undefined ? '' : `: ${because}`), style.width),
    ...labelled('', how, style.width),
    '',
    ...traceLines({ model, initial, ...shown }, 'minimal trace', style),
    '',
    ...(saved === undefined
      ? []
      : [`      saved      ${saved.file}`, `      replay     ${saved.replay}`, '']),
  ]
}

export function walkJson<S>(result: WalkResult<S>): object {
  const { name, says, seed, walked, findings, again } = result
  const { walks, steps, unbroken, reached, isComplete, firings, seconds } = walked
  return {
    name,
    says,
    seed,
    walks,
    steps,
    complete: isComplete,
    properties: [
      ...findings.map(({ found, minimized, because, known, saved }) => ({
        name: found.property.name,
        kind: found.property.kind,
        verdict: known === undefined ? 'violated' : 'known',
        counterexample: known ?? saved?.file ?? null,
        because: because ?? null,
        walk: found.walk,
        scheduler: found.scheduler,
        walked: found.trace.actions.length,
        steps: minimized.shown.steps.length,
        minimality: minimized.minimality,
        actions: minimized.shown.steps.map(({ rule, choice }) =>
          minimized.model.label(rule, choice, minimized.initial),
        ),
      })),
      ...unbroken.map(({ name: unbrokenName, kind }) => ({
        name: unbrokenName,
        kind,
        verdict: 'stopped',
        steps: null,
        counterexample: null,
      })),
      ...reached.map(({ name: reachedName, kind }) => ({
        name: reachedName,
        kind,
        verdict: 'reached',
        steps: null,
        counterexample: null,
      })),
    ],
    firings: Object.fromEntries(firings),
    again,
    seconds,
  }
}
