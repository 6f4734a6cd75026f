/**
 * What the checker needs to know of a model, and nothing more.
 *
 * Here: the interfaces that a model fits by shape: states made of cells, rules with guard and effect,
 * and the properties that are asked of them.
 * Not here: how states are searched (explore/), how results are shown (report/), which questions
 * exist (suite.ts).
 */

/** Something that the outside sees of a step: a call that returns, a signal that is sent. Plain JSON data. */
export type StepEvent = Readonly<Record<string, unknown> & { kind: string }>

/**
 * A rule: a named guard and effect, tried with every choice.
 *
 * Guard and effect are pure: they read the state that they are given and nothing else.
 */
export interface Rule<S, C = unknown> {
  readonly name: string
  /** The feature it belongs to; a check chooses its features. */
  readonly feature: string
  /** Who takes the step: a program or another process (`external`), or the system on its own (`internal`). */
  readonly kind: 'external' | 'internal'
  /** Where the rule comes from: a function of the source, a paper, a man page. */
  readonly source: string
  /** Every choice the rule can be tried with. Plain JSON data; equal choices are written alike. */
  readonly choices: readonly C[]
  /** May the rule fire? Reads only. */
  guard(state: S, choice: C): boolean
  /** The state after it fired. Called only where the guard holds. */
  effect(state: S, choice: C): S
}

/** A state to start from, with the name of the configuration it stands for (a topology, a parameter set). */
export interface Initial<S> {
  readonly name: string
  readonly says: string
  readonly state: S
}

/**
 * A model: initial states, rules, and how a state is made of cells.
 *
 * A state is a fixed vector of cells, each an immutable value compared by value (a primitive, a record or
 * collection of `immutable`, or a frozen array of these). Two states are equal when their cells are.
 */
export interface Model<S> {
  readonly name: string
  readonly initial: readonly Initial<S>[]
  readonly rules: readonly Rule<S>[]
  /** The cells of a state, in an order that is the same for every state of the model. */
  cells(state: S): readonly unknown[]
  /** The state that has these cells (and no events). `cells(restore(c))` equals `c`. */
  restore(cells: readonly unknown[]): S
  /** What the outside saw of the step that led to this state; empty for a restored or initial one. */
  events(state: S): readonly StepEvent[]
  /** A name for each cell, for people: `shell`, `group of shell`. */
  cellNames(initial: Initial<S>): readonly string[]
  /** `runExitNotify(leader)`: the rule with its choice, in the names of this initial state. */
  label(rule: Rule<S>, choice: unknown, initial: Initial<S>): string
  /** An event in one line, in the names of this initial state. Without it, people read its kind and its fields. */
  describeEvent?(event: StepEvent, initial: Initial<S>): string
  /**
   * What people read for the value of a field of a cell: `shell` for the number of a task. For what it leaves
   * undefined, and without it, the value is shown as it is. `field` is empty for a cell that is no record.
   */
  describeField?(cell: unknown, field: string, value: unknown, initial: Initial<S>): string | undefined
  /** What a property says of a state or step (`explain`), in the names of this initial state. */
  describeReason?(reason: string, initial: Initial<S>): string
  /** Whose lane a step is drawn in (the name of the acting task), if it has one. */
  lane?(rule: Rule<S>, choice: unknown, initial: Initial<S>): string | undefined
  /** Is it legitimate that nothing can happen in this state? Without this, every state without successor is a deadlock. */
  isEnd?(state: S): boolean
}

/** One step of a behaviour. */
export interface Step<S> {
  readonly before: S
  readonly rule: Rule<S>
  readonly choice: unknown
  /** A state like any other: what the step has emitted is to be found in `events`. */
  readonly after: S
  readonly events: readonly StepEvent[]
}

/**
 * A property thing by thing: of each task, say.
 *
 * Optional, for speed: an engine that remembers judgements by what was read for them remembers more if it may ask of
 * one thing alone.
 */
export interface Each<S, Where> {
  /** How many things there are: as many in every state of the model. */
  count(state: S): number
  /** Is it so of this thing, counted from 0? */
  isSo(where: Where, thing: number): boolean
}

/** True in every reachable state. */
export interface Invariant<S> {
  readonly kind: 'invariant'
  readonly name: string
  /** The English sentence that the code says. */
  readonly says: string
  holds(state: S): boolean
  /** If given, `holds` says that it is so of each thing. */
  readonly each?: Each<S, S> | undefined
  /** For a state that breaks it: which clause is false, for whom. */
  explain?(state: S): string
  /** The name of the cover that shows that its premise is reached. */
  readonly cover?: string
}

/** True of every step between reachable states. */
export interface StepProperty<S> {
  readonly kind: 'step'
  readonly name: string
  readonly says: string
  holds(step: Step<S>): boolean
  /** If given, `holds` says that it is so of each thing. */
  readonly each?: Each<S, Step<S>> | undefined
  explain?(step: Step<S>): string
  readonly cover?: string
}

/** Reached at least once: by a state, or by a step. */
export interface Cover<S> {
  readonly kind: 'cover'
  readonly name: string
  readonly says: string
  reached?(state: S): boolean
  reachedBy?(step: Step<S>): boolean
  /** If given, `reached` says that it is so of some thing; and likewise `reachedBy`. */
  readonly some?: Each<S, S> | undefined
  readonly someBy?: Each<S, Step<S>> | undefined
}

export type Property<S> = Invariant<S> | StepProperty<S> | Cover<S>
