/**
 * The result of one check as text.
 */
import { match } from 'ts-pattern'
import type { Exploration, Note, Stop } from '../explore/result.js'
import { isTemporal, type Property } from '../model.js'
import type { CheckResult, Judgement } from './result.js'
import type { Style } from './style.js'
import { bytes, count, duration, grouped, labelled } from './text.js'
import { traceLines } from './trace.js'

export interface CheckTextOptions {
  readonly style: Style
  /** Also show the traces of known counterexamples. */
  readonly verbose: boolean
}

export function checkText<S>(result: CheckResult<S>, { style, verbose }: CheckTextOptions): string {
  const { name, says, exploration } = result
  const heading = `${style.strong(name)}: ${says}`
  if (exploration === undefined) {
    const unjudged = count(result.judgements.length, 'property is', 'properties are')
    return lines([
      heading,
      ...labelled('skipped', `stopped before this check began: ${unjudged} not judged`, style.width),
    ])
  }
  return lines([
    heading,
    ...labelled('explored', exploredText(exploration), style.width),
    ...boundLines(result, style),
    ...heapLines(exploration, style),
    ...threadLines(exploration, style),
    ...symmetryLines(exploration, style),
    ...partialOrderLines(exploration, style),
    ...result.judgements.flatMap(judgement => violatedLines(judgement, exploration, style)),
    ...result.gone.flatMap(({ file, property, why }) =>
      coloured(style.bad, labelled('gone', `${property}: known from ${file}, but ${why}`, style.width)),
    ),
    ...result.judgements.flatMap(judgement => knownLines(judgement, style, verbose)),
    ...groupedLines(result.judgements, exploration, { style, verbose }),
  ])
}

const lines = (all: readonly string[]): string => `${all.join('\n').trimEnd()}\n`

const exploredText = <S>({
  states,
  transitions,
  diameter,
  unexpanded,
  outside,
  stop,
  seconds,
}: Exploration<S>): string =>
  [
    count(states, 'state'),
    ...(outside === 0 ? [] : [`${grouped(outside)} more outside the constraint`]),
    count(transitions, 'transition'),
    `depth ${diameter}`,
    stop === undefined ? 'frontier empty' : `stopped by ${stopText(stop)} with ${unexpandedText(unexpanded)}`,
    duration(seconds),
  ].join(', ')

const unexpandedText = (n: number): string => `${count(n, 'state')} not expanded`

export const stopText = (stop: Stop): string =>
  match(stop)
    .with({ by: 'depth' }, ({ depth }) => `depth ${depth}`)
    .with({ by: 'max-states' }, ({ limit }) => `--max-states ${grouped(limit)}`)
    .with({ by: 'max-memory' }, ({ limit }) => `--max-memory ${bytes(limit)}`)
    .with({ by: 'heap' }, ({ limit }) => `V8's heap limit of ${bytes(limit)}`)
    .with({ by: 'timeout' }, ({ limit }) => `--timeout ${duration(limit)}`)
    .with({ by: 'signal' }, ({ signal }) => signal)
    .with({ by: 'thread' }, () => 'a thread that failed')
    .exhaustive()

/** Why the check sets a bound of its own, where that ended the search; a bound that was asked for needs no reason. */
const boundLines = <S>({ bound, exploration }: CheckResult<S>, style: Style): string[] =>
  bound?.reason === undefined || exploration?.stop?.by !== 'depth'
    ? []
    : labelled('bound', `depth ${bound.depth}: ${bound.reason}`, style.width)

/** What to do about a heap that is full. */
const heapLines = <S>({ stop }: Exploration<S>, style: Style): string[] =>
  stop?.by !== 'heap'
    ? []
    : labelled(
        'heap',
        `the values of the model fill it; to give it twice as much: NODE_OPTIONS=--max-old-space-size=${Math.round((2 * stop.limit) / 1024 ** 2)}`,
        style.width,
      )

/** Why a thread has ended the search, and what to do. */
const threadLines = <S>({ stop }: Exploration<S>, style: Style): string[] =>
  stop?.by !== 'thread'
    ? []
    : coloured(
        style.bad,
        labelled(
          'failed',
          `a thread of the search: ${ended(stop.why)} What was found before is shown; ${stop.isOtherModel ? 'a model must be the same each time it is made' : 'search with one: --workers 1'}`,
          style.width,
        ),
      )

/** With a full stop, unless it ends with something like it. */
const ended = (sentence: string): string => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`)

function symmetryLines<S>({ symmetry }: Exploration<S>, style: Style): string[] {
  if (symmetry === undefined) return []
  const text =
    'refused' in symmetry
      ? `not used, all states are kept: ${symmetry.refused}`
      : `${symmetry.says} may be exchanged: these are ${count(symmetry.states, 'state')} and ${count(symmetry.transitions, 'transition')}`
  return labelled('symmetry', text, style.width)
}

function partialOrderLines<S>({ por }: Exploration<S>, style: Style): string[] {
  if (por === undefined) return []
  const text =
    'refused' in por
      ? `not used, steps are taken in every order: ${por.refused}`
      : `some steps of ${count(por.reduced, 'state')} were left out: in another order they come to the same`
  return labelled('por', text, style.width)
}

function violatedLines<S>(judgement: Judgement<S>, { por }: Exploration<S>, style: Style): string[] {
  if (judgement.verdict !== 'violated') return []
  const isShortest = por === undefined || !('mayBeLonger' in por)
  const { property, because, behaviour, count: n, saved, hint } = judgement
  const what = property.kind === 'step' ? 'step' : 'state'
  return [
    ...coloured(style.bad, labelled('violated', sentence(property.name, because), style.width)),
    ...(n > 1 && property.kind !== 'liveness'
      ? labelled('', `in ${count(n, what)}${isShortest ? '; this is the nearest' : ''}`, style.width)
      : []),
    ...(hint === undefined ? [] : labelled('', hint, style.width)),
    '',
    ...traceLines(
      behaviour,
      `${isShortest ? 'shortest ' : ''}${behaviour.loop === undefined ? 'trace' : 'lasso'}`,
      style,
    ),
    '',
    ...noteLines(judgement.notes, style),
    ...(saved === undefined
      ? []
      : [`      saved      ${saved.file}`, `      replay     ${saved.replay}`, '']),
  ]
}

const noteLines = (notes: readonly Note[] | undefined, style: Style): string[] =>
  notes === undefined
    ? []
    : [
        ...notes.flatMap(({ label, text }) => labelled(label, text, style.width).map(line => `    ${line}`)),
        '',
      ]

function knownLines<S>(judgement: Judgement<S>, style: Style, verbose: boolean): string[] {
  if (judgement.verdict !== 'known') return []
  const { property, steps, known, because, behaviour, saved } = judgement
  const line = `${property.name}, ${count(steps, 'step')}, ${known.file}`
  return [
    ...coloured(style.warn, labelled('known', line, style.width)),
    ...(saved === undefined ? [] : labelled('', `saved ${saved.file}`, style.width)),
    ...(verbose
      ? [
          ...(because === undefined ? [] : labelled('', because, style.width)),
          '',
          ...traceLines(behaviour, behaviour.loop === undefined ? 'trace' : 'lasso', style),
          '',
          ...noteLines(judgement.notes, style),
        ]
      : []),
  ]
}

const kindOf = <S>(property: Property<S>): 'cover' | 'temporal' | 'other' => {
  if (isTemporal(property)) return 'temporal'
  return property.kind === 'cover' ? 'cover' : 'other'
}

/** What a bounded search says of behaviours as a whole. */
function unexploredText<S>(judgements: readonly Judgement<S>[], upTo: string): string {
  const share = judgements.find(it => it.verdict === 'stopped' && it.unexplored !== undefined)
  const none = `no violation ${upTo}`
  if (share?.verdict !== 'stopped' || share.unexplored === undefined) return none
  const { states, of } = share.unexplored
  if (states === 0) return `not judged before the search was stopped`
  return `${none} among ${count(of, 'state')}, of which ${percent(states / of)} have unexplored successors`
}

const percent = (share: number): string => (share < 0.01 ? 'less than 1 %' : `${Math.round(100 * share)} %`)

/** Longer lists of names are counted instead, where each name says only that all is well so far. */
const mostNames = 8

/** Everything that needs no trace: one label for each verdict, and the properties by name. */
function groupedLines<S>(
  judgements: readonly Judgement<S>[],
  exploration: Exploration<S>,
  { style, verbose }: CheckTextOptions,
): string[] {
  const group = (
    colour: (text: string) => string,
    label: string,
    intro: string,
    names: readonly string[],
  ) => {
    if (names.length === 0) return []
    const listed = labelled(intro === '' ? label : '', names.join('; '), style.width)
    return coloured(colour, intro === '' ? listed : [...labelled(label, intro, style.width), ...listed])
  }
  const counted = (
    colour: (text: string) => string,
    label: string,
    intro: string,
    names: readonly string[],
  ) => {
    if (verbose || names.length <= mostNames) return group(colour, label, intro && `${intro}:`, names)
    const many = `${grouped(names.length)} properties (--verbose names them)`
    return coloured(colour, labelled(label, intro === '' ? many : `${intro}: ${many}`, style.width))
  }
  const named = (verdict: Judgement<S>['verdict'], kind: 'cover' | 'temporal' | 'other' | 'any') =>
    judgements
      .filter(it => it.verdict === verdict)
      .filter(({ property }) => kind === 'any' || kindOf(property) === kind)
      .map(({ property }) => property.name)
  const reached = judgements.flatMap(it =>
    it.verdict === 'reached' ? [`${it.property.name}, depth ${it.steps}`] : [],
  )
  const upTo = `up to depth ${exploration.depthComplete}`
  return [
    ...group(style.bad, 'not reached', '', named('not reached', 'any')),
    ...counted(
      style.warn,
      'stopped',
      `no violation ${upTo}, ${unexpandedText(exploration.unexpanded)}`,
      named('stopped', 'other'),
    ),
    ...counted(style.warn, 'stopped', unexploredText(judgements, upTo), named('stopped', 'temporal')),
    ...group(style.warn, 'stopped', `not reached ${upTo}:`, named('stopped', 'cover')),
    ...counted(style.good, 'holds', '', named('holds', 'any')),
    ...counted(style.good, 'reached', '', reached),
  ]
}

const sentence = (name: string, because: string | undefined): string =>
  because === undefined ? name : `${name}: ${because}`

/** Colours the label alone, so that the text is read and not shouted. */
function coloured(colour: (text: string) => string, block: readonly string[]): string[] {
  const [first, ...rest] = block
  return first === undefined ? [] : [first.replace(/^ {2}\S+( reached)?/, label => colour(label)), ...rest]
}
