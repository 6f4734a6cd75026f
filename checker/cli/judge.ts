/**
 * From the verdicts of a search to judgements: what was known before, what is new, and what is gone.
 */
import { replay } from '../explore/replay.js'
import type { Exploration, Trace, Verdict } from '../explore/result.js'
import { inFewSwitches } from '../minimize/order.js'
import type { Model } from '../model.js'
import type { Gone, Judgement } from '../report/result.js'
import { count } from '../report/text.js'
import type { Behaviour } from '../report/trace.js'
import { shownBy } from './fit.js'
import type { KnownFile, KnownHere } from './known.js'

export interface Judged<S> {
  readonly judgements: readonly Judgement<S>[]
  readonly gone: readonly Gone[]
}

/**
 * @param known what speaks of this check
 * @param elsewhere all known counterexamples of this profile, for hints
 */
export function judge<S>(
  model: Model<S>,
  exploration: Exploration<S>,
  verdicts: readonly Verdict<S>[],
  known: readonly KnownHere<S>[],
  elsewhere: readonly KnownFile[],
): Judged<S> {
  const judged = verdicts.map(verdict => {
    const about = <T extends KnownFile>(all: readonly T[]): readonly T[] =>
      all.filter(({ origin }) => origin.property === verdict.property.name)
    return verdict.verdict === 'violated'
      ? found(model, verdict, about(known), about(elsewhere))
      : notFound(verdict, exploration, about(known))
  })
  return { judgements: judged.map(it => it.judgement), gone: judged.flatMap(it => it.gone) }
}

interface One<S> {
  readonly judgement: Judgement<S>
  readonly gone: readonly Gone[]
}

type Violated<S> = Extract<Verdict<S>, { verdict: 'violated' | 'reached' }>

/** The search has found a violation: is it known? */
function found<S>(
  model: Model<S>,
  { property, trace, count: n, loop, notes }: Violated<S>,
  known: readonly KnownHere<S>[],
  elsewhere: readonly KnownFile[],
): One<S> {
  const behaviour = inFewSwitches(property, { ...behaviourOf(model, trace), loop })
  const { because } = shownBy(property, behaviour)
  const steps = trace.actions.length
  const violated = (hint?: string): Judgement<S> => ({
    verdict: 'violated',
    property,
    steps,
    count: n,
    behaviour,
    because,
    notes,
    hint,
  })
  const gone = known.flatMap(brokenReplay)
  const sound = known.filter(it => brokenReplay(it).length === 0)
  const [first] = sound
  if (first === undefined)
    return { judgement: violated(gone.length > 0 ? undefined : hintFor(elsewhere)), gone }
  const longer = sound.find(({ atHome, origin }) => atHome && origin.steps > steps)
  // One that is at home elsewhere says nothing of how long its trace is here.
  const isShorter = longer !== undefined && !sound.some(it => !it.atHome || it.origin.steps <= steps)
  if (isShorter) {
    const hint = `shorter than the known one: ${count(steps, 'step')} instead of ${longer.origin.steps}, update ${longer.file}`
    return { judgement: violated(hint), gone }
  }
  const best = sound.find(({ atHome }) => atHome) ?? first
  return {
    judgement: {
      verdict: 'known',
      property,
      steps,
      known: { file: best.file, steps: best.origin.steps },
      behaviour,
      because,
      notes,
    },
    gone,
  }
}

const hintFor = ([known]: readonly KnownFile[]): string | undefined =>
  known &&
  `known in the check ${known.origin.check}: if the cause is the same, name this check in alsoIn of ${known.file}`

/** The search has found no violation: was one known, and should it have been found? */
function notFound<S>(
  verdict: Verdict<S>,
  exploration: Exploration<S>,
  known: readonly KnownHere<S>[],
): One<S> {
  const { property } = verdict
  const gone = known.flatMap(it => {
    const broken = brokenReplay(it)
    const isJudged = exploration.complete && verdict.verdict !== 'stopped'
    if (broken.length > 0 || !isJudged || !it.mustBeFound) return broken
    const why = it.atHome
      ? 'a complete search does not find it, although it can be replayed: the checker or the model is wrong'
      : 'a complete search finds no violation here; take this check out of its alsoIn'
    return [{ file: it.file, property: property.name, why }]
  })
  for (const { replayed, file, origin } of known) {
    if (gone.length > 0 || replayed === undefined || 'misfit' in replayed || !replayed.shows) continue
    const { behaviour, because } = replayed
    return {
      judgement: {
        verdict: 'known',
        property,
        steps: origin.steps,
        known: { file, steps: origin.steps },
        behaviour,
        because,
      },
      gone,
    }
  }
  return { judgement: plain(verdict, exploration), gone }
}

function plain<S>(verdict: Verdict<S>, { depthComplete }: Exploration<S>): Judgement<S> {
  const { property } = verdict
  if (verdict.verdict === 'stopped')
    return { verdict: 'stopped', property, upTo: depthComplete, unexplored: verdict.unexplored }
  if ('trace' in verdict)
    return { verdict: 'reached', property, steps: verdict.trace.actions.length, count: verdict.count }
  return { verdict: verdict.verdict, property }
}

function brokenReplay<S>({ replayed, file, origin }: KnownHere<S>): readonly Gone[] {
  if (replayed === undefined) return []
  const why =
    'misfit' in replayed ? replayed.misfit : replayed.shows ? undefined : 'its trace no longer shows it'
  return why === undefined ? [] : [{ file, property: origin.property, why }]
}

/** A trace that the search has just found can be walked; that it cannot is for its authors to hear. */
export function behaviourOf<S>(model: Model<S>, trace: Trace<S>): Behaviour<S> {
  const replayed = replay(model, trace)
  if (replayed.replayed) return { model, initial: trace.initial, steps: replayed.steps }
  const { failedAt, action } = replayed
  throw new Error(
    `Step ${failedAt} of a trace that was just found, ${model.label(action.rule, action.choice, trace.initial)}, ` +
      'is not enabled when it is replayed. A guard or an effect of the model is not pure, or the search is wrong.',
  )
}
