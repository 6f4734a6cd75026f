/**
 * Fewer steps: what can be left out of a trace that still shows its violation.
 *
 * Here: cutting out what comes back to the same state, delta debugging (Zeller's ddmin, by removing chunks), shorter ways
 * between the states that remain, and fewer switches between actors.
 */
import { enabled } from '../explore/replay.js'
import type { Action } from '../explore/result.js'
import type { Candidate, Shown, Trial } from './violation.js'

/** Asked between two trials: is it time to stop with the best so far? */
export type IsOver = () => boolean

export const actionsOf = <S>({ steps }: Shown<S>): readonly Action<S>[] =>
  steps.map(({ rule, choice }) => ({ rule, choice }))

export const candidateOf = <S>(shown: Shown<S>): Candidate<S> => ({
  actions: actionsOf(shown),
  loop: shown.loop,
})

/** Without the steps between two visits of one state. */
export function withoutDetours<S>(trial: Trial<S>, shown: Shown<S>): Shown<S> {
  if (shown.loop !== undefined) return shown
  const kept: Action<S>[] = []
  const visited = [trial.keyOf(trial.initial.state)]
  for (const { rule, choice, after } of shown.steps) {
    const key = trial.keyOf(after)
    const before = visited.indexOf(key)
    if (before >= 0) {
      kept.length = before
      visited.length = before + 1
    } else {
      kept.push({ rule, choice })
      visited.push(key)
    }
  }
  // The last step may be what breaks a property of steps, although it leads back.
  const last = shown.steps.at(-1)
  const whole = last === undefined ? kept : [...kept, { rule: last.rule, choice: last.choice }]
  return smaller(shown, trial.show({ actions: kept }), trial.show({ actions: whole }))
}

const smaller = <S>(shown: Shown<S>, ...others: readonly (Shown<S> | undefined)[]): Shown<S> =>
  others.reduce<Shown<S>>(
    (best, other) => (other !== undefined && other.steps.length < best.steps.length ? other : best),
    shown,
  )

/** Until no chunk can be left out; at the end, no single step. */
export function deltaDebug<S>(trial: Trial<S>, shown: Shown<S>, isOver: IsOver): Shown<S> {
  let best = shown
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; ) {
    const fewer = withoutOneChunk(trial, best, size, isOver)
    if (isOver()) return fewer
    if (fewer.steps.length < best.steps.length) {
      best = withoutDetours(trial, fewer)
      size = Math.min(size, Math.max(1, Math.ceil(best.steps.length / 2)))
    } else if (size === 1) {
      return best
    } else {
      size = Math.ceil(size / 2)
    }
  }
  return best
}

/** One pass over the chunks of this size, from the end; each that is not needed is left out at once. */
function withoutOneChunk<S>(trial: Trial<S>, shown: Shown<S>, size: number, isOver: IsOver): Shown<S> {
  let best = shown
  for (let end = best.steps.length; end > 0 && !isOver(); end -= size) {
    const from = Math.max(0, end - size)
    const found = trial.show(without(best, from, Math.min(end, best.steps.length)))
    if (found !== undefined && found.steps.length < best.steps.length) best = found
  }
  return best
}

function without<S>(shown: Shown<S>, from: number, to: number): Candidate<S> {
  const { loop } = shown
  const removedBefore = loop === undefined ? 0 : Math.max(0, Math.min(to, loop) - Math.min(from, loop))
  return {
    actions: actionsOf(shown).filter((_, i) => i < from || i >= to),
    ...(loop === undefined ? {} : { loop: loop - removedBefore }),
  }
}

/** So many states are expanded from each state of the trace. */
const shortcutStates = 3_000

/**
 * The rest of the trace from an earlier state, if that has a shorter way to a later one than the trace takes. Again and
 * again, from the longest shortcut on.
 */
export function withShortcuts<S>(trial: Trial<S>, shown: Shown<S>, isOver: IsOver): Shown<S> {
  let best = shown
  if (best.loop !== undefined) return best
  for (let from = 0; from < best.steps.length - 1 && !isOver(); from++) {
    const found = shortcutFrom(trial, best, from)
    if (found !== undefined) best = found
  }
  return best
}

interface Reached<S> {
  readonly state: S
  readonly way: readonly Action<S>[]
}

function shortcutFrom<S>(trial: Trial<S>, shown: Shown<S>, from: number): Shown<S> | undefined {
  const { model, initial } = trial
  const states = [initial.state, ...shown.steps.map(({ after }) => after)]
  const later = new Map(states.map((state, i) => [trial.keyOf(state), i]))
  const start = model.restore(model.cells(states[from] as S))
  const seen = new Set([trial.keyOf(start)])
  const actions = actionsOf(shown)
  let level: Reached<S>[] = [{ state: start, way: [] }]
  let best: Shown<S> | undefined
  for (let length = 1; length < shown.steps.length - from && level.length > 0; length++) {
    const next: Reached<S>[] = []
    for (const { state, way } of level) {
      for (const action of enabled(model, state)) {
        if (seen.size > shortcutStates) return best
        const after = model.restore(model.cells(action.rule.effect(state, action.choice)))
        const key = trial.keyOf(after)
        if (seen.has(key)) continue
        seen.add(key)
        const longer = [...way, action]
        next.push({ state: after, way: longer })
        const at = later.get(key)
        if (at === undefined || at - from <= length) continue
        const found = trial.show({ actions: [...actions.slice(0, from), ...longer, ...actions.slice(at)] })
        if (found !== undefined && found.steps.length < (best ?? shown).steps.length) best = found
      }
    }
    level = next
  }
  return best
}

/** In another order of the same steps, with fewer switches between those who act, where the order does not matter. */
export function withFewSwitches<S>(trial: Trial<S>, shown: Shown<S>, isOver: IsOver): Shown<S> {
  let best = shown
  const { loop } = shown
  for (let i = 1; i < best.steps.length && !isOver(); i++) {
    for (let to = 0; to < i; to++) {
      if (loop !== undefined && to < loop && i >= loop) continue
      const actions = [...actionsOf(best)]
      const [moved] = actions.splice(i, 1)
      actions.splice(to, 0, moved as Action<S>)
      if (switches(trial, actions) >= switches(trial, actionsOf(best))) continue
      const found = trial.show({ actions, loop })
      if (found === undefined || found.steps.length !== best.steps.length) continue
      best = found
      break
    }
  }
  return best
}

/** How often somebody else acts than just before. */
export const switches = <S>({ model, initial }: Trial<S>, actions: readonly Action<S>[]): number => {
  const lanes = actions.map(({ rule, choice }) => model.lane?.(rule, choice, initial))
  return lanes.filter((lane, i) => i > 0 && lane !== lanes[i - 1]).length
}

/** With the first choice, in the order in which its rule lists them, that each step can have. */
export function withSimpleChoices<S>(trial: Trial<S>, shown: Shown<S>, isOver: IsOver): Shown<S> {
  let best = shown
  for (let i = 0; i < best.steps.length; i++) {
    const { rule, choice } = best.steps[i] as Action<S>
    for (const simpler of rule.choices) {
      if (simpler === choice || isOver()) break
      const actions = actionsOf(best).with(i, { rule, choice: simpler })
      const found = trial.show({ actions, loop: best.loop })
      if (found === undefined || found.steps.length > best.steps.length) continue
      best = found
      break
    }
  }
  return best
}
