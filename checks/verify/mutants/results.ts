/**
 * What became of mutants, in a file, one line each: a run that was cut goes on with those that are left.
 */
import { createHash } from 'node:crypto'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { UsageError } from '../../../checker/errors.js'
import type { Sources } from './build.js'

/** How a mutant was judged: caught, and how; run by nothing that is asked; or asked about in vain. */
export type Verdict =
  | { readonly verdict: 'caught'; readonly how: string }
  | { readonly verdict: 'not reached' }
  | { readonly verdict: 'survives' }

type Line = Verdict & { readonly name: string }

export class Results {
  private constructor(
    /** By the names of mutants. */
    readonly known: Map<string, Verdict>,
    private readonly path: string | undefined,
  ) {}

  /** @param path without one, nothing is kept */
  static async open(path: string | undefined, sources: Sources): Promise<Results> {
    if (path === undefined) return new Results(new Map(), undefined)
    const core = digest(sources)
    const text = await readFile(path, 'utf8').catch(() => '')
    const [head, ...lines] = text.split('\n').filter(line => line !== '')
    if (head === undefined) {
      await writeFile(path, `${JSON.stringify({ core })}\n`)
      return new Results(new Map(), path)
    }
    try {
      const made: unknown = JSON.parse(head)
      if ((made as { readonly core?: unknown } | null)?.core !== core)
        throw new UsageError(
          `The results in ${path} are of another core.`,
          'Name another file, or remove this one.',
        )
      const known = lines.map(line => JSON.parse(line) as Line)
      return new Results(new Map(known.map(({ name, ...verdict }) => [name, verdict])), path)
    } catch (error) {
      if (error instanceof UsageError) throw error
      throw new UsageError(`${path} has no results of mutants.`, 'Name another file, or remove this one.')
    }
  }

  /** A mutant that was run by something is not called unreached later, where other questions are asked. */
  async add(name: string, verdict: Verdict): Promise<void> {
    if (verdict.verdict === 'not reached' && this.known.has(name)) return
    this.known.set(name, verdict)
    if (this.path !== undefined) await appendFile(this.path, `${JSON.stringify({ name, ...verdict })}\n`)
  }
}

function digest(sources: Sources): string {
  const hash = createHash('sha256')
  for (const [file, source] of sources) hash.update(`${file}\0${source}\0`)
  return hash.digest('hex')
}
