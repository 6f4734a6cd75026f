/**
 * The smallest trace that shows what a trace shows.
 *
 * In the order of importance: the fewest tasks and the smallest configuration, the fewest features, the fewest steps,
 * the simplest arguments, the fewest switches between those who act. Then a breadth-first search, where the space permits
 * it, for anything shorter: what it does not find does not exist at this scope.
 *
 * Here: the order of these stages, and what is said of the result. Not here: what one stage tries (steps.ts), whether a
 * candidate shows the violation (violation.ts).
 */
import { exploreFast } from '../engine/explore.js'
import type { Trace } from '../explore/result.js'
import { type Initial, isTemporal, type Model, type Property, type Step } from '../model.js'
import type { BuildOptions, CheckDefinition } from '../suite.js'
import {
  actionsOf,
  candidateOf,
  deltaDebug,
  type IsOver,
  withFewSwitches,
  withoutDetours,
  withShortcuts,
  withSimpleChoices,
} from './steps.js'
import { type Candidate, clauseOf, type Shown, Trial, type Violation } from './violation.js'

export interface MinimizeOptions<S> {
  readonly check: CheckDefinition<S>
  readonly build: BuildOptions
  readonly violation: Violation<S>
  /** Name of the initial state that the trace starts from. */
  readonly topology: string
  readonly candidate: Candidate<S>
  /** The property of a model of this check by its name; it may depend on the model. */
  propertyOf(model: Model<S>): Property<S>
  readonly onProgress?: ((progress: MinimizeProgress) => void) | undefined
  /** Aborted: stop with the best so far. */
  readonly signal?: AbortSignal | undefined
  /** Seconds for everything; half of it at most is for the proof. */
  readonly timeout?: number | undefined
  /** States that the proof may visit. */
  readonly maxStates?: number | undefined
  /** Also search whatever is smaller in tasks or features, in the time that is left. */
  readonly seeksSmaller?: boolean | undefined
}

export interface MinimizeProgress {
  readonly stage: string
  readonly steps: number
  readonly tried: number
}

/** What is known of how small the result is. */
export type Minimality =
  /** A complete search of everything shorter has found nothing, with these features from this configuration. */
  | 'proved minimal'
  /** No single step can be left out. */
  | '1-minimal'
  /** It was stopped before that was known. */
  | 'best so far'

/** Does anything smaller show the same? `undecided`: not all of it was searched to the end. */
export interface Smaller {
  /** Smaller initial configurations with the same features. */
  readonly topologies: 'none' | 'undecided'
  /** The same configuration without one of the features, or more of them. */
  readonly features: 'none' | 'undecided'
}

export interface Minimized<S> {
  /** Undefined: it was not asked for. */
  readonly smaller: Smaller | undefined
  readonly build: BuildOptions
  readonly model: Model<S>
  readonly initial: Initial<S>
  readonly shown: Shown<S>
  readonly minimality: Minimality
  /** What each stage has left, in order. */
  readonly stages: readonly { readonly stage: string; readonly steps: number }[]
  /** Other clauses of the same property that some candidate has broken. */
  readonly others: readonly string[]
  readonly tried: number
  /** States visited for the proof. */
  readonly proofStates: number
}

/** A configuration that a trace is tried in. */
interface Setting<S> {
  readonly build: BuildOptions
  readonly trial: Trial<S>
  readonly shown: Shown<S>
}

const defaultTimeout = 50
const defaultMaxStates = 100_000

/** Undefined: the trace does not show the violation at all. */
export async function minimize<S>(options: MinimizeOptions<S>): Promise<Minimized<S> | undefined> {
  const run = new Run(options)
  const first = run.begin()
  if (first === undefined) return undefined
  let found = await shrunk(run, first)
  if (options.seeksSmaller !== true) return run.result(found.best, found.proved)
  // What is found smaller is made small in turn; it has fewer tasks or features each time.
  for (;;) {
    const sought = await run.seekSmaller(found.best)
    if (sought.found === undefined) return run.result(found.best, found.proved, sought.smaller)
    found = await shrunk(run, sought.found)
  }
}

async function shrunk<S>(
  run: Run<S>,
  first: Setting<S>,
): Promise<{ readonly best: Setting<S>; readonly proved: Proof<S> }> {
  let best = run.stage('remove steps', first, it => run.fewerSteps(it))
  best = await run.pause('fewer tasks', best, it => run.smallerTopology(it))
  best = await run.pause('fewer features', best, it => run.fewerFeatures(it))
  best = run.stage('shortcuts', best, it => run.within(it, withShortcuts))
  best = run.stage('remove steps', best, it => run.fewerSteps(it))
  const proved = await run.prove(best)
  best = run.stage('simpler arguments', proved.best, it => run.within(it, withSimpleChoices))
  best = run.stage('fewer switches', best, it => run.within(it, withFewSwitches))
  return { best, proved }
}

interface Proof<S> {
  readonly best: Setting<S>
  readonly isProved: boolean
  readonly states: number
}

/** A model to be searched whole. */
interface Search {
  readonly build: BuildOptions
  readonly topology: string
}

type Sought<S> =
  | { readonly found: Setting<S>; readonly smaller: undefined }
  | { readonly found: undefined; readonly smaller: Smaller }

class Run<S> {
  readonly #started = performance.now()
  readonly #stages: { readonly stage: string; readonly steps: number }[] = []
  readonly #others = new Set<string>()
  #tried = 0
  #wasCutShort = false

  constructor(private readonly options: MinimizeOptions<S>) {}

  get #seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  readonly isOver: IsOver = () => {
    const { signal, timeout = defaultTimeout } = this.options
    const isOver = signal?.aborted === true || this.#seconds > timeout
    this.#wasCutShort ||= isOver
    return isOver
  }

  begin(): Setting<S> | undefined {
    const { build, topology, candidate } = this.options
    const begun = this.try(build, topology, candidate)
    if (begun !== undefined) this.#stages.push({ stage: 'as given', steps: candidate.actions.length })
    return begun
  }

  /** The candidate in another configuration; undefined where it shows nothing there. */
  try(build: BuildOptions, topology: string, candidate: Candidate<S>): Setting<S> | undefined {
    const model = this.options.check.build(build)
    const initial = model.initial.find(({ name }) => name === topology)
    if (initial === undefined) return undefined
    const violation = { ...this.options.violation, property: this.options.propertyOf(model) }
    const trial = new Trial(model, initial, violation)
    const own = { ...candidate, actions: ownActions(model, candidate.actions) }
    const shown =
      own.actions.length < candidate.actions.length && candidate.loop !== undefined
        ? undefined
        : trial.show(own)
    this.#tried++
    return shown && { build, trial, shown }
  }

  stage(stage: string, setting: Setting<S>, improve: (setting: Setting<S>) => Setting<S>): Setting<S> {
    this.#tell(stage, setting)
    const improved = this.isOver() ? setting : improve(setting)
    this.#stages.push({ stage, steps: improved.shown.steps.length })
    return improved
  }

  /** The same, after signals were let through. */
  async pause(
    stage: string,
    setting: Setting<S>,
    improve: (setting: Setting<S>) => Setting<S>,
  ): Promise<Setting<S>> {
    await new Promise(resolve => setImmediate(resolve))
    return this.stage(stage, setting, improve)
  }

  within(
    setting: Setting<S>,
    improve: (trial: Trial<S>, shown: Shown<S>, isOver: IsOver) => Shown<S>,
  ): Setting<S> {
    return { ...setting, shown: improve(setting.trial, setting.shown, this.isOver) }
  }

  fewerSteps(setting: Setting<S>): Setting<S> {
    const { trial, shown } = setting
    return { ...setting, shown: deltaDebug(trial, withoutDetours(trial, shown), this.isOver) }
  }

  /** The first of the smaller configurations, the smallest first, in which the trace shows the same. */
  smallerTopology(setting: Setting<S>): Setting<S> {
    const { check } = this.options
    const { trial, build, shown } = setting
    for (const other of check.smaller?.(build, trial.initial.name) ?? []) {
      if (this.isOver()) return setting
      const actions = actionsOf(shown).flatMap(({ rule, choice }) => {
        const renamed = other.rename(choice)
        return renamed === undefined ? [] : [{ rule, choice: renamed }]
      })
      const found = this.try(other.build, other.topology, { actions, loop: shown.loop })
      if (found !== undefined) return this.fewerSteps(found)
    }
    return setting
  }

  fewerFeatures(setting: Setting<S>): Setting<S> {
    let best = setting
    for (const feature of this.options.check.features) {
      const features = (best.build.features ?? this.options.check.features).filter(it => it !== feature)
      if (features.length === 0 || this.isOver()) continue
      const found = this.try({ ...best.build, features }, best.trial.initial.name, candidateOf(best.shown))
      if (found !== undefined) best = found
    }
    return best
  }

  /** Looks at everything shorter. What it finds is shortest; where it finds nothing and has seen all, so is the best. */
  async prove(setting: Setting<S>): Promise<Proof<S>> {
    const { trial, shown, build } = setting
    const { signal, timeout = defaultTimeout, maxStates = defaultMaxStates } = this.options
    const isLocal = shown.loop === undefined && trial.violation.property.kind !== 'possibility'
    const depth = shown.steps.length - 1
    if (this.isOver() || (isLocal && depth < 0)) return { best: setting, isProved: depth < 0, states: 0 }
    this.#tell('proof', setting)
    const model = startingFrom(trial.model, trial.initial)
    const property = ofClause(trial.violation)
    const { verdicts, states, complete, stop } = await exploreFast(model, [property], {
      ...(isLocal ? { depth } : {}),
      maxStates,
      timeout: Math.max(1, Math.min(timeout / 2, timeout - this.#seconds)),
      signal,
    })
    const [found] = verdicts
    if (found !== undefined && 'trace' in found && found.trace.actions.length < shown.steps.length) {
      const better = this.#taken(build, found.trace, found.loop)
      // A local violation that a breadth-first search comes to first is nearest, wherever it was to stop.
      if (better !== undefined) return { best: better, isProved: isLocal || complete, states }
    }
    return { best: setting, isProved: complete || (isLocal && stop?.by === 'depth'), states }
  }

  /** Searches every smaller configuration, and the same without each of its features, whole. */
  async seekSmaller({ build, trial }: Setting<S>): Promise<Sought<S>> {
    const { check } = this.options
    const topologies = new Map<string, Search>()
    for (const other of check.smaller?.(build, trial.initial.name) ?? [])
      topologies.set(`${other.build.tasks ?? ''} ${other.topology}`, other)
    const fewerTasks = await this.#seekIn([...topologies.values()])
    if (fewerTasks.found !== undefined) return { found: fewerTasks.found, smaller: undefined }
    const features = build.features ?? check.features
    const without = features.map(feature => ({
      build: { ...build, features: features.filter(it => it !== feature) },
      topology: trial.initial.name,
    }))
    const fewerFeatures = await this.#seekIn(without)
    if (fewerFeatures.found !== undefined) return { found: fewerFeatures.found, smaller: undefined }
    return {
      found: undefined,
      smaller: {
        topologies: fewerTasks.isWhole ? 'none' : 'undecided',
        features: fewerFeatures.isWhole && this.#isMonotone ? 'none' : 'undecided',
      },
    }
  }

  /**
   * Does whatever fewer features show, more of them show as well? Then a search without one feature speaks for all that
   * have not got it. What must stay possible or happen may be lost with a feature, and a deadlock gained.
   */
  get #isMonotone(): boolean {
    const { property } = this.options.violation
    return (
      !isTemporal(property) &&
      this.options.propertyOf(this.options.check.build(this.options.build)) === property
    )
  }

  async #seekIn(
    searches: readonly Search[],
  ): Promise<{ readonly found: Setting<S> | undefined; readonly isWhole: boolean }> {
    const {
      check,
      propertyOf,
      violation,
      signal,
      timeout = defaultTimeout,
      maxStates = defaultMaxStates,
    } = this.options
    let isWhole = true
    for (const { build, topology } of searches) {
      const left = timeout - this.#seconds
      if (signal?.aborted === true || left <= 0) return { found: undefined, isWhole: false }
      const model = check.build(build)
      const initial = model.initial.find(({ name }) => name === topology)
      if (initial === undefined) continue
      const property = ofClause({ ...violation, property: propertyOf(model) })
      const limits = { maxStates, timeout: left, signal }
      const { verdicts, complete } = await exploreFast(startingFrom(model, initial), [property], limits)
      const [verdict] = verdicts
      if (verdict !== undefined && 'trace' in verdict) {
        const found = this.#taken(build, verdict.trace, verdict.loop)
        if (found !== undefined) return { found, isWhole: false }
      }
      isWhole &&= complete
    }
    return { found: undefined, isWhole }
  }

  #taken(
    build: BuildOptions,
    { initial, actions }: Trace<S>,
    loop: number | undefined,
  ): Setting<S> | undefined {
    return this.try(build, initial.name, { actions, loop })
  }

  result(
    { build, trial, shown }: Setting<S>,
    { isProved, states }: Proof<S>,
    smaller?: Smaller,
  ): Minimized<S> {
    for (const clause of trial.others) this.#others.add(clause)
    const minimality = isProved ? 'proved minimal' : this.#wasCutShort ? 'best so far' : '1-minimal'
    return {
      smaller,
      build,
      model: trial.model,
      initial: trial.initial,
      shown,
      minimality,
      stages: this.#stages,
      others: [...this.#others],
      tried: this.#tried + trial.tried,
      proofStates: states,
    }
  }

  #tell(stage: string, { shown, trial }: Setting<S>): void {
    this.options.onProgress?.({ stage, steps: shown.steps.length, tried: this.#tried + trial.tried })
    for (const clause of trial.others) this.#others.add(clause)
  }
}

/** The same model, of whatever class, with one initial state. */
const startingFrom = <S>(model: Model<S>, initial: Initial<S>): Model<S> =>
  Object.assign(Object.create(model) as Model<S>, { initial: [initial] })

/** The same actions in the rules of this model; those that it does not have are left out. */
function ownActions<S>(model: Model<S>, actions: Candidate<S>['actions']): Candidate<S>['actions'] {
  const rules = new Map(model.rules.map(rule => [rule.name, rule]))
  const choices = new Map<string, Map<string, unknown>>()
  const choicesOf = (name: string): Map<string, unknown> => {
    const known = choices.get(name)
    if (known !== undefined) return known
    const made = new Map(rules.get(name)?.choices.map(choice => [JSON.stringify(choice), choice]))
    choices.set(name, made)
    return made
  }
  return actions.flatMap(({ rule: { name }, choice }) => {
    const rule = rules.get(name)
    const written = JSON.stringify(choice)
    const own = choicesOf(name)
    return rule !== undefined && own.has(written) ? [{ rule, choice: own.get(written) }] : []
  })
}

/** The property, broken by this clause alone. */
function ofClause<S>({ property, clause }: Violation<S>): Property<S> {
  if (clause === undefined) return property
  if (property.kind === 'invariant') {
    const holds = (state: S): boolean =>
      property.holds(state) || clauseOf(property, undefined, state) !== clause
    return { ...property, each: undefined, holds }
  }
  if (property.kind === 'step') {
    const holds = (step: Step<S>): boolean => property.holds(step) || property.clause?.(step) !== clause
    return { ...property, each: undefined, holds }
  }
  return property
}
