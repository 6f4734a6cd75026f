/**
 * What threads tell each other: states to expand, what came of them, and how it is to be stored.
 *
 * All of it is data that can be sent. Cells are known by their ids (births.ts). What is said often goes through shared
 * memory (fresh.ts).
 */
import type { Built } from '../typescript.js'
import type { BirthMemory } from './births.js'
import type { TakenEdges } from './edges.js'
import type { FreshMemory } from './fresh.js'
import type { SentGraph } from './judges.js'
import type { Shown } from './places.js'
import type { PlainVerdict } from './plain.js'
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
  /** Is the graph of all states kept? */
  readonly isRecorded: boolean
  /** Which of the threads it is; 0 is the first thread, which starts the others. */
  readonly thread: number
  readonly memory: TeamMemory
}

/** The memory that all threads share from the beginning. */
export interface TeamMemory {
  readonly counters: Int32Array
  readonly births: BirthMemory
  readonly fresh: FreshMemory
}

/** The places of the counters, each in a cache line of its own: the next block, or property, that nobody has taken. */
export const nextBlock = 0
/** Nothing that is done in this round is of use any more. */
export const mustStop = 16
/** Nobody is to take another block. */
export const mayEnd = 32
/** The next part of the memory for fresh states that nobody has taken (fresh.ts). */
export const nextChunk = 48
/** From here on, for each thread, how many states it has found and expanded in this round, and steps. */
const firstTally = 64
export const foundAt = (thread: number): number => firstTally + 16 * thread
export const expandedAt = (thread: number): number => foundAt(thread) + 1
export const stepsAt = (thread: number): number => foundAt(thread) + 2
export const counterLength = (threads: number): number => foundAt(threads)

/** States that one thread takes at a time. */
export const blockBits = 6
export const blockSize = 2 ** blockBits

/** A round: states of one level that stand one after the other, to be expanded by all threads. */
export interface Round {
  readonly from: number
  readonly to: number
  /** When so many states were found, nobody takes another block. */
  readonly enough: number
  /** How many births were known before. */
  readonly births: number
  /** What sleeps in which state, with room for what is found (sleep.ts). */
  readonly sleep: Int32Array
}

export interface ExpandOrder extends Round {
  readonly kind: 'expand'
  readonly states: HandedStates
}

export interface SettleOrder {
  readonly kind: 'settle'
  /** With room for those that are to be stored. */
  readonly states: HandedStates
  /** By block: how many fresh states are stored before those that it is the first to lead to. */
  readonly starts: Int32Array
}

/** The table is to be filled again, from the rows. */
export interface FillOrder {
  readonly kind: 'fill'
  readonly states: HandedStates
}

/** Properties of behaviours are to be judged on the graph of all states. */
export interface JudgeOrder {
  readonly kind: 'judge'
  readonly states: HandedStates
  readonly graph: SentGraph
}

export type Order = ExpandOrder | SettleOrder | FillOrder | JudgeOrder | { readonly kind: 'tell' }

/** A state that the constraint keeps out, by the ids of its cells; how it was found first, and which properties it shows. */
export interface FoundOutside {
  readonly ids: Int32Array
  readonly parent: number
  readonly action: number
  readonly shown: readonly number[]
}

/** What came of the states that a thread has expanded. */
export interface Expanded {
  readonly kind: 'expanded'
  /** How many states it was the first to find. */
  readonly fresh: number
  readonly transitions: number
  /** Of these, how many were not taken. */
  readonly asleep: number
  /** By rule. */
  readonly firings: readonly number[]
  /** States without successor: how many are legitimate ends; how many are not, and the first of these. */
  readonly ends: number
  readonly deadlocks: number
  readonly firstDeadlock: number | undefined
  readonly steps: readonly Shown[]
  /** Of each property that an expanded state shows: how often, and the first state. */
  readonly states: readonly { readonly property: number; readonly count: number; readonly index: number }[]
  readonly outside: readonly FoundOutside[]
  /** If the graph is kept. */
  readonly edges: TakenEdges | undefined
}

/** A round is stored. */
export interface Settled {
  readonly kind: 'settled'
}

export interface Filled {
  readonly kind: 'filled'
}

export interface Judged {
  readonly kind: 'judged'
  /** On those that it has judged, by their places among the properties of behaviours. */
  readonly verdicts: readonly PlainVerdict[]
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
}

/** The order was not carried out. */
export interface Failed {
  readonly kind: 'failed'
  /** - `stopped`: as it was told; `alone`: one thread alone can do it; `fault`: something threw. */
  readonly how: 'stopped' | 'alone' | 'fault'
  readonly why: string
}

export type Answer = Expanded | Settled | Filled | Judged | Told | Failed

/** What a thread says when it has built its model. */
export const ready = 'ready'
