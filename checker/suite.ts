/**
 * What a project hands to the command line: its checks, profiles, features and mutants.
 *
 * The command line knows no kernel; everything it can be asked comes from here.
 */
import type { Observer } from './compare/observed.js'
import type { Cover, Model, Property } from './model.js'
import type { Behaviour } from './report/trace.js'

/** What a user may choose about the model of a check. */
export interface BuildOptions {
  readonly profile: string
  /** Every initial configuration of at most this many tasks, instead of the check's own. */
  readonly tasks?: number | undefined
  /** Only these features of the check. */
  readonly features?: readonly string[] | undefined
  /** Only these named initial configurations. */
  readonly topologies?: readonly string[] | undefined
  /** A deliberate fault in one rule. */
  readonly mutant?: string | undefined
}

/** One question: a model, its bounds and its properties. */
export interface CheckDefinition<S> {
  readonly name: string
  /** What is asked, in one sentence. */
  readonly says: string
  readonly features: readonly string[]
  /** Names of the initial configurations the check starts from. */
  readonly topologies: readonly string[]
  /** Set where the whole space is too large to close: the depth searched when none is asked for, and why. */
  readonly bound?: { readonly depth: number; readonly reason: string } | undefined
  readonly properties: readonly Property<S>[]
  /** Judged with `--coverage` alone: what some check of the suite should reach, but this one need not. */
  readonly coverage?: readonly Cover<S>[] | undefined
  /** Throws `UsageError` (errors.ts) for options that this check cannot have. */
  build(options: BuildOptions): Model<S>
  /** The same model, and which of the things that profiles differ in (`variants`) its rules have asked for so far. */
  watch?(options: BuildOptions): { readonly model: Model<S>; readonly asked: ReadonlySet<string> }
  /** Smaller initial configurations to try a trace of this one in, the smallest first. */
  smaller?(options: BuildOptions, topology: string): Iterable<SmallerConfiguration>
}

/** Another initial configuration, and what the choices of a trace become there. */
export interface SmallerConfiguration {
  /** Several of the same size may share one, which has them all; they are built and searched together. */
  readonly build: BuildOptions
  readonly topology: string
  /** Undefined: the choice is about something that is not there. */
  rename(choice: unknown): unknown
}

/** A named thing that a user can choose, with the sentence that describes it. */
export interface Named {
  readonly name: string
  readonly says: string
}

/** One thing that two profiles differ in. */
export interface Variant extends Named {
  /** The name of the profile that is the first, with that one thing as in the second. */
  readonly profile: string
}

export interface MutantDescription extends Named {
  /** The rule with the fault. */
  readonly rule: string
  /** The check that catches it, to what depth, and by which properties. */
  readonly check: string
  readonly depth: number
  readonly breaks: readonly string[]
}

/** A program that claims to do what the model does. */
export interface Implementation<S> extends Named {
  /** Makes it ready to be asked; throws `UsageError` where that cannot be. */
  load(): Promise<LoadedImplementation<S>>
  /** Names of the properties that it has once it is loaded. */
  readonly comparisons: readonly string[]
}

export interface LoadedImplementation<S> {
  /** What holds where it does what the model does. */
  properties(model: Model<S>): readonly Property<S>[]
  /** Where it differs from the model at the end of the behaviour; empty if it does not. */
  differences(behaviour: Behaviour<S>): readonly Difference[]
}

/** One thing that the model and an implementation of it answer differently. */
export interface Difference {
  readonly place: string
  readonly model: string
  readonly implementation: string
}

export interface Suite<S> {
  readonly checks: readonly CheckDefinition<S>[]
  /** Checks that are not listed and that a trace may be of all the same: what an implementation is asked besides. */
  readonly furtherChecks?: readonly CheckDefinition<S>[] | undefined
  readonly profiles: readonly Named[]
  readonly defaultProfile: string
  /** What lies between two profiles: each thing that they differ in. */
  readonly variants?: ((first: string, second: string) => readonly Variant[]) | undefined
  /** A profile of that kind by its name. */
  readonly variantNamed?: ((name: string) => Named | undefined) | undefined
  /** What can be seen of a state or step from outside; without it, all external steps and all events. */
  readonly observer?: Observer<S> | undefined
  readonly features: readonly Named[]
  readonly topologies: readonly Named[]
  readonly mutants: readonly MutantDescription[]
  /**
   * A module, and the function it exports that builds the checks of this suite anew on other threads (cli/rebuild.ts),
   * with what it has to know for that: plain data.
   */
  readonly source?: { readonly module: string; readonly export: string; readonly of?: string } | undefined
  /** Programs that a trace can be replayed on, beside the model. */
  readonly implementations?: readonly Implementation<S>[]
  /** Folder of the known counterexamples, absolute. */
  readonly counterexamples: string
  /** The module that the checks were loaded from, as the user may type it; undefined for the project's own. */
  readonly modelFile?: string | undefined
  /** To be waited for before results are told: rejects where something has failed that a module of the user's has begun. */
  settled?(): Promise<void>
}
