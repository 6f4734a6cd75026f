/**
 * Plays scenarios on a kernel: a few puppets at once, every scenario twice.
 */

import type { Profile } from '../spec/profile.js'
import { compile, type Quiet } from './compile.js'
import type { Kernel, Run } from './log.js'
import { Oracle, slotsFor } from './oracle/oracle.js'
import { impossibleHere, type Outcome, outcomeOf, outcomeOfEnd } from './outcome.js'
import { Puppet, PuppetError, type Target } from './puppet.js'
import type { Scenario } from './scenario.js'

export type PlayOptions = {
  readonly target: Target
  readonly profile: Profile
  /** The program of the puppet. */
  readonly path: string
  /** Puppets at once. */
  readonly workers: number
  readonly signal: AbortSignal
  /** Told of each outcome as it comes. */
  readonly onOutcome: (outcome: Outcome) => void
}

/** A sandbox that was used so often is replaced: what it may have piled up goes with it. */
const playsBeforeRenewal = { linux: 2_000, gvisor: 60 }

/** The quiet with which a difference is tried again: on gVisor only time tells a hang from a slow answer. */
const patience: Readonly<Record<Target, Quiet>> = {
  linux: { short: 10, long: 50 },
  gvisor: { short: 100, long: 1_000 },
}
const usual: Readonly<Record<Target, Quiet>> = {
  linux: { short: 0.6, long: 2.5 },
  gvisor: { short: 20, long: 20 },
}

/** Starts a puppet to learn what this machine can do, or why it cannot. */
export async function kernelOf(
  target: Target,
  path: string,
): Promise<Kernel | { readonly impossible: string }> {
  const puppet = new Puppet(target, path)
  try {
    return await puppet.kernel
  } catch (error) {
    if (error instanceof PuppetError) return { impossible: error.message }
    throw error
  } finally {
    puppet.stop()
  }
}

/** Plays all of them, in about this order. Ends early, without a word, when `signal` is aborted. */
export async function play(
  scenarios: Iterable<Scenario>,
  kernel: Kernel,
  options: PlayOptions,
): Promise<void> {
  const queue = scenarios[Symbol.iterator]()
  const oracles = new Oracles(options.profile)
  const work = async () => {
    const player = new Player(kernel, options, oracles)
    try {
      while (!options.signal.aborted) {
        const next = queue.next()
        if (next.done === true) return
        options.onOutcome(await player.outcome(next.value))
      }
    } finally {
      player.stop()
    }
  }
  await Promise.all(Array.from({ length: options.workers }, work))
}

/** One oracle for each size of scenario. */
export class Oracles {
  private readonly bySlots = new Map<number, Oracle>()

  constructor(private readonly profile: Profile) {}

  for(scenario: Scenario): Oracle {
    const slots = slotsFor(scenario)
    const oracle = this.bySlots.get(slots) ?? new Oracle(this.profile, slots)
    this.bySlots.set(slots, oracle)
    return oracle
  }
}

/** One puppet after another. To be stopped when it is of no more use. */
export class Player {
  private puppet: Puppet | undefined
  private plays = 0

  constructor(
    private readonly kernel: Kernel,
    private readonly options: Pick<PlayOptions, 'target' | 'path'>,
    private readonly oracles: Oracles,
  ) {}

  async outcome(scenario: Scenario): Promise<Outcome> {
    const why = impossibleHere(scenario, this.kernel)
    if (why !== undefined) return { id: scenario.id, scenario, verdict: 'not possible', why }
    const { target } = this.options
    // A sandbox that ends takes its time, and nothing would be learnt.
    const end = target === 'gvisor' ? this.oracles.for(scenario).endOfKernel(scenario) : undefined
    if (end !== undefined) return { id: scenario.id, scenario, verdict: 'not modelled', why: end }
    try {
      const first = await this.run(scenario, usual[target])
      const second = await this.run(scenario, usual[target])
      return await outcomeOf(scenario, [first, second], this.oracles.for(scenario), target, () =>
        this.run(scenario, patience[target]),
      )
    } catch (error) {
      this.stop()
      if (error instanceof PuppetError) return await this.silent(scenario, error)
      throw error
    }
  }

  /** Of a kernel that nothing more was heard of: is it so again, after the same steps? */
  private async silent(scenario: Scenario, first: PuppetError): Promise<Outcome> {
    const unstable = (why: string): Outcome => ({ id: scenario.id, scenario, verdict: 'unstable', why })
    try {
      await this.run(scenario, usual[this.options.target])
      return unstable(`${first.message}; and not when played again`)
    } catch (error) {
      this.stop()
      if (!(error instanceof PuppetError)) throw error
      const [before, after] = [first.unfinished, error.unfinished]
      if (before === undefined || after === undefined || before.states.size !== after.states.size)
        return unstable(`${first.message}; then ${error.message}`)
      return outcomeOfEnd(scenario, after, error.message, this.oracles.for(scenario))
    }
  }

  stop(): void {
    this.puppet?.stop()
    this.puppet = undefined
  }

  private run(scenario: Scenario, quiet: Quiet): Promise<Run> {
    const { target, path } = this.options
    if (++this.plays % playsBeforeRenewal[target] === 0) this.stop()
    this.puppet ??= new Puppet(target, path)
    return this.puppet.play(compile(scenario, scenario.id, quiet))
  }
}
