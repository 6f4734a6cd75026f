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

/** Positions of cells. */
export interface Touched {
  readonly reads: readonly number[]
  readonly writes: readonly number[]
}

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
  /** All cells that guard and effect read and write with this choice, in whatever state; for partial-order reduction. */
  touches?(choice: C): Touched
  /** Given with `touches`: the cells that the guard has read of this state. As long as none of them changes, it answers the same. */
  readsOfGuard?(state: S, choice: C): readonly number[]
}

/** A state to start from, with the name of the configuration it stands for (a topology, a parameter set). */
export interface Initial<S> {
  readonly name: string
  readonly says: string
  readonly state: S
}

/** Thing i is called `permutation[i]` from now on. */
export type Permutation = readonly number[]

/**
 * Things of a model that may be exchanged for one another: with every behaviour, its copy with the things renamed is a
 * behaviour as well, and of both the properties say the same. Things are numbered 0, 1, …
 *
 * The declaration is not believed: searches compare states with their renamed copies as they go, and go on without where
 * the two differ.
 */
export interface Symmetry {
  /** For people: `orders, stock and billing`. */
  readonly says: string
  /** How many things there are. */
  readonly things: number
  /**
   * Disjoint sets of things, each of which may be renamed at will; or every renaming there is, the identity included
   * and closed under composition.
   */
  readonly group: { readonly sets: readonly (readonly number[])[] } | { readonly all: readonly Permutation[] }
  /**
   * By cell: whose it is. A renaming moves the cells of a family, one for each thing of a set; a cell that is nobody's
   * stays where it is.
   */
  readonly owners: readonly ({ readonly family: number; readonly thing: number } | undefined)[]
  /** The value of a cell, with the things in it renamed. */
  rename(value: unknown, to: Permutation, cell: number): unknown
  /**
   * What the value says of one thing, whatever the things are called: as text. Of equal values and things alike it is the
   * same. Asked where the group is given by sets.
   */
  about?(value: unknown, thing: number, cell: number): string
  /**
   * For people, where these states are not symmetric: in which cells something stands that looks like a thing and is not
   * renamed, and what to do.
   */
  overlooked?(states: readonly (readonly unknown[])[]): string | undefined
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
  /**
   * The states that are searched: the CONSTRAINT of TLC. A state outside is judged by the properties, and neither
   * counted nor expanded; the edge to it is counted. Without this, every state is searched.
   */
  constraint?(state: S): boolean
  /** What may be exchanged for one another; for searches that are asked to use it. */
  readonly symmetry?: Symmetry | undefined
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
  /** All cells that it reads, in whatever state; for partial-order reduction. Without it, any. */
  readonly reads?: readonly number[] | undefined
  /** For a state that breaks it: which clause is false, for whom. */
  explain?(state: S): string
  /** For a state that breaks it: the name of the clause that is false, the same for everybody it is false for. */
  clause?(state: S): string | undefined
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
  clause?(step: Step<S>): string | undefined
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

/**
 * Possibility, AG EF: from every reachable state in which `when` holds of a thing, a state can be reached in which
 * `can` holds of it. It says what may happen, and of no behaviour that it does.
 *
 * That something is possible at all, from some initial state, is a cover.
 */
export interface Possibility<S, X = unknown> {
  readonly kind: 'possibility'
  readonly name: string
  readonly says: string
  /** The things it is asked of one by one, from an initial state; without it, of the state as a whole, once. */
  each?(initial: S): readonly X[]
  /** Without it, in every state. */
  when?(state: S, x: X): boolean
  can(state: S, x: X): boolean
  /** The thing, for people. */
  describe?(state: S, x: X): string
  readonly cover?: string
}

/**
 * A fairness condition: what must not be left out for ever, of the steps that change something.
 *
 * Weak: what is enabled from some point on without a break is taken. Strong: what is enabled again and again is taken.
 */
export interface Fairness<S> {
  /** Whose, for people: `the kernel runs child`. */
  readonly name: string
  readonly strength: 'weak' | 'strong'
  /** The actions that serve it. Any of them does. */
  includes(rule: Rule<S>, choice: unknown): boolean
  /** Of these, only in the states where this holds. */
  when?(before: S, choice: unknown): boolean
}

/** Rule and choice between two states; its events are not told apart. */
export type Transition<S> = Pick<Step<S>, 'before' | 'rule' | 'choice' | 'after'>

/** What a liveness property says of every fair behaviour. */
export type LivenessFormula<S, X = unknown> =
  /** Some state of it is so. */
  | { readonly kind: 'eventually'; holds(state: S, x: X): boolean }
  /** Infinitely many states of it are so. */
  | { readonly kind: 'always eventually'; holds(state: S, x: X): boolean }
  /** All states of it from some point on are so. */
  | { readonly kind: 'eventually always'; holds(state: S, x: X): boolean }
  /** Every state in which `when` holds is, or is followed by, one in which `holds` does. */
  | { readonly kind: 'leads to'; when(state: S, x: X): boolean; holds(state: S, x: X): boolean }

/** Only behaviours of which this is true are asked. */
export type Assumption<S> = { readonly says: string } & (
  | { readonly kind: 'always' | 'always eventually' | 'eventually always'; holds(state: S): boolean }
  /** From some point on, no such step that changes something is taken. */
  | { readonly kind: 'eventually never'; taken(step: Transition<S>): boolean }
)

/**
 * Liveness: what happens in every infinite behaviour that is fair. A behaviour may stutter: at any state, nothing more
 * need happen, unless a fairness condition says so.
 */
export interface Liveness<S, X = unknown> {
  readonly kind: 'liveness'
  readonly name: string
  readonly says: string
  readonly formula: LivenessFormula<S, X>
  /** The things it is asked of one by one, from an initial state; without it, of the state as a whole, once. */
  each?(initial: S): readonly X[]
  /** At most 30 conditions. */
  fairness(model: Model<S>): readonly Fairness<S>[]
  /** The fairness in one sentence that can be judged. */
  readonly fairnessSays: string
  readonly assuming?: readonly Assumption<S>[]
  describe?(state: S, x: X): string
  readonly cover?: string
}

/** Judged on states and steps, one at a time. */
export type LocalProperty<S> = Invariant<S> | StepProperty<S> | Cover<S>

/** Judged on behaviours as a whole. */
export type TemporalProperty<S> = Possibility<S> | Liveness<S>

export type Property<S> = LocalProperty<S> | TemporalProperty<S>

export const isTemporal = <S>(property: Property<S>): property is TemporalProperty<S> =>
  property.kind === 'possibility' || property.kind === 'liveness'
