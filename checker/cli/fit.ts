/**
 * Does a counterexample file still fit the suite? Its names, its actions, its states, and what it shows.
 */
import { UsageError } from '../errors.js'
import { isSameState } from '../explain/places.js'
import { attempt } from '../explore/model-error.js'
import { type Replay, replay } from '../explore/replay.js'
import type { Action } from '../explore/result.js'
import type { TraceAction, TraceDocument } from '../itf/document.js'
import type { Initial, Model, Property, TemporalProperty } from '../model.js'
import type { Behaviour } from '../report/trace.js'
import type { CheckDefinition, Suite } from '../suite.js'
import { isStuck, lassoBreaks } from '../temporal/behaviour.js'
import { after, compareStates } from './compare-states.js'
import { propertiesOf } from './deadlock.js'
import { differenceProperty, differs } from './difference.js'
import { recordAgain } from './record-again.js'
import { byDistance, known, knownProfile, unknownName } from './suggest.js'

/** A file with everything that it names. */
export interface Fitting<S> {
  readonly check: CheckDefinition<S>
  readonly property: Property<S>
  readonly behaviour: Behaviour<S>
  /** Does the end of the trace still show what the file says? */
  readonly shows: boolean
  /** What is false there, and for whom. */
  readonly because: string | undefined
}

/**
 * Throws `UsageError` where the file does not fit.
 *
 * `states: 'ignored'` asks only that every action can still be taken.
 */
export function fitTrace<S>(
  suite: Suite<S>,
  document: TraceDocument,
  shown: string,
  states: 'compared' | 'ignored',
  /** Properties that the file may be about, beside those of the check. */
  more: (model: Model<S>) => readonly Property<S>[] = () => [],
): Fitting<S> {
  const meta = document['#meta'].zombieproof
  const check = checkOf(suite, document, shown)
  const { profile, features, topologies, tasks, mutant } = meta
  const model = check.build({ profile, features, topologies, tasks, mutant })
  const isDifference = meta.kind === 'difference'
  const property = isDifference
    ? differenceProperty<S>(document)
    : propertyOf(suite, [...propertiesOf(check, model), ...more(model)], document, shown)
  const initial = initialOf(model, document, shown)
  const actions = meta.actions.map((action, i) =>
    actionOf(model, action, { step: i + 1, again: recordAgain(document), shown }),
  )
  const replayed = replay(model, { initial, actions })
  if (!replayed.replayed) throw notEnabled(replayed, model, initial, document, shown)
  const behaviour = { model, initial, steps: replayed.steps, loop: document.loop }
  if (states === 'compared') compareStates(behaviour, document, shown)
  closesItsLoop(behaviour, document, shown)
  const found = isDifference
    ? differs(suite, check, behaviour, document, shown)
    : shownBy(property, behaviour)
  return { check, property, behaviour, ...found }
}

/** A lasso ends in the state that its loop begins at. */
function closesItsLoop<S>(
  { model, initial, steps, loop }: Behaviour<S>,
  document: TraceDocument,
  shown: string,
): void {
  if (loop === undefined) return
  const states = [initial.state, ...steps.map(step => step.after)]
  if (isSameState(model, states[loop] as S, states.at(-1) as S)) return
  throw new UsageError(
    `${shown} is no lasso: it does not end in the state ${loop === 0 ? 'that it starts from' : after(loop)}.`,
    recordAgain(document),
    'The file was edited by hand, or the model was changed since.',
  )
}

/** The check that the file names, which must have the features, topologies, profile and mutant that it names too. */
export function checkOf<S>(suite: Suite<S>, document: TraceDocument, shown: string): CheckDefinition<S> {
  const { check: name, profile, mutant, features, tasks, topologies = [] } = document['#meta'].zombieproof
  return inFile(shown, () => {
    const check =
      suite.furtherChecks?.find(it => it.name === name) ??
      known(name, suite.checks, { one: 'check', many: 'checks' })
    knownProfile(suite, profile)
    if (mutant !== undefined) known(mutant, suite.mutants, { one: 'mutant', many: 'mutants' })
    // With `tasks`, a check makes up its topologies; the one of the trace is looked up once it is built.
    if (tasks === undefined)
      for (const topology of topologies)
        known(topology, suite.topologies, { one: 'topology', many: 'topologies' })
    const foreign = features.find(feature => !check.features.includes(feature))
    if (foreign === undefined) return check
    throw unknownName(foreign, check.features, { one: 'feature', many: `features of ${name}` })
  })
}

export const propertyOf = <S>(
  { implementations = [] }: Suite<S>,
  all: readonly Property<S>[],
  document: TraceDocument,
  shown: string,
): Property<S> => {
  const { property, check } = document['#meta'].zombieproof
  const compared = implementations.find(({ comparisons }) => comparisons.includes(property))
  if (compared !== undefined && !all.some(({ name }) => name === property))
    throw new UsageError(
      `${shown} is not about the model alone, but about the ${compared.name}: '${property}'.`,
      `Replay it on that: pnpm replay ${shown} --on ${compared.name}`,
    )
  return inFile(shown, () => known(property, all, { one: 'property', many: `properties of ${check}` }))
}

export const initialOf = <S>({ initial }: Model<S>, document: TraceDocument, shown: string): Initial<S> => {
  const { topology, check } = document['#meta'].zombieproof
  return inFile(shown, () => known(topology, initial, { one: 'topology', many: `topologies of ${check}` }))
}

export const actionOf = <S>(
  { rules }: Model<S>,
  { rule: name, choice }: TraceAction,
  { step, again, shown }: { readonly step: number; readonly again: string; readonly shown: string },
): Action<S> => {
  const rule = rules.find(it => it.name === name)
  if (rule?.choices.some(own => JSON.stringify(own) === JSON.stringify(choice))) return { rule, choice }
  if (rule !== undefined) {
    throw new UsageError(
      `${shown}: step ${step} tries the rule '${name}' with a choice that it does not have: ${JSON.stringify(choice)}.`,
      again,
      'The trace was recorded with other bounds than these, or the file was edited by hand.',
    )
  }
  const [first] = byDistance(
    name,
    rules.map(it => it.name),
  )
  throw new UsageError(
    `${shown}: step ${step} is of a rule that the model does not have: '${name}'.`,
    `The closest is '${first}'. ${again}`,
    'The rule was renamed, or the file was edited by hand.',
  )
}

/** What is wrong with a name is said with the file that has it. */
function inFile<T>(shown: string, lookUp: () => T): T {
  try {
    return lookUp()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { what, next, likely } = error
    const said = `${shown}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`
    throw new UsageError(said, next, likely ?? 'The file was edited by hand, or the name was changed since.')
  }
}

/** So many of the enabled actions are listed. */
const listed = 6

function notEnabled<S>(
  { failedAt, enabled }: Extract<Replay<S>, { replayed: false }>,
  model: Model<S>,
  initial: Initial<S>,
  document: TraceDocument,
  shown: string,
): UsageError {
  const { actions } = document['#meta'].zombieproof
  const asked = actions[failedAt - 1]?.label ?? ''
  const instead = byDistance(
    asked,
    enabled.map(({ rule, choice }) => model.label(rule, choice, initial)),
  )
  const more = instead.length - listed
  const here =
    instead.length === 0
      ? 'Nothing is enabled here.'
      : `Enabled here: ${instead.slice(0, listed).join(', ')}${more > 0 ? `, and ${more} more` : ''}.`
  return new UsageError(
    `${shown}: step ${failedAt}, ${asked}, is not enabled ${after(failedAt - 1)}.`,
    `${here} ${recordAgain(document)}`,
    'The trace was recorded with other rules or bounds than these.',
  )
}

/** Does the last state, or the last step, or the lasso as a whole, show it? A property that throws is a `ModelError`. */
export function shownBy<S>(
  property: Property<S>,
  behaviour: Behaviour<S>,
): Pick<Fitting<S>, 'shows' | 'because'> {
  const { model, initial, steps } = behaviour
  const trace = { initial, actions: steps.map(({ rule, choice }) => ({ rule, choice })) }
  return attempt(
    model,
    { part: 'property', property },
    () => trace,
    () => {
      const { shows, because } = shownAtEnd(property, behaviour)
      return { shows, because: because && (model.describeReason?.(because, initial) ?? because) }
    },
  )
}

function shownAtEnd<S>(
  property: Property<S>,
  { model, initial, steps, loop }: Behaviour<S>,
): Pick<Fitting<S>, 'shows' | 'because'> {
  const step = steps.at(-1)
  const state = step === undefined ? initial.state : model.restore(model.cells(step.after))
  if (property.kind === 'cover') {
    const byStep = step !== undefined && property.reachedBy?.(step) === true
    return { shows: byStep || property.reached?.(state) === true, because: undefined }
  }
  if (property.kind === 'invariant') {
    return property.holds(state) ? held : { shows: true, because: property.explain?.(state) }
  }
  if (property.kind === 'step') {
    return step === undefined || property.holds(step)
      ? held
      : { shows: true, because: property.explain?.(step) }
  }
  return shownTemporally(property, { model, initial, steps, loop }, state)
}

/** Of a behaviour as a whole: a lasso, or a way to where there is no way back. */
function shownTemporally<S>(
  property: TemporalProperty<S>,
  { model, initial, steps, loop }: Behaviour<S>,
  state: S,
): Pick<Fitting<S>, 'shows' | 'because'> {
  if (property.kind === 'possibility') {
    const stuck = isStuck(model, property, initial, state)
    if (stuck === 'undecided') return { shows: false, because: 'too many states can be reached to decide it' }
    return { shows: stuck.shows, because: stuck.shows ? stuck.about : stuck.why }
  }
  if (loop === undefined) return { shows: false, because: 'a liveness property is broken by a lasso only' }
  const broken = lassoBreaks(property, { model, initial, steps, loop })
  return { shows: broken.shows, because: broken.shows ? broken.about : broken.why }
}

const held = { shows: false, because: undefined }
