/**
 * Writes the counterexamples that a search has found.
 *
 * New ones go to `unreviewed/`, where files may be replaced. Known ones are written only when a user names them.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors.js'
import { replay } from '../explore/replay.js'
import type { TraceDocument } from '../itf/document.js'
import { formatDocument } from '../itf/format.js'
import { readTrace } from '../itf/read.js'
import { traceDocument, writeTrace } from '../itf/write.js'
import type { Judgement, Saved } from '../report/result.js'
import { slug } from '../report/text.js'
import type { Behaviour } from '../report/trace.js'
import type { BuildOptions, CheckDefinition, Suite } from '../suite.js'
import { shownBy } from './fit.js'
import { type Io, shownPath } from './io.js'

export interface SaveAs<S> {
  readonly suite: Suite<S>
  readonly io: Io
  readonly check: CheckDefinition<S>
  readonly build: BuildOptions
}

type Shown<S> = Extract<Judgement<S>, { readonly verdict: 'violated' | 'known' }>

/** The judgement with the file that its trace is in now; without one, which is said, if it cannot be written. */
export async function saveUnreviewed<S>(judgement: Judgement<S>, as: SaveAs<S>): Promise<Judgement<S>> {
  if (judgement.verdict !== 'violated') return judgement
  const { suite, check, build, io } = as
  const profile = build.profile === suite.defaultProfile ? [] : [build.profile]
  const mutant = build.mutant === undefined ? [] : [build.mutant]
  const name = [check.name, slug(judgement.property.name), ...profile, ...mutant].join('--')
  const path = join(suite.counterexamples, 'unreviewed', `${name}.itf.json`)
  const document = documentOf(judgement, as, [])
  try {
    await writeIfNew(path, document)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    // The verdict took a search; it is not lost for want of a file.
    io.stderr.write(`The counterexample is not saved: ${error.what}\n`)
    return judgement
  }
  return { ...judgement, saved: savedAs(shownPath(path, io), suite, false) }
}

export const curatedPath = <S>({ counterexamples }: Suite<S>, name: string): string =>
  join(counterexamples, `${name}.itf.json`)

/** What `--save` promises is checked before the search, which may take long. */
export async function refuseToOverwrite<S>(
  { suite, io }: Pick<SaveAs<S>, 'suite' | 'io'>,
  name: string,
): Promise<void> {
  const path = curatedPath(suite, name)
  if ((await textOf(path)) === undefined) return
  throw new UsageError(
    `${shownPath(path, io)} exists already.`,
    'Choose another name, or overwrite it with --force.',
  )
}

/** Writes a known counterexample. One that it replaces hands on the other checks that it speaks of. */
export async function saveCurated<S>(judgement: Shown<S>, name: string, as: SaveAs<S>): Promise<Saved> {
  const path = curatedPath(as.suite, name)
  const file = shownPath(path, as.io)
  await writeIfNew(path, documentOf(judgement, as, await alsoInOf(path, file)))
  return savedAs(file, as.suite, true)
}

const savedAs = <S>(file: string, { modelFile }: Suite<S>, curated: boolean): Saved => ({
  file,
  replay: `pnpm replay ${modelFile === undefined ? '' : `--model ${modelFile} `}${file}`,
  curated,
})

async function alsoInOf(path: string, shown: string): Promise<string[]> {
  if ((await textOf(path)) === undefined) return []
  return (await readTrace(path, shown))['#meta'].zombieproof.alsoIn
}

function documentOf<S>(judgement: Shown<S>, as: SaveAs<S>, alsoIn: string[]): TraceDocument {
  const { check, build } = as
  const { behaviour, topologies } = narrowed(judgement, as)
  return traceDocument(behaviour, judgement.property, {
    check: check.name,
    profile: build.profile,
    features: [...(build.features ?? check.features)],
    topologies: topologies && [...topologies],
    tasks: build.tasks,
    mutant: build.mutant,
    alsoIn,
  })
}

/**
 * The trace on a model that starts nowhere else, if it shows the same there: so the file stays as it is when the
 * check is given other topologies, which may add cells to every state.
 */
function narrowed<S>(
  { behaviour, property }: Shown<S>,
  { check, build }: SaveAs<S>,
): { readonly behaviour: Behaviour<S>; readonly topologies: readonly string[] | undefined } {
  const wide = { behaviour, topologies: build.topologies }
  const topologies = [behaviour.initial.name]
  const model = check.build({ ...build, topologies })
  const initial = model.initial.find(({ name }) => name === behaviour.initial.name)
  if (initial === undefined) return wide
  const replayed = replay(model, { initial, actions: behaviour.steps })
  const narrow = { model, initial, steps: replayed.steps, loop: behaviour.loop }
  return replayed.replayed && shownBy(property, narrow).shows ? { behaviour: narrow, topologies } : wide
}

async function writeIfNew(path: string, document: TraceDocument): Promise<void> {
  if ((await textOf(path)) !== formatDocument(document)) await writeTrace(path, document)
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}
