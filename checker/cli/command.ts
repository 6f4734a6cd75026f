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

/** Adds one command to the program; `finish` is told its exit status. */
export type AddCommand = <S>(program: Program, context: Context<S>, finish: (status: number) => void) => void

/** How reports look on standard output, or on standard error. */
export const styleFor = ({ colour }: Pick<Io, 'colour'>, out: Io['stdout']): Style =>
  styleOf({ colour: colour && out.isTTY === true, columns: out.columns })
