/**
 * A divergence in words: what the spec says and what the core did, line by line, the first that differs first.
 */
import type { Initial } from '../../checker/model.js'
import { changes } from '../../checker/report/diff.js'
import type { Difference } from '../../checker/suite.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { KernelModel } from '../model.js'
import { reasonText } from '../names.js'
import type { Divergence } from './refinement.js'

/** @param state what the spec says it is after the step; or the state in which it was asked what may be done */
export function differencesOf(
  divergence: Divergence,
  state: ImmutableState,
  model: KernelModel,
  initial: Initial<ImmutableState>,
): readonly Difference[] {
  const named = (text: string) => reasonText(text, model.names(initial))
  switch (divergence.kind) {
    case 'crash':
      return [{ place: 'the step', model: 'is taken', implementation: `throws ${named(divergence.message)}` }]
    case 'enabled': {
      const { rule: name, choice, by } = divergence
      const rule = model.rules.find(it => it.name === name)
      const label = rule === undefined ? name : model.label(rule, choice, initial)
      const may = (who: 'spec' | 'core') => (by === who ? 'may be taken' : 'may not be taken')
      return [{ place: label, model: may('spec'), implementation: may('core') }]
    }
    case 'refusal': {
      const { call, due, got } = divergence.refusal
      return [{ place: named(call), model: due, implementation: got }]
    }
    case 'restore':
      return [
        { place: 'the state', model: 'is reached', implementation: named(divergence.message) },
        ...(divergence.core === undefined ? [] : fieldsThatDiffer(divergence.core, state, model, initial)),
      ]
    case 'step': {
      const { seenOfSpec, seenOfCore, core } = divergence
      return [
        ...fieldsThatDiffer(core, state, model, initial),
        ...without(seenOfSpec, seenOfCore).map(it => seen(named(it), 'the spec')),
        ...without(seenOfCore, seenOfSpec).map(it => seen(named(it), 'the core')),
      ]
    }
  }
}

const fieldsThatDiffer = (
  core: ImmutableState,
  state: ImmutableState,
  model: KernelModel,
  initial: Initial<ImmutableState>,
): readonly Difference[] =>
  changes(model, initial, state, core).map(({ place, from, to }) => ({
    place,
    model: from,
    implementation: to,
  }))

const seen = (what: string, by: 'the spec' | 'the core'): Difference => ({
  place: what,
  model: by === 'the spec' ? 'happens' : 'does not happen',
  implementation: by === 'the core' ? 'happens' : 'does not happen',
})

/** What is in `all` more often than in `others`. */
function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others]
  return all.filter(it => {
    const at = left.indexOf(it)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
