/**
 * What threads tell each other: a level to expand, what came of it, and how it is to be stored.
 *
 * All of it is data that can be sent. Cells are known by their ids (births.ts). What is said often goes through shared
 * memory (channel.ts).
 */
import type { Built } from '../typescript.js'
import type { BirthMemory } from './births.js'
import type { Shown } from './places.js'
import type { ModelSource } from './source.js'
import type { HandedStates } from './states.js'

/** What a thread starts with. */
export interface Start {
  /** What the program was built into, as for `translateWith`. */
  readonly files: Built | undefined
  readonly source: ModelSource
  /** What the model must be like there (likeness.ts). */
  readonly likeness: string
  readonly paranoid: boolean
  /** Which of the threads it is, and how many there are. */
  readonly thread: number
  readonly threads: number
  readonly memory: TeamMemory
}

/** The memory that all threads share from the beginning. */
export interface TeamMemory {
  readonly counters: Int32Array
  readonly births: BirthMemory
  /** By the thread that writes, and the thread that reads. */
  readonly channels: readonly (readonly Int32Array[])[]
}

/** The places of the counters: the next block that nobody has taken; whether to stop; how many have expanded all. */
export const nextBlock = 0
export const mustStop = 1
export const haveExpanded = 2
/** How often a thread has waited for all others (`meet` in worker.ts). */
export const haveMet = 3
/** From here on, for each thread, how many states it has found and expanded in this level, and steps. */
const firstTally = 16
export const foundAt = (thread: number): number => firstTally + 16 * thread
export const expandedAt = (thread: number): number => foundAt(thread) + 1
export const stepsAt = (thread: number): number => foundAt(thread) + 2
export const counterLength = (threads: number): number => foundAt(threads)

/** States that one thread takes at a time. */
export const blockSize = 64

export interface ExpandOrder {
  readonly kind: 'expand'
  readonly states: HandedStates
  /** The first time: the states found so far that the constraint keeps out, each by the ids of its cells. */
  readonly outside: Int32Array
  /** The states to expand. */
  readonly from: number
  readonly to: number
  /** Shared: for each of them, how many states it is the first to lead to. */
  readonly counts: Int32Array
}

export interface SettleOrder {
  readonly kind: 'settle'
  /** With room for those that are to be stored. */
  readonly states: HandedStates
  /** For each state of the level, where what it is the first to lead to begins among all that is to be stored. */
  readonly starts: Int32Array
  /** Shared: room for as many actions as there are states to be stored. */
  readonly actions: Int32Array
}

export type Order = ExpandOrder | SettleOrder | { readonly kind: 'tell' }

/** What came of the states that a thread has expanded. */
export interface Expanded {
  readonly kind: 'expanded'
  /** How many states of its share were found. */
  readonly fresh: number
  readonly transitions: number
  /** By rule. */
  readonly firings: readonly number[]
  /** States without successor: how many are legitimate ends; how many are not, and the first of these. */
  readonly ends: number
  readonly deadlocks: number
  readonly firstDeadlock: number | undefined
  readonly steps: readonly Shown[]
}

/** What came of storing a level. */
export interface Settled {
  readonly kind: 'settled'
  /** Of each property that a state shows, as far as this thread has judged them: how often, and the first state. */
  readonly states: readonly { readonly property: number; readonly count: number; readonly index: number }[]
  /** What is new in its share of the states that the constraint keeps out, and what these show. */
  readonly outside: Int32Array
  readonly shownOutside: readonly Shown[]
}

/** Of one kind of questions, by question: how often it was run, and the milliseconds that this has taken. */
export interface Ran {
  readonly runs: readonly number[]
  readonly spent: readonly number[]
  /** How often all questions were asked. */
  readonly states: number
  readonly bytes: number
}

export interface Told {
  readonly kind: 'told'
  readonly rules: Ran
  readonly ofStates: Ran
  readonly ofSteps: Ran
  readonly collisions: number
  readonly indexBytes: number
}

/** The order was not carried out. */
export interface Failed {
  readonly kind: 'failed'
  /** - `stopped`: as it was told; `alone`: one thread alone can do it; `fault`: something threw. */
  readonly how: 'stopped' | 'alone' | 'fault'
  readonly why: string
}

export type Answer = Expanded | Settled | Told | Failed

/** What a thread says when it has built its model. */
export const ready = 'ready'
