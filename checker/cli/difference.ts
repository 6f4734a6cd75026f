/**
 * A difference between two profiles as a file: written by `compare`, replayed like a counterexample.
 */
import { join } from 'node:path'
import type { Difference } from '../compare/compare.js'
import { unfollowed } from '../compare/follow.js'
import type { Observer } from '../compare/observed.js'
import { plainObserver } from '../compare/plain-observer.js'
import { UsageError } from '../errors.js'
import type { TraceDocument } from '../itf/document.js'
import { traceDocument, writeTrace } from '../itf/write.js'
import type { Cover } from '../model.js'
import type { Saved } from '../report/result.js'
import { count, harmless, slug } from '../report/text.js'
import type { Behaviour } from '../report/trace.js'
import type { BuildOptions, CheckDefinition, Suite } from '../suite.js'
import { type Io, shownPath } from './io.js'
import { knownProfile } from './suggest.js'

export const observerOf = <S>({ observer }: Suite<S>): Observer<S> => observer ?? plainObserver()

const nameFor = (profile: string, other: string): string =>
  `this can be seen under ${profile}, and not under ${other}`

/** The sentence of the file, where people expect a property. */
export const differenceProperty = <S>({ '#meta': meta }: TraceDocument): Cover<S> => ({
  kind: 'cover',
  name: harmless(meta.zombieproof.property),
  says: harmless(meta.zombieproof.says),
})

/** Can the other profile of the file not follow its trace to this day? */
export function differs<S>(
  suite: Suite<S>,
  check: CheckDefinition<S>,
  { model, initial, steps }: Behaviour<S>,
  { '#meta': meta }: TraceDocument,
  shown: string,
): { readonly shows: boolean; readonly because: string | undefined } {
  const { other, features, topologies, tasks } = meta.zombieproof
  if (other === undefined)
    throw new UsageError(
      `${shown} does not say from which profile it differs.`,
      'Record it again: pnpm compare',
    )
  const twin = check.build({ profile: knownProfile(suite, other).name, features, topologies, tasks })
  const found = unfollowed(model, { initial, actions: steps }, twin, observerOf(suite))
  if (found === undefined) return { shows: false, because: undefined }
  const because = `after ${count(found.steps, 'step')} only here is seen: ${found.seen}`
  return { shows: true, because }
}

/** Writes the trace to `unreviewed/`; undefined, which is said, if it cannot be written. */
export async function saveDifference<S>(
  { of, seen }: Difference<S>,
  behaviour: Behaviour<S>,
  { first, second }: { readonly first: string; readonly second: string },
  check: CheckDefinition<S>,
  build: BuildOptions,
  { suite, io }: { readonly suite: Suite<S>; readonly io: Io },
): Promise<Saved | undefined> {
  const [profile, other] = of === 'first' ? [first, second] : [second, first]
  const name = ['compare', slug(first), slug(second), check.name].join('--')
  const path = join(suite.counterexamples, 'unreviewed', `${name}.itf.json`)
  const property: Cover<S> = {
    kind: 'cover',
    name: nameFor(profile, other),
    says: `At its end is seen: ${seen}`,
  }
  const document = traceDocument(behaviour, property, {
    check: check.name,
    profile,
    features: [...(build.features ?? check.features)],
    topologies: build.topologies && [...build.topologies],
    tasks: build.tasks,
    mutant: undefined,
    alsoIn: [],
  })
  const origin = { ...document['#meta'].zombieproof, kind: 'difference' as const, other }
  try {
    await writeTrace(path, { ...document, '#meta': { ...document['#meta'], zombieproof: origin } })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(`The difference is not saved: ${error.what}\n`)
    return undefined
  }
  const file = shownPath(path, io)
  const model = suite.modelFile === undefined ? '' : `--model ${suite.modelFile} `
  return { file, replay: `pnpm replay ${model}${file}`, curated: false }
}
