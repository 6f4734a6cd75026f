/**
 * The steps and states that mutants are judged by: all of them, within a depth, of every check.
 *
 * Recorded once, so that a mutant costs the core's part of the comparison only; in an order in which steps of every
 * kind come early, so that most mutants are caught at once.
 */
import { explore } from '../../../checker/explore/explore.js'
import type { Step } from '../../../checker/model.js'
import type { ImmutableState } from '../../../spec/immutable-state.js'
import type { KernelModel } from '../../model.js'
import { type Job, modelOf, runJob } from '../job.js'
import { randomFrom } from '../random.js'
import { enablesName, Refinement, refinesName } from '../refinement.js'
import { walk } from '../walk.js'
import type { CoreModule } from '../world.js'

interface Item {
  /** The functions of the core that run in it. */
  runs?: ReadonlySet<string>
  readonly model: KernelModel
  readonly step?: Step<ImmutableState>
  readonly state?: ImmutableState
}

export class Corpus {
  private constructor(
    private readonly models: readonly KernelModel[],
    private readonly items: readonly Item[],
  ) {}

  get size(): number {
    return this.items.length
  }

  static async record(jobs: readonly Pick<Job, 'check' | 'build'>[], depth: number): Promise<Corpus> {
    const items: Item[] = []
    const models = jobs.map(job => modelOf(job))
    for (const model of models)
      await explore(
        model,
        [
          { kind: 'invariant', name: 'states', says: '', holds: state => items.push({ model, state }) > 0 },
          { kind: 'step', name: 'steps', says: '', holds: step => items.push({ model, step }) > 0 },
        ],
        { depth },
      )
    return new Corpus(models, shuffled(items))
  }

  /** Notes which functions of the core run in each step: those without the fault need not be taken. */
  probe(core: CoreModule): void {
    const host = globalThis as { probe?: ((at: string) => void) | undefined }
    const known = new Map<string, ReadonlySet<string>>()
    const refinements = new Map(this.models.map(model => [model, new Refinement(core, model)]))
    for (const item of this.items) {
      const runs = new Set<string>()
      host.probe = at => runs.add(at)
      const refinement = refinements.get(item.model) as Refinement
      if (item.step !== undefined) refinement.step(item.step)
      else if (item.state !== undefined) refinement.enabled(item.state)
      // Few of these sets differ.
      const key = [...runs].sort().join()
      item.runs = known.get(key) ?? runs
      known.set(key, item.runs)
    }
    host.probe = undefined
  }

  /**
   * Does the core do anything else than the spec? In what way, if so.
   *
   * @param inside the function that the fault is in
   */
  catches(core: CoreModule, fuel: Fuel, inside?: string): string | undefined {
    const refinements = new Map(this.models.map(model => [model, new Refinement(core, model, fuel.refill)]))
    for (const { model, step, state, runs } of this.items) {
      if (inside !== undefined && runs?.has(inside) === false) continue
      const refinement = refinements.get(model) as Refinement
      const found = step !== undefined ? refinement.step(step) : state && refinement.enabled(state)
      if (found !== undefined) return found.kind
    }
    for (const refinement of refinements.values())
      for (let seed = 1; seed <= 3; seed++) {
        const { divergence } = walk(refinement, { seed, length: 100, saveEvery: 8 })
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
      limits: {},
      properties: [enablesName, refinesName],
      walks: { count: 0, length: 0, seed: 0 },
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

/** Fisher and Yates. */
function shuffled<T>(items: T[]): readonly T[] {
  const random = randomFrom(1)
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1)
    ;[items[i], items[j]] = [items[j] as T, items[i] as T]
  }
  return items
}
