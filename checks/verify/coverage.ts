/**
 * Which code of the core the comparison has run, as V8 counts it: block by block.
 *
 * Here: counting, and putting the counts of several workers together.
 * Not here: lines of the source (coverage-lines.ts).
 */
import { Session } from 'node:inspector/promises'

/** A script as V8 has compiled it, and each of its characters: was it run? */
export interface Covered {
  readonly url: string
  /** With its source map. */
  readonly source: string
  /** One byte a character: 1 if it was run. */
  readonly run: Uint8Array
}

const isOfCore = (url: string): boolean => /\/src\/[^/]+\.ts(\?.*)?$/.test(url)

export class Coverage {
  private constructor(
    private readonly session: Session,
    private readonly scripts: ReadonlyMap<string, string>,
  ) {}

  /** Before the core is loaded. */
  static async start(): Promise<Coverage> {
    const session = new Session()
    session.connect()
    const scripts = new Map<string, string>()
    session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => {
      if (isOfCore(url)) scripts.set(scriptId, url)
    })
    await session.post('Debugger.enable')
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    return new Coverage(session, scripts)
  }

  async stop(): Promise<Covered[]> {
    const { result } = await this.session.post('Profiler.takePreciseCoverage')
    const covered: Covered[] = []
    for (const { scriptId, functions } of result) {
      const url = this.scripts.get(scriptId)
      if (url === undefined) continue
      const { scriptSource: source } = await this.session.post('Debugger.getScriptSource', { scriptId })
      const run = new Uint8Array(source.length).fill(1)
      // Inner ranges come behind the ones that they are in.
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          run.fill(count > 0 ? 1 : 0, startOffset, endOffset)
      covered.push({ url, source, run })
    }
    this.session.disconnect()
    return covered
  }
}

/** What any of them has run. */
export function merged(all: readonly Covered[]): readonly Covered[] {
  const byURL = new Map<string, Covered>()
  for (const it of all) {
    const known = byURL.get(it.url)
    if (known === undefined) byURL.set(it.url, { ...it, run: it.run.slice() })
    else for (const [i, run] of it.run.entries()) if (run === 1) known.run[i] = 1
  }
  return [...byURL.values()].toSorted((a, b) => (a.url < b.url ? -1 : 1))
}
