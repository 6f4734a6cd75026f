/**
 * Known counterexamples: curated files, each of which has a check that it is at home in.
 *
 * Here: reading them, and whether they still show what they say.
 * Not here: what they mean for the verdicts of a search (judge.ts).
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors.js'
import type { TraceDocument, TraceOrigin } from '../itf/document.js'
import { readTrace } from '../itf/read.js'
import type { Model } from '../model.js'
import type { CheckDefinition, Suite } from '../suite.js'
import { checkOf, type Fitting, fitTrace } from './fit.js'
import { type Io, shownPath } from './io.js'
import type { Selection } from './selection.js'

export interface KnownFile {
  /** As the user may type it. */
  readonly file: string
  readonly document: TraceDocument
  readonly origin: TraceOrigin
}

/** All of them, in the order of their names; a folder that does not exist yet has none. */
export async function readKnown<S>(suite: Suite<S>, io: Io): Promise<readonly KnownFile[]> {
  const names = (await entriesOf(suite.counterexamples)).filter(name => name.endsWith('.itf.json')).toSorted()
  return Promise.all(
    names.map(async name => {
      const path = join(suite.counterexamples, name)
      const file = shownPath(path, io)
      const document = await readTrace(path, file)
      checkOf(suite, document, file)
      return { file, document, origin: document['#meta'].zombieproof }
    }),
  )
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    throw new UsageError(`The known counterexamples cannot be read: ${message}.`)
  }
}

/** What a known counterexample has to say about one check. */
export interface KnownHere<S> extends KnownFile {
  readonly atHome: boolean
  /** At home: its replay, or why it can no longer be replayed. */
  readonly replayed?: Fitting<S> | { readonly misfit: string } | undefined
  /** A complete search of what was asked must find it. */
  readonly mustBeFound: boolean
}

/** Those that speak of what was asked of this check. A mutant has other counterexamples. */
export function knownFor<S>(
  suite: Suite<S>,
  all: readonly KnownFile[],
  check: CheckDefinition<S>,
  { build, properties }: Selection<S>,
  model: Model<S>,
): readonly KnownHere<S>[] {
  if (build.mutant !== undefined) return []
  const isNarrowed =
    build.features !== undefined || build.topologies !== undefined || build.tasks !== undefined
  return all
    .filter(({ origin }) => origin.profile === build.profile)
    .filter(({ origin }) => properties?.includes(origin.property) ?? true)
    .flatMap((known): KnownHere<S>[] => {
      const { origin } = known
      if (origin.check === check.name) {
        const isWithin = isPartOf(origin, check, build.features, model)
        const applies = isWithin || !isNarrowed
        return [
          {
            ...known,
            atHome: true,
            mustBeFound: isWithin,
            replayed: applies ? replayed(suite, known) : undefined,
          },
        ]
      }
      return origin.alsoIn.includes(check.name) ? [{ ...known, atHome: false, mustBeFound: !isNarrowed }] : []
    })
}

/** Does the search see where the trace starts, and every rule that it may need? */
function isPartOf<S>(
  { topology, features }: TraceOrigin,
  check: CheckDefinition<S>,
  asked: readonly string[] | undefined,
  model: Model<S>,
): boolean {
  const searched = asked ?? check.features
  return model.initial.some(({ name }) => name === topology) && features.every(it => searched.includes(it))
}

function replayed<S>(suite: Suite<S>, { document, file }: KnownFile): KnownHere<S>['replayed'] {
  try {
    return fitTrace(suite, document, file, 'ignored')
  } catch (error) {
    if (error instanceof UsageError) return { misfit: withoutFile(error.what, file) }
    throw error
  }
}

const withoutFile = (what: string, file: string): string => what.replace(`${file}: `, '').replace(/\.$/, '')
