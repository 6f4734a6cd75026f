/**
 * What every command is given, and what it looks like to main.ts.
 */
import type { Command as Program } from 'commander'
import { type Style, styleOf } from '../report/style.js'
import type { Suite } from '../suite.js'
import type { Io } from './io.js'

export interface Context<S> {
  readonly suite: Suite<S>
  readonly io: Io
}

/** A suite that takes a while to load, and what has to be known before. */
export interface SuiteToLoad<S> {
  readonly defaultProfile: string
  load(): Promise<Suite<S>>
}

/** What is known when a command is added to the program: not every command, and not every use of one, needs the suite. */
export interface Setting<S> {
  readonly defaultProfile: string
  readonly io: Io
  suite(): Promise<Suite<S>>
}

/** Adds one command to the program; `finish` is told its exit status. */
export type AddCommand = <S>(program: Program, setting: Setting<S>, finish: (status: number) => void) => void

/** A command that is loaded where it is asked for, or listed. */
export interface CommandToLoad {
  readonly name: string
  load(): Promise<AddCommand>
}

export const contextOf = async <S>({ io, suite }: Setting<S>): Promise<Context<S>> => ({
  io,
  suite: await suite(),
})

/** How reports look on standard output, or on standard error. */
export const styleFor = ({ colour }: Pick<Io, 'colour'>, out: Io['stdout']): Style =>
  styleOf({ colour: colour && out.isTTY === true, columns: out.columns })
