/**
 * What the comparison has run of the core, in lines of its source.
 */
import { readFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Covered, merged } from './coverage.js'
import { knownNeverRun } from './never-run.js'

export interface FileCoverage {
  /** From the folder of the core. */
  readonly file: string
  /** Lines that have code, and those of them of which something was run. */
  readonly lines: number
  readonly run: number
  /** Lines of which nothing was run, and lines of which a part was not: the branches never taken. */
  readonly never: readonly number[]
  readonly partly: readonly number[]
  /** The reasons why lines are not run, as far as they are known, and those lines. */
  readonly reasons: readonly { readonly reason: string; readonly lines: readonly number[] }[]
  /** Lines that are known never to run, and were run. */
  readonly contradicted: readonly number[]
  /** Reasons for statements that are not there any more, or more than once. */
  readonly lost: readonly string[]
}

export interface LineCoverage {
  readonly files: readonly FileCoverage[]
}

/** @param profile under which it was run: some lines are for others only */
export async function covered(
  all: readonly Covered[],
  folder: string,
  profile: string,
): Promise<LineCoverage> {
  const files = await Promise.all(merged(all).map(script => fileCoverage(script, folder, profile)))
  return { files: files.filter(({ lines }) => lines > 0) }
}

interface Line {
  isRun: boolean
  isNotRun: boolean
}

async function fileCoverage(
  { url, source, run }: Covered,
  folder: string,
  profile: string,
): Promise<FileCoverage> {
  const path = fileURLToPath(url.replace(/\?.*$/, ''))
  const lines = new Map<number, Line>()
  const map = sourceMapOf(source)
  for (const [row, text, offset] of rowsOf(source))
    for (const column of columnsOf(text)) {
      const entry = map?.findEntry(row, column)
      const at =
        entry !== undefined && 'originalLine' in entry ? entry.originalLine : map === undefined ? row : -1
      if (at < 0) continue
      const line = lines.get(at) ?? { isRun: false, isNotRun: false }
      if (run[offset + column] === 1) line.isRun = true
      else line.isNotRun = true
      lines.set(at, line)
    }
  const text = await readFile(path, 'utf8')
  const original = text.split('\n')
  const coded = [...lines].filter(([at]) => hasCode(original[at] ?? '')).toSorted(([a], [b]) => a - b)
  const numbers = (which: (line: Line) => boolean) =>
    coded.filter(([, line]) => which(line)).map(([at]) => at + 1)
  const never = numbers(({ isRun }) => !isRun)
  const known = knownNeverRun(basename(path), text, profile)
  return {
    file: relative(folder, path),
    lines: coded.length,
    run: numbers(({ isRun }) => isRun).length,
    never,
    partly: numbers(({ isRun, isNotRun }) => isRun && isNotRun),
    reasons: [...new Set(known.lines.values())]
      .map(reason => ({ reason, lines: never.filter(line => known.lines.get(line) === reason) }))
      .filter(({ lines: explained }) => explained.length > 0),
    contradicted: numbers(({ isRun, isNotRun }) => isRun && !isNotRun).filter(line => known.lines.has(line)),
    lost: known.lost,
  }
}

/** More than brackets, comments and what is gone at run time. */
const hasCode = (line: string): boolean =>
  /[A-Za-z0-9]/.test(line.replace(/\/\/.*|^\s*\/?\*.*/, '')) &&
  !/^\s*(import|export (type|interface)|readonly \w+: )/.test(line)

const mapComment = /\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)/

function sourceMapOf(source: string): SourceMap | undefined {
  const [, encoded] = mapComment.exec(source) ?? []
  return encoded === undefined
    ? undefined
    : new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')))
}

/** The rows of the compiled text without its source map, with the offset of each. */
function* rowsOf(source: string): Generator<readonly [row: number, text: string, offset: number]> {
  let offset = 0
  for (const [row, text] of source.split('\n').entries()) {
    if (!mapComment.test(text)) yield [row, text, offset]
    offset += text.length + 1
  }
}

/** Where a word begins: what is between words belongs to them. */
const columnsOf = (text: string): readonly number[] =>
  Array.from(text.matchAll(/[\w$]+/g), ({ index }) => index)
