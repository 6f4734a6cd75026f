/**
 * What a comparison of two profiles has found, as text and as JSON.
 */
import type { Comparison, Difference } from '../compare/compare.js'
import { stopText } from './check.js'
import type { Saved } from './result.js'
import type { Style } from './style.js'
import { count, duration, grouped, labelled } from './text.js'
import { type Behaviour, traceLines } from './trace.js'

/** What a search says of a property. */
export interface Said {
  readonly verdict: 'violated' | 'holds' | 'reached' | 'not reached' | 'stopped'
  /** Of a shortest trace that shows it. */
  readonly steps: number | null
  /** Of a search that was stopped: how deep it got. */
  readonly upTo: number | null
}

export interface PropertyDifference {
  readonly name: string
  readonly kind: string
  readonly first: Said
  readonly second: Said
}

/** A difference with the trace that shows it. */
export interface Shown<S> {
  readonly difference: Difference<S>
  readonly behaviour: Behaviour<S>
  readonly saved: Saved | undefined
}

export interface ComparedCheck<S> {
  readonly name: string
  readonly says: string
  readonly comparison: Comparison<S>
  readonly shown: Shown<S> | undefined
  /** Undefined: they were not asked for. */
  readonly properties: readonly PropertyDifference[] | undefined
  /** Was a search for them stopped early? */
  readonly stopped: boolean
}

/** One thing in which the profiles differ. */
export interface ComparedSwitch<S> {
  readonly name: string
  readonly says: string
  /** The profile that has this alone of the second. */
  readonly variant: string
  /** The checks in which it is asked at all, so deep. */
  readonly asked: readonly string[]
  /** The check with a shortest difference. */
  readonly check: string | undefined
  readonly shown: Shown<S> | undefined
  readonly stopped: boolean
}

export interface CompareResult<S> {
  readonly first: string
  readonly second: string
  readonly depth: number
  readonly checks: readonly ComparedCheck<S>[]
  /** Undefined: they were not asked for. */
  readonly switches: readonly ComparedSwitch<S>[] | undefined
  /** A signal came before everything was asked. */
  readonly interrupted: boolean
  readonly seconds: number
}

/** 1 something differs, 3 stopped early, 0 no difference so deep. */
export function compareStatus<S>({ checks, switches = [], interrupted }: CompareResult<S>): 0 | 1 | 3 {
  const differs = ({ shown }: { readonly shown: unknown }) => shown !== undefined
  if (checks.some(differs) || switches.some(differs)) return 1
  if (checks.some(({ properties = [] }) => properties.length > 0)) return 1
  return interrupted || [...checks, ...switches].some(({ stopped }) => stopped) ? 3 : 0
}

type Names = Pick<CompareResult<unknown>, 'first' | 'second'>

export function comparedText<S>(check: ComparedCheck<S>, names: Names, style: Style): string {
  const { name, says, comparison, shown, properties = [] } = check
  return lines([
    `${style.strong(name)}: ${says}`,
    ...labelled('compared', comparedWords(comparison), style.width),
    ...properties.flatMap(it => labelled('property', propertyWords(it, names), style.width)),
    ...(shown === undefined
      ? labelled('same', sameWords(comparison), style.width)
      : shownLines(shown, names, style)),
  ])
}

const lines = (all: readonly string[]): string => `${all.join('\n').trimEnd()}\n`

const comparedWords = <S>({ states: [one, other], pairs, seconds }: Comparison<S>): string =>
  `${grouped(one)} and ${count(other, 'state')}, ${count(pairs, 'pair')}, ${duration(seconds)}`

const sameWords = <S>({ depth, stop }: Comparison<S>): string => {
  if (stop === undefined) return 'what is seen of one can be seen of the other, always'
  const why = stop.by === 'depth' ? '' : `, stopped by ${stopText(stop)}`
  return `no difference within ${count(stop.by === 'depth' ? depth : Math.max(0, depth - 1), 'step')}${why}`
}

const propertyWords = ({ name, first, second }: PropertyDifference, names: Names): string =>
  `${name}: ${saidWords(first)} under ${names.first}, ${saidWords(second)} under ${names.second}`

const saidWords = ({ verdict, steps, upTo }: Said): string => {
  if (verdict === 'stopped') return `not within ${count(upTo ?? 0, 'step')}`
  return steps === null ? verdict : `${verdict} in ${count(steps, 'step')}`
}

function shownLines<S>({ difference, behaviour, saved }: Shown<S>, names: Names, style: Style): string[] {
  const { of, seen, instead } = difference
  const [own, other] = of === 'first' ? [names.first, names.second] : [names.second, names.first]
  const steps = behaviour.steps.length
  return [
    ...labelled('differs', `after ${count(steps, 'step')}: only under ${own} is seen: ${seen}`, style.width),
    ...labelled('instead', insteadWords(instead, other), style.width),
    '',
    ...traceLines(behaviour, `shortest trace, of ${own}`, style),
    '',
    ...(saved === undefined
      ? []
      : [`      saved      ${saved.file}`, `      replay     ${saved.replay}`, '']),
  ]
}

/** So many things that may be seen are listed. */
const listed = 4

/** What happens on its own comes first: of calls that might be made there are many. */
function insteadWords(instead: readonly string[], other: string): string {
  const told = instead.toSorted((a, b) => Number(isCall(a)) - Number(isCall(b)) || (a < b ? -1 : 1))
  const some = told.slice(0, listed)
  const more = told.length - some.length
  return `under ${other}: ${some.length === 0 ? 'nothing' : some.join('; or ')}${more > 0 ? `; or one of ${more} others` : ''}`
}

const isCall = (text: string): boolean => /^\w+\(/.test(text)

export function switchText<S>(it: ComparedSwitch<S>, { first }: Names, depth: number, style: Style): string {
  const { name, says, variant, check, shown, asked, stopped } = it
  const where =
    asked.length === 0
      ? `no check asks it within ${count(depth, 'step')}`
      : `no difference within ${count(depth, 'step')}${stopped ? ', stopped early' : ''} in ${asked.join(', ')}`
  return lines([
    `${style.strong(name)}: ${says}`,
    ...(shown === undefined
      ? labelled('same', where, style.width)
      : [
          ...labelled('check', check ?? '', style.width),
          ...shownLines(shown, { first, second: variant }, style),
        ]),
  ])
}

export function compareSummary<S>(result: CompareResult<S>): string {
  const { first, second, checks, switches, seconds, depth } = result
  const said = switches === undefined ? checksSummary(checks) : switchesSummary(switches)
  return `${first} and ${second}, to depth ${depth}, ${duration(seconds)}: ${said}\n`
}

function checksSummary<S>(checks: readonly ComparedCheck<S>[]): string {
  const different = checks.filter(({ shown }) => shown !== undefined)
  const judged = checks.filter(({ properties = [] }) => properties.length > 0).length
  const shortest = shortestOf(checks)
  return [
    `${count(checks.length, 'check')} compared`,
    `${different.length} with another behaviour`,
    `${judged} with another verdict`,
    ...(shortest === undefined
      ? []
      : [`the nearest difference in ${shortest.name}, ${count(stepsOf(shortest), 'step')}`]),
  ].join(', ')
}

const switchesSummary = <S>(switches: readonly ComparedSwitch<S>[]): string =>
  `${count(switches.length, 'switch', 'switches')}, ${switches.filter(({ shown }) => shown !== undefined).length} seen`

const stepsOf = <S>({ shown }: Pick<ComparedCheck<S>, 'shown'>): number =>
  shown?.behaviour.steps.length ?? Number.POSITIVE_INFINITY

/** The first of those with the fewest steps. */
export const shortestOf = <T extends { readonly shown: Shown<unknown> | undefined }>(
  all: readonly T[],
): T | undefined =>
  all
    .filter(({ shown }) => shown !== undefined)
    .reduce<T | undefined>(
      (best, it) => (best === undefined || stepsOf(it) < stepsOf(best) ? it : best),
      undefined,
    )

export function compareJson<S>(result: CompareResult<S>): object {
  const { first, second, depth, checks, switches, seconds } = result
  const shortest = shortestOf(checks)
  return {
    first,
    second,
    depth,
    checks: checks.map(({ name, says, comparison, properties, shown }) => ({
      name,
      says,
      depth: comparison.depth,
      complete: comparison.stop === undefined && comparison.difference === undefined,
      states: comparison.states,
      pairs: comparison.pairs,
      stop: comparison.stop ?? null,
      seconds: comparison.seconds,
      properties: properties ?? null,
      difference: shown === undefined ? null : shownJson(shown, { first, second }),
    })),
    ...(switches === undefined
      ? {}
      : {
          switches: switches.map(({ name, says, variant, asked, check, shown, stopped }) => ({
            name,
            says,
            profile: variant,
            asked,
            check: check ?? null,
            stopped,
            difference: shown === undefined ? null : shownJson(shown, { first, second: variant }),
          })),
        }),
    shortest: shortest === undefined ? null : { check: shortest.name, steps: stepsOf(shortest) },
    seconds,
    exit: compareStatus(result),
  }
}

function shownJson<S>({ difference, behaviour, saved }: Shown<S>, { first, second }: Names): object {
  const { of, seen, instead } = difference
  const { model, initial, steps } = behaviour
  return {
    profile: of === 'first' ? first : second,
    topology: initial.name,
    steps: steps.length,
    actions: steps.map(({ rule, choice }) => model.label(rule, choice, initial)),
    seen,
    instead,
    counterexample: saved?.file ?? null,
  }
}
