/**
 * Reads a counterexample file and believes nothing: every way in which it can be broken has its own sentence.
 *
 * Here: what is wrong with the file itself.
 * Not here: what is wrong with the text (parse.ts), whether the trace still fits the model (fit.ts).
 */
import { readFile } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import type { TraceDocument } from './document.js'

/** `shown` is the path as the user knows it. */
export async function readTrace(path: string, shown = path): Promise<TraceDocument> {
  const text = await textOf(path, shown)
  // Most commands read no such file, and the schema takes a while to be made.
  const { parseTrace } = await import('./parse.js')
  return parseTrace(text, shown)
}

async function textOf(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new UsageError(`There is no file ${shown}.`, 'List those that exist with: ls counterexamples')
    if (code === 'EISDIR')
      throw new UsageError(`${shown} is a folder.`, 'Name one file in it, such as NAME.itf.json.')
    throw new UsageError(`${shown} cannot be read: ${message}.`)
  }
}
