/**
 * What the fast engine asks of spec and core when it searches a check: one question for each reading of theirs.
 *
 * Recorded once with a core that tells what of it runs, so that a mutant is asked no more than what its fault has a part
 * in; the same questions stand for all states of the search, since a core without the fault reads nothing else.
 */
import { FastSearch } from '../../../checker/engine/search.js'
import { Evidence } from '../../../checker/explore/evidence.js'
import type { ImmutableState } from '../../../spec/immutable-state.js'
import type { KernelModel } from '../../model.js'
import { type Job, modelOf } from '../job.js'
import { flagOf, productModel } from '../product.js'
import { enablesName, Refinement, refinesName } from '../refinement.js'
import { type WalkOptions, walk } from '../walk.js'
import type { CoreModule } from '../world.js'

/** The probes that are passed on the way to an answer. */
export type Runs = ReadonlySet<string>

/** May the rule be taken with this choice, and where does it lead? */
export interface Question {
  readonly model: KernelModel
  readonly rule: number
  readonly choice: unknown
  /** Of the product of spec and core. */
  readonly state: ImmutableState
  readonly runs: Runs
}

export interface RecordedWalk {
  readonly model: KernelModel
  readonly options: WalkOptions
  readonly runs: Runs
}

export interface RecordOptions {
  readonly depth?: number | undefined
  readonly maxStates: number
}

export const comparisons = [enablesName, refinesName]

/** Notes which probes are passed. */
export class Probes {
  readonly #host = globalThis as { probe?: ((at: string) => void) | undefined }
  readonly #known = new Map<string, Runs>()
  #runs = new Set<string>()

  begin(): void {
    this.#runs = new Set()
    this.#host.probe = at => this.#runs.add(at)
  }

  /** Few of these sets differ; equal ones are one. */
  end(): Runs {
    this.#host.probe = undefined
    const key = [...this.#runs].sort().join()
    const known = this.#known.get(key) ?? this.#runs
    this.#known.set(key, known)
    return known
  }
}

export interface Recorded {
  readonly questions: readonly Question[]
  /** What spec and core answer differently, although there is no fault: nothing can be judged by that. */
  readonly differs: string | undefined
}

export function questionsOf(
  probed: CoreModule,
  job: Pick<Job, 'check' | 'build'>,
  { depth = Number.POSITIVE_INFINITY, maxStates }: RecordOptions,
  probes: Probes,
): Recorded {
  const model = modelOf(job)
  const product = productModel(probed, model, { properties: comparisons })
  const questions: Question[] = []
  let differs: string | undefined
  let open: Omit<Question, 'runs'> | undefined
  const close = () => {
    if (open !== undefined) questions.push({ ...open, runs: probes.end() })
    open = undefined
  }
  const listening: KernelModel = {
    ...product,
    rules: product.rules.map((rule, at) => ({
      ...rule,
      guard(state, choice) {
        close()
        const { space } = search
        // The state itself, and not what tells the engine that it is read.
        open = { model, rule: at, choice, state: space.plainState(space.tracker.vector) }
        probes.begin()
        return rule.guard(state, choice)
      },
      effect(state, choice) {
        const after = rule.effect(state, choice)
        const flag = flagOf(after)
        if (flag !== '') differs ??= `${rule.name}: ${flag}`
        return after
      },
    })),
  }
  const search = new FastSearch(listening, [], new Evidence<ImmutableState>([]))
  while (search.frontier > 0 && search.depth < depth && search.expand(maxStates));
  close()
  return { questions, differs }
}

/** Walks of the model, which save and restore the core on the way. */
export function walksOf(probed: CoreModule, model: KernelModel, probes: Probes): readonly RecordedWalk[] {
  return [1, 2, 3].map(seed => {
    const options = { seed, length: 100, saveEvery: 8, refusals: true }
    probes.begin()
    walk(new Refinement(probed, model), options)
    return { model, options, runs: probes.end() }
  })
}
