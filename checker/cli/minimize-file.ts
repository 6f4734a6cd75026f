/**
 * From a counterexample file to the smallest one that shows the same: read, minimize, replay, write.
 */
import { UsageError } from '../errors.js'
import type { TraceDocument } from '../itf/document.js'
import { traceDocument } from '../itf/write.js'
import { type Minimized, type MinimizeProgress, minimize } from '../minimize/minimize.js'
import { type Candidate, clauseOf, Trial } from '../minimize/violation.js'
import type { Initial, Model, Property } from '../model.js'
import type { BuildOptions, CheckDefinition, LoadedImplementation, Suite } from '../suite.js'
import { propertiesOf } from './deadlock.js'
import { actionOf, checkOf, fitTrace, initialOf, propertyOf } from './fit.js'
import { recordAgain } from './record-again.js'

export interface MinimizeFile {
  readonly document: TraceDocument
  /** The path as the user knows it. */
  readonly shown: string
  readonly signal: AbortSignal
  readonly timeout?: number | undefined
  readonly maxStates?: number | undefined
  readonly onProgress?: ((progress: MinimizeProgress) => void) | undefined
}

export interface MinimizedFile<S> {
  readonly check: CheckDefinition<S>
  readonly property: Property<S>
  readonly clause: string | undefined
  readonly minimized: Minimized<S>
  readonly because: string | undefined
  /** The implementation that differs from the model, if that is what the file shows. */
  readonly on: string | undefined
  /** The result, replayed already. */
  readonly document: TraceDocument
}

/** Throws `UsageError` for a file that does not fit, or does not show what it says. */
export async function minimizeFile<S>(suite: Suite<S>, asked: MinimizeFile): Promise<MinimizedFile<S>> {
  const { document, shown: file } = asked
  const meta = document['#meta'].zombieproof
  if (meta.kind === 'difference')
    throw new UsageError(
      `${file} is a difference between two profiles, and there is no shorter one in its check.`,
      `Look for one in others: pnpm compare ${meta.profile} ${meta.other ?? 'PROFILE'}`,
    )
  const check = checkOf(suite, document, file)
  const { profile, features, topologies, tasks, mutant } = meta
  const build: BuildOptions = { profile, features, topologies, tasks, mutant }
  const model = check.build(build)
  const differing = await differingImplementation(suite, check, model, meta.property)
  const more = differing?.loaded.properties
  const ofModel = (built: Model<S>): Property<S> =>
    propertyOf(suite, [...propertiesOf(check, built), ...(more?.(built) ?? [])], document, file)
  const property = ofModel(model)
  const initial = initialOf(model, document, file)
  const actions = meta.actions.map((action, i) =>
    actionOf(model, action, { step: i + 1, again: recordAgain(document), shown: file }),
  )
  const candidate = { actions, loop: document.loop }
  const clause = clauseShown(model, initial, property, candidate)
  const minimized = await minimize({
    check,
    build,
    violation: { property, clause },
    topology: initial.name,
    candidate,
    propertyOf: ofModel,
    onProgress: asked.onProgress,
    signal: asked.signal,
    timeout: asked.timeout,
    maxStates: asked.maxStates,
    seeksSmaller: true,
  })
  if (minimized === undefined) {
    const own = suite.modelFile === undefined ? '' : `--model ${suite.modelFile} `
    const on = differing === undefined ? '' : ` --on ${differing.name}`
    throw new UsageError(
      `${file}: replayed step by step, it does not show that "${property.name}" is violated.`,
      `See what it does: pnpm replay ${own}${file}${on}`,
      'It was recorded with other rules, or edited by hand.',
    )
  }
  const smallest = documentOf(minimized, property, meta)
  const fitting = fitTrace(suite, smallest, file, 'compared', more)
  if (!fitting.shows)
    throw new Error(`A minimized trace of "${property.name}" does not replay. The minimizer is wrong.`)
  return {
    check,
    property,
    clause,
    minimized,
    because: fitting.because,
    on: differing?.name,
    document: smallest,
  }
}

/** Where the check does not ask for the property itself: the implementation of which it says that it does as the model. */
async function differingImplementation<S>(
  { implementations = [] }: Suite<S>,
  check: CheckDefinition<S>,
  model: Model<S>,
  property: string,
): Promise<{ readonly name: string; readonly loaded: LoadedImplementation<S> } | undefined> {
  const isNamed = ({ name }: Property<S>): boolean => name === property
  if (propertiesOf(check, model).some(isNamed)) return undefined
  const named = implementations.find(({ comparisons }) => comparisons.includes(property))
  return named && { name: named.name, loaded: await named.load() }
}

/** The clause that the trace breaks: where it ends, or where it first breaks any. */
function clauseShown<S>(
  model: Model<S>,
  initial: Initial<S>,
  property: Property<S>,
  { actions }: Candidate<S>,
): string | undefined {
  const trial = new Trial(model, initial, { property, clause: undefined })
  let state = model.restore(model.cells(initial.state))
  let found = clauseIn(property, undefined, state)
  for (const [i, action] of actions.entries()) {
    const own = ownAction(model, action)
    const step = own && trial.take(state, own)
    if (step === undefined) continue
    state = model.restore(model.cells(step.after))
    const clause = clauseIn(property, step, state)
    found = i === actions.length - 1 ? (clause ?? found) : (found ?? clause)
  }
  return found
}

const ownAction = <S>(
  { rules }: Model<S>,
  { rule: { name }, choice }: Candidate<S>['actions'][number],
): Candidate<S>['actions'][number] | undefined => {
  const rule = rules.find(it => it.name === name)
  const written = JSON.stringify(choice)
  const at = rule?.choices.findIndex(it => JSON.stringify(it) === written) ?? -1
  return rule === undefined || at < 0 ? undefined : { rule, choice: rule.choices[at] }
}

function clauseIn<S>(
  property: Property<S>,
  step: Parameters<typeof clauseOf<S>>[1],
  state: S,
): string | undefined {
  if (property.kind === 'invariant' && property.holds(state)) return undefined
  if (property.kind === 'step' && (step === undefined || property.holds(step))) return undefined
  return clauseOf(property, step, state)
}

function documentOf<S>(
  { model, initial, shown, build }: Minimized<S>,
  property: Property<S>,
  { check, profile, features, mutant, alsoIn }: TraceDocument['#meta']['zombieproof'],
): TraceDocument {
  return traceDocument({ model, initial, ...shown }, property, {
    check,
    profile,
    features: [...(build.features ?? features)],
    topologies: [initial.name],
    tasks: build.tasks,
    mutant,
    alsoIn,
  })
}
