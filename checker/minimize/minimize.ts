/**
 * The smallest trace that shows what a trace shows.
 *
 * In the order of importance: the fewest tasks and the smallest configuration, the fewest features, the fewest steps,
 * the simplest arguments, the fewest switches between those who act. Then a breadth-first search, where the space permits
 * it, for anything shorter: what it does not find does not exist at this scope.
 *
 * Here: the order of these stages, and what is said of the result. Not here: what one stage tries (steps.ts, switches.ts),
 * what is smaller (smaller.ts), whether a candidate shows the violation (violation.ts).
 */
import type { Trace } from '../explore/result.js'
import type { Initial, Model, Property, Rule } from '../model.js'
import type { BuildOptions, CheckDefinition } from '../suite.js'
import { look } from './look.js'
import { fromSmallerStarts, type Search, withFewerFeatures } from './smaller.js'
import {
  actionsOf,
  candidateOf,
  deltaDebug,
  type IsOver,
  withoutDetours,
  withShortcuts,
  withSimpleChoices,
} from './steps.js'
import { type Ordered, withFewestSwitches } from './switches.js'
import { type Candidate, type Shown, Trial, type Violation } from './violation.js'

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
  /** The same configuration with some of the features only, or none. */
  readonly features: 'none' | 'undecided'
  /** Where it is undecided: nothing of it shows the same in so many steps. Not known of what is judged on behaviours. */
  readonly within: { readonly topologies?: number | undefined; readonly features?: number | undefined }
}

export interface Minimized<S> {
  /** Undefined: it was not asked for. */
  readonly smaller: Smaller | undefined
  readonly build: BuildOptions
  readonly model: Model<S>
  readonly initial: Initial<S>
  readonly shown: Shown<S>
  readonly minimality: Minimality
  /** Undefined: nobody is told apart from anybody else. */
  readonly order: Ordered<S>['order'] | undefined
  /** What each stage has left, in order. */
  readonly stages: readonly { readonly stage: string; readonly steps: number }[]
  /** Other clauses of the same property that some candidate has broken. */
  readonly others: readonly string[]
  readonly tried: number
  /** States visited for the proof. */
  readonly proofStates: number
}

interface Built<S> {
  readonly build: BuildOptions
  readonly model: Model<S>
  readonly whole: Model<S>
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
  if (options.seeksSmaller !== true) return run.result(found)
  // What is found smaller is made small in turn; it has fewer tasks or features each time.
  for (;;) {
    const sought = await run.seekSmaller(found.best)
    if (sought.found === undefined) return run.result(found, sought.smaller)
    found = await shrunk(run, sought.found)
  }
}

/** What all stages together have made of a trace. */
interface Shrunk<S> {
  readonly best: Setting<S>
  readonly proved: Proof<S>
  readonly order: Ordered<S>['order']
}

async function shrunk<S>(run: Run<S>, first: Setting<S>): Promise<Shrunk<S>> {
  let best = run.stage('remove steps', first, it => run.fewerSteps(it))
  best = await run.pause('fewer tasks', best, it => run.smallerTopology(it))
  best = await run.pause('fewer features', best, it => run.fewerFeatures(it))
  best = run.stage('shortcuts', best, it => run.within(it, withShortcuts))
  best = run.stage('remove steps', best, it => run.fewerSteps(it))
  const proved = await run.prove(best)
  best = run.stage('simpler arguments', proved.best, it => run.within(it, withSimpleChoices))
  let order: Ordered<S>['order'] = 'few'
  best = run.stage('fewer switches', best, it => {
    const ordered = withFewestSwitches(it.trial, it.shown, run.isOver)
    order = ordered.order
    return { ...it, shown: ordered.shown }
  })
  return { best, proved, order }
}

interface Proof<S> {
  readonly best: Setting<S>
  readonly isProved: boolean
  readonly states: number
}

type Sought<S> =
  | { readonly found: Setting<S>; readonly smaller: undefined }
  | { readonly found: undefined; readonly smaller: Smaller }

interface SoughtIn<S> {
  readonly found?: Setting<S>
  /** Everything was searched to the end. */
  readonly isWhole: boolean
  readonly within?: number
}

class Run<S> {
  readonly #started = performance.now()
  readonly #stages: { readonly stage: string; readonly steps: number }[] = []
  readonly #others = new Set<string>()
  readonly #own = new OwnActions<S>()
  #built: Built<S> | undefined
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
    const { model, whole } = this.#modelOf(build)
    const initial = model.initial.find(({ name }) => name === topology)
    if (initial === undefined) return undefined
    const trial = new Trial(model, initial, this.#violationIn(whole), whole)
    const own = { ...candidate, actions: this.#own.actions(model, candidate.actions) }
    const shown =
      own.actions.length < candidate.actions.length && candidate.loop !== undefined
        ? undefined
        : trial.show(own)
    this.#tried++
    return shown && { build, trial, shown }
  }

  /** One after the other, many candidates are tried in one configuration. */
  #modelOf(build: BuildOptions): Built<S> {
    if (this.#built?.build !== build) {
      const model = this.options.check.build(build)
      this.#built = { build, model, whole: this.#wholeOf(build, model) }
    }
    return this.#built
  }

  /** With all the features that the trace was given with: the model itself if it has them. */
  #wholeOf(build: BuildOptions, model: Model<S>): Model<S> {
    const { check, build: given } = this.options
    const features = given.features ?? check.features
    const has = build.features ?? check.features
    return features.every(it => has.includes(it)) ? model : check.build({ ...build, features })
  }

  #violationIn(whole: Model<S>): Violation<S> {
    return { ...this.options.violation, property: this.options.propertyOf(whole) }
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
      if (found !== undefined) return this.fewerSteps(this.#alone(found))
    }
    return setting
  }

  fewerFeatures(setting: Setting<S>): Setting<S> {
    let best = setting
    for (const feature of this.options.check.features) {
      const features = (best.build.features ?? this.options.check.features).filter(it => it !== feature)
      if (this.isOver()) continue
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
    const { model, whole } = this.#modelOf(build)
    const starting = startingAt(trial.initial.name)
    const same = starting(model)
    const { trace, loop, states, isWhole, within } = await look(
      same,
      model === whole ? same : starting(whole),
      trial.violation,
      {
        ...(isLocal ? { depth } : {}),
        maxStates,
        timeout: Math.max(1, Math.min(timeout / 2, timeout - this.#seconds)),
        signal,
      },
    )
    if (trace !== undefined && trace.actions.length < shown.steps.length) {
      const better = this.#taken(build, trace, loop)
      // A local violation that a breadth-first search comes to first is nearest, wherever it was to stop.
      const isProved = better !== undefined && (isLocal || isWhole)
      return { best: better ?? setting, isProved, states }
    }
    return { best: setting, isProved: isWhole || (isLocal && within === depth), states }
  }

  /** Searches every smaller configuration, and the same with fewer features, whole. */
  async seekSmaller({ build, trial }: Setting<S>): Promise<Sought<S>> {
    const { check, timeout = defaultTimeout } = this.options
    const { name } = trial.initial
    // What is smaller comes first, but must not take all the time.
    const until = this.#seconds + (timeout - this.#seconds) / 2
    const fewerTasks = await this.#seekIn(fromSmallerStarts(check, build, name), until)
    if (fewerTasks.found !== undefined) return { found: fewerTasks.found, smaller: undefined }
    const fewer = withFewerFeatures(check, build, name)
    const fewerFeatures = await this.#seekIn(fewer, timeout)
    if (fewerFeatures.found !== undefined) return { found: fewerFeatures.found, smaller: undefined }
    return {
      found: undefined,
      smaller: {
        topologies: fewerTasks.isWhole ? 'none' : 'undecided',
        features: fewerFeatures.isWhole ? 'none' : 'undecided',
        within: { topologies: fewerTasks.within, features: fewerFeatures.within },
      },
    }
  }

  /** @param until the second at which it ends; what is left then is not decided */
  async #seekIn(searches: Iterable<Search<S>>, until: number): Promise<SoughtIn<S>> {
    const { signal, maxStates = defaultMaxStates } = this.options
    let isWhole = true
    let within = Number.POSITIVE_INFINITY
    for (const { build, model, starts } of searches) {
      const left = until - this.#seconds
      if (signal?.aborted === true || left <= 0) return { isWhole: false }
      if (starts.length === 0) continue
      const whole = this.#wholeOf(build, model)
      const starting = startingAt(...starts.map(({ name }) => name))
      const part = starting(model)
      const limits = { maxStates: maxStates * starts.length, timeout: left, signal }
      const looked = await look(
        part,
        model === whole ? part : starting(whole),
        this.#violationIn(whole),
        limits,
      )
      if (looked.trace !== undefined) {
        const found = this.#taken(build, looked.trace, looked.loop)
        if (found !== undefined) return { found: this.#alone(found), isWhole: false }
      } else if (looked.isWhole) continue
      // Perhaps it is there, or another one is, and nobody has seen that it is.
      isWhole = false
      within = Math.min(within, looked.trace === undefined ? (looked.within ?? 0) : 0)
    }
    return { isWhole, ...(isWhole || within === 0 ? {} : { within }) }
  }

  /** With its own initial state alone, as it is written into a file. */
  #alone(setting: Setting<S>): Setting<S> {
    const { build, trial, shown } = setting
    const { name } = trial.initial
    if (trial.model.initial.length === 1 || build.topologies?.length === 1) return setting
    return this.try({ ...build, topologies: [name] }, name, candidateOf(shown)) ?? setting
  }

  #taken(
    build: BuildOptions,
    { initial, actions }: Trace<S>,
    loop: number | undefined,
  ): Setting<S> | undefined {
    return this.try(build, initial.name, { actions, loop })
  }

  result({ best, proved, order }: Shrunk<S>, smaller?: Smaller): Minimized<S> {
    const { build, trial, shown } = best
    for (const clause of trial.others) this.#others.add(clause)
    const minimality = proved.isProved ? 'proved minimal' : this.#wasCutShort ? 'best so far' : '1-minimal'
    return {
      smaller,
      build,
      model: trial.model,
      initial: trial.initial,
      shown,
      minimality,
      order: trial.model.lane === undefined ? undefined : order,
      stages: this.#stages,
      others: [...this.#others],
      tried: this.#tried + trial.tried,
      proofStates: proved.states,
    }
  }

  #tell(stage: string, { shown, trial }: Setting<S>): void {
    this.options.onProgress?.({ stage, steps: shown.steps.length, tried: this.#tried + trial.tried })
    for (const clause of trial.others) this.#others.add(clause)
  }
}

/** The same model, of whatever class, with these of its initial states. */
const startingAt =
  (...names: readonly string[]) =>
  <S>(model: Model<S>): Model<S> =>
    Object.assign(Object.create(model) as Model<S>, {
      initial: model.initial.filter(({ name }) => names.includes(name)),
    })

/** Actions in the rules of other models; choices are looked up by what is written of them. */
class OwnActions<S> {
  #model: Model<S> | undefined
  #rules = new Map<string, Rule<S>>()
  #choices = new Map<string, ReadonlyMap<string, unknown>>()

  /** The same actions in the rules of this model; those that it does not have are left out. */
  actions(model: Model<S>, actions: Candidate<S>['actions']): Candidate<S>['actions'] {
    if (this.#model !== model) {
      this.#model = model
      this.#rules = new Map(model.rules.map(rule => [rule.name, rule]))
      this.#choices = new Map()
    }
    return actions.flatMap(({ rule: { name }, choice }) => {
      const rule = this.#rules.get(name)
      const written = JSON.stringify(choice)
      const own = rule && this.#choicesOf(rule)
      return rule !== undefined && own?.has(written) ? [{ rule, choice: own.get(written) }] : []
    })
  }

  #choicesOf({ name, choices }: Rule<S>): ReadonlyMap<string, unknown> {
    const known = this.#choices.get(name)
    if (known !== undefined) return known
    const made = new Map(choices.map(choice => [JSON.stringify(choice), choice]))
    this.#choices.set(name, made)
    return made
  }
}
