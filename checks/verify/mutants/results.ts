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

/** `under` is the profile in which it was asked. */
type Line = Verdict & { readonly name: string; readonly under: string }

const worth: Readonly<Record<Verdict['verdict'], number>> = { 'not reached': 0, survives: 1, caught: 2 }

export class Results {
  /** By the names of mutants, what is known best of all profiles: caught by one is caught. */
  readonly known = new Map<string, Verdict>()
  readonly #asked = new Map<string, Set<string>>()

  private constructor(
    lines: readonly Line[],
    private readonly path: string | undefined,
  ) {
    for (const line of lines) this.#note(line)
  }

  /** Was it judged under this profile? */
  isAsked(name: string, under: string): boolean {
    return this.#asked.get(name)?.has(under) === true
  }

  /** @param path without one, nothing is kept */
  static async open(path: string | undefined, sources: Sources): Promise<Results> {
    if (path === undefined) return new Results([], undefined)
    const core = digest(sources)
    const text = await readFile(path, 'utf8').catch(() => '')
    const [head, ...lines] = text.split('\n').filter(line => line !== '')
    if (head === undefined) {
      await writeFile(path, `${JSON.stringify({ core })}\n`)
      return new Results([], path)
    }
    try {
      const made: unknown = JSON.parse(head)
      if ((made as { readonly core?: unknown } | null)?.core !== core)
        throw new UsageError(
          `The results in ${path} are of another core.`,
          'Name another file, or remove this one.',
        )
      return new Results(
        lines.map(line => JSON.parse(line) as Line),
        path,
      )
    } catch (error) {
      if (error instanceof UsageError) throw error
      throw new UsageError(`${path} has no results of mutants.`, 'Name another file, or remove this one.')
    }
  }

  async add(name: string, under: string, verdict: Verdict): Promise<void> {
    const line = { name, under, ...verdict }
    this.#note(line)
    if (this.path !== undefined) await appendFile(this.path, `${JSON.stringify(line)}\n`)
  }

  #note({ name, under, ...verdict }: Line): void {
    this.#asked.set(name, (this.#asked.get(name) ?? new Set()).add(under))
    const before = this.known.get(name)
    if (before === undefined || worth[before.verdict] < worth[verdict.verdict]) this.known.set(name, verdict)
  }
}

function digest(sources: Sources): string {
  const hash = createHash('sha256')
  for (const [file, source] of sources) hash.update(`${file}\0${source}\0`)
  return hash.digest('hex')
}
