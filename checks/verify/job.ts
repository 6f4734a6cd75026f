/**
 * One check of one core: the search of the spec with every step compared, then walks.
 *
 * Runs in a worker as well as here, so what goes in and comes out is plain data.
 */
import type { EngineName } from '../../checker/cli/engine.js'
import { exploreFast } from '../../checker/engine/explore.js'
import { explore } from '../../checker/explore/explore.js'
import type { Exploration, ExploreOptions, Stop, Trace } from '../../checker/explore/result.js'
import type { Property } from '../../checker/model.js'
import type { BuildOptions } from '../../checker/suite.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { KernelModel } from '../model.js'
import { coreModel } from './core-model.js'
import { checkNamed } from './further.js'
import { lazyCoreModel } from './lazy-core-model.js'
import { untilPanic } from './panic.js'
import { productModel, productProperties } from './product.js'
import { enablesName, Refinement, refinesName } from './refinement.js'
import { type Located, walk } from './walk.js'
import type { Core, CoreModule } from './world.js'

export interface Job {
  readonly check: string
  readonly build: BuildOptions
  /** `fast`: spec and core as one model, that remembers; `simple`: the core is restored for every step. */
  readonly engine: EngineName
  readonly limits: Pick<ExploreOptions, 'depth' | 'maxStates' | 'maxMemory' | 'timeout'>
  /** Switches of the core that are set otherwise than those of the profile. */
  readonly switches?: Partial<Core.Switches> | undefined
  /** Which comparisons are made. */
  readonly properties: readonly string[]
  readonly walks: { readonly count: number; readonly length: number; readonly seed: number }
}

export interface Found {
  readonly property: string
  readonly trace: Located
  /** The number of the walk, counted from 1; without it, the search found it, and no shorter trace shows it. */
  readonly walk?: number
}

export interface Outcome {
  readonly check: string
  readonly states: number
  readonly transitions: number
  readonly diameter: number
  readonly depthComplete: number
  readonly complete: boolean
  readonly stop?: Stop | undefined
  /** Steps that both have taken, in the search; and states in which it was compared what they may do. */
  readonly stepsCompared: number
  readonly statesCompared: number
  readonly walks: number
  readonly walkSteps: number
  readonly saves: number
  /** Rules that never fired. */
  readonly unfired: readonly string[]
  readonly seconds: number
  readonly found?: Found | undefined
}

/** The reason with which a search is ended that has found what it looked for. */
const divergence = 'divergence'

/** @param explored a core that is explored itself, instead of the spec */
export function modelOf({ check, build }: Pick<Job, 'check' | 'build'>, explored?: CoreModule): KernelModel {
  const definition = checkNamed(check)
  if (definition === undefined) throw new Error(`there is no check ${check}`)
  const model = untilPanic(definition.build(build) as KernelModel)
  return explored === undefined ? model : coreModel(explored, model)
}

export interface Hooks {
  readonly onProgress?: ExploreOptions['onProgress']
  readonly signal?: AbortSignal | undefined
  /** Before the core is asked anything. */
  readonly onAsk?: () => void
}

/** @param explored a core that `core` is compared with, instead of the spec */
export async function runJob(
  job: Job,
  core: CoreModule,
  hooks: Hooks = {},
  explored?: CoreModule,
): Promise<Outcome> {
  const started = performance.now()
  const model = modelOf(job, explored)
  const refinement = new Refinement(core, model, hooks.onAsk, job.switches)
  const isFast = job.engine === 'fast'
  const search = await (isFast
    ? searchProduct(job, core, explored === undefined ? model : lazyCoreModel(explored, modelOf(job)), hooks)
    : searchPlainly(job, refinement, hooks))
  const { exploration, stepsCompared, statesCompared } = search
  const found = foundBy(search) ?? (isFast ? foundBy(await searchSample(job, refinement, hooks)) : undefined)
  const isStopped = exploration.stop?.by === 'signal'
  // A walk longer than there are steps in the whole space would only go round in it.
  const { count, length, seed } = job.walks
  const walks = {
    count,
    length: exploration.complete ? Math.min(length, exploration.transitions) : length,
    seed,
  }
  const walked =
    found !== undefined || isStopped ? noWalks : walkAll(refinement, walks, explored === undefined)
  return {
    check: job.check,
    states: exploration.states,
    transitions: exploration.transitions,
    diameter: exploration.diameter,
    depthComplete: exploration.depthComplete,
    complete: exploration.complete,
    stop: exploration.stop,
    stepsCompared,
    statesCompared,
    ...walked.counts,
    unfired: [...exploration.firings].filter(([, n]) => n === 0).map(([rule]) => rule),
    seconds: (performance.now() - started) / 1000,
    found: found ?? walked.found,
  }
}

interface Search {
  readonly exploration: Exploration<ImmutableState>
  readonly stepsCompared: number
  readonly statesCompared: number
  located(property: string, trace: Trace<ImmutableState>): Located
}

/** Is told of a divergence, and ends a search by it. */
function controlled(hooks: Hooks): AbortController {
  const controller = new AbortController()
  hooks.signal?.addEventListener('abort', () => controller.abort(hooks.signal?.reason))
  return controller
}

async function searchPlainly(job: Job, refinement: Refinement, hooks: Hooks): Promise<Search> {
  const controller = controlled(hooks)
  const properties = refinement
    .properties(() => controller.abort(divergence))
    .filter(({ name }) => job.properties.includes(name))
  const exploration = await explore(refinement.model, properties, {
    ...job.limits,
    onProgress: hooks.onProgress,
    signal: controller.signal,
  })
  return {
    exploration,
    stepsCompared: refinement.steps,
    statesCompared: refinement.states,
    located: (_, trace) => located(refinement.model, trace),
  }
}

/** What the search has found, by the shortest trace. */
function foundBy({ exploration, located }: Search): Found | undefined {
  const violated = exploration.verdicts.flatMap(verdict => (verdict.verdict === 'violated' ? [verdict] : []))
  const [first] = violated.toSorted((a, b) => a.trace.actions.length - b.trace.actions.length)
  return first && { property: first.property.name, trace: located(first.property.name, first.trace) }
}

/** So many of the first states are compared in the simple engine too: there the core is restored from a document. */
const sampled = 200

const searchSample = (job: Job, refinement: Refinement, hooks: Hooks): Promise<Search> =>
  searchPlainly(
    { ...job, limits: { ...job.limits, maxStates: Math.min(sampled, job.limits.maxStates ?? sampled) } },
    refinement,
    hooks,
  )

/** The same in one model; every step that it takes was compared, by itself or by another that looks the same. */
async function searchProduct(job: Job, core: CoreModule, model: KernelModel, hooks: Hooks): Promise<Search> {
  const controller = controlled(hooks)
  const options = { onAsk: hooks.onAsk, switches: job.switches, properties: job.properties }
  const product = productModel(core, model, options)
  const properties = productProperties(options, () => controller.abort(divergence))
  const exploration = await exploreFast(product, properties, {
    ...job.limits,
    onProgress: hooks.onProgress,
    signal: controller.signal,
  })
  const { states, transitions } = exploration
  return {
    exploration,
    stepsCompared: transitions,
    statesCompared: states,
    // A step that only one of them may take leads to where that is said; the state before it is the one to show.
    located: (property, { initial, actions }) =>
      located(product, { initial, actions: property === enablesName ? actions.slice(0, -1) : actions }),
  }
}

const noWalks = { counts: { walks: 0, walkSteps: 0, saves: 0 }, found: undefined }

function walkAll(
  refinement: Refinement,
  { count, length, seed }: Job['walks'],
  refusals: boolean,
): {
  readonly counts: { readonly walks: number; readonly walkSteps: number; readonly saves: number }
  readonly found: Found | undefined
} {
  let [walks, walkSteps, saves] = [0, 0, 0]
  while (walks < count) {
    const {
      steps,
      saves: times,
      divergence: it,
    } = walk(refinement, {
      seed: seed + walks,
      length,
      saveEvery: 16,
      refusals,
    })
    walks++
    walkSteps += steps
    saves += times
    if (it === undefined) continue
    const property = ['enabled', 'refusal'].includes(it.what.kind) ? enablesName : refinesName
    return { counts: { walks, walkSteps, saves }, found: { property, trace: it.trace, walk: walks } }
  }
  return { counts: { walks, walkSteps, saves }, found: undefined }
}

/** The step or state of the search that was asked about with this number, found again without asking any core. */
export async function questionAt(
  job: Job,
  question: number,
  explored?: CoreModule,
): Promise<Found | undefined> {
  const model = modelOf(job, explored)
  const controller = new AbortController()
  let asked = 0
  const isOther = (): boolean => {
    asked++
    if (asked === question) controller.abort(divergence)
    return asked !== question
  }
  const properties: readonly Property<ImmutableState>[] = [
    { kind: 'invariant' as const, name: enablesName, says: '', holds: isOther },
    { kind: 'step' as const, name: refinesName, says: '', holds: isOther },
  ].filter(({ name }) => job.properties.includes(name))
  const { verdicts } = await explore(model, properties, { ...job.limits, signal: controller.signal })
  for (const verdict of verdicts)
    if (verdict.verdict === 'violated')
      return { property: verdict.property.name, trace: located(model, verdict.trace) }
  return undefined
}

const located = (model: KernelModel, { initial, actions }: Trace<ImmutableState>): Located => ({
  initial: model.initial.findIndex(({ name }) => name === initial.name),
  actions: actions.map(({ rule, choice }) => {
    const ruleAt = model.rules.findIndex(({ name }) => name === rule.name)
    return [ruleAt, model.rules[ruleAt]?.choices.indexOf(choice) ?? -1] as const
  }),
})

/** The trace that a location in the model stands for. */
export function traceAt(model: KernelModel, { initial, actions }: Located): Trace<ImmutableState> {
  const from = model.initial[initial]
  if (from === undefined) throw new RangeError(`the model has no initial state ${initial}`)
  return {
    initial: from,
    actions: actions.map(([ruleAt, choiceAt]) => {
      const rule = model.rules[ruleAt]
      if (rule === undefined) throw new RangeError(`the model has no rule ${ruleAt}`)
      return { rule, choice: rule.choices[choiceAt] }
    }),
  }
}
