/**
 * The questions that mutants are judged by, and in which order.
 *
 * First one of each kind, which is one way through the core, then a second one of each, and so on: most mutants are
 * caught by the first few.
 */
import type { Rule } from '../../../checker/model.js'
import type { ImmutableState } from '../../../spec/immutable-state.js'
import type { KernelModel } from '../../model.js'
import { checkNamed } from '../further.js'
import { type Job, runJob } from '../job.js'
import { flagOf, productModel } from '../product.js'
import { Refinement } from '../refinement.js'
import { walk } from '../walk.js'
import type { CoreModule } from '../world.js'
import {
  comparisons,
  Probes,
  type Question,
  questionsOf,
  type RecordedWalk,
  type RecordOptions,
  walksOf,
} from './recording.js'

export class Corpus {
  private constructor(
    private readonly questions: readonly Question[],
    private readonly walks: readonly RecordedWalk[],
    /** What spec and core answer differently, although there is no fault. */
    readonly differs: string | undefined,
  ) {}

  get size(): number {
    return this.questions.length
  }

  /** @param probed the core without a fault, that tells what of it runs */
  static record(
    jobs: readonly (Pick<Job, 'check' | 'build'> & { readonly bound?: number | undefined })[],
    probed: CoreModule,
    options: RecordOptions,
    onRecorded: (check: string, questions: number) => void = () => undefined,
  ): Corpus {
    const probes = new Probes()
    const questions: Question[] = []
    const walks: RecordedWalk[] = []
    let differs: string | undefined
    for (const job of jobs) {
      const recorded = questionsOf(probed, job, { ...options, depth: options.depth ?? job.bound }, probes)
      for (const question of recorded.questions) questions.push(question)
      differs ??= recorded.differs
      const model = recorded.questions[0]?.model
      if (model !== undefined) walks.push(...walksOf(probed, model, probes))
      onRecorded(job.check, questions.length)
    }
    return new Corpus(inTurn(questions), walks, differs)
  }

  /** Does anything that is asked run what this probe tells of? */
  reaches(probe: string | undefined): boolean {
    if (probe === undefined) return true
    return (
      this.questions.some(({ runs }) => runs.has(probe)) || this.walks.some(({ runs }) => runs.has(probe))
    )
  }

  /**
   * Does the core do anything else than the spec? In what way, if so.
   *
   * @param inside the probe that tells of the fault
   * @param most so many questions are asked at most
   * @param mostWalks so many walks are walked at most
   */
  catches(
    core: CoreModule,
    fuel: Fuel,
    inside?: string,
    most = Number.POSITIVE_INFINITY,
    mostWalks = 3,
  ): string | undefined {
    const rules = new Map<KernelModel, readonly Rule<ImmutableState>[]>()
    let asked = 0
    for (const { model, rule: at, choice, state, runs } of this.questions) {
      if (inside !== undefined && !runs.has(inside)) continue
      if (asked++ >= most) break
      const known =
        rules.get(model) ?? productModel(core, model, { properties: comparisons, onAsk: fuel.refill }).rules
      rules.set(model, known)
      const rule = known[at] as Rule<ImmutableState>
      if (!rule.guard(state, choice)) continue
      const flag = flagOf(rule.effect(state, choice))
      if (flag !== '') return `${rule.name}: ${flag}`
    }
    const reaching = this.walks.filter(({ runs }) => inside === undefined || runs.has(inside))
    for (const { model, options } of reaching.slice(0, mostWalks)) {
      const { divergence } = walk(new Refinement(core, model, fuel.refill), options)
      if (divergence !== undefined) return `walk: ${divergence.what.kind}`
    }
    return undefined
  }
}

/** Does the core do anything else than the spec in this check, as `pnpm verify` searches it? By which comparison. */
export async function caughtInCheck(
  core: CoreModule,
  of: Pick<Job, 'check' | 'build'>,
  fuel: Fuel,
): Promise<string | undefined> {
  const { found } = await runJob(
    {
      ...of,
      engine: 'fast',
      limits: { depth: checkNamed(of.check)?.bound?.depth },
      properties: comparisons,
      walks: { count: 10, length: 300, seed: 1 },
    },
    core,
    { onAsk: fuel.refill },
  )
  return found && `in the whole check ${of.check}: ${found.property}`
}

/** What a core may burn between two questions: a loop that burns more does not end. */
export class Fuel {
  #left = 0

  /** Makes it the fuel of the loops of mutants. */
  install(): void {
    ;(globalThis as { burn?: () => void }).burn = () => {
      if (this.#left-- <= 0) throw new Error('the loop does not end')
    }
  }

  readonly refill = (): void => {
    this.#left = 20_000
  }
}

/** The first of each kind, then the second of each, and so on. */
function inTurn(questions: readonly Question[]): readonly Question[] {
  const before = new Map<unknown, Map<number, number>>()
  const turns = questions.map(({ runs, rule }) => {
    const ofRuns = before.get(runs) ?? new Map<number, number>()
    const turn = ofRuns.get(rule) ?? 0
    before.set(runs, ofRuns.set(rule, turn + 1))
    return turn
  })
  return [...questions.keys()]
    .sort((a, b) => (turns[a] as number) - (turns[b] as number))
    .map(at => questions[at] as Question)
}
