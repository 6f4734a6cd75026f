/**
 * Walks the selected checks, makes every violation small, and says which were known.
 */
import { replay } from '../explore/replay.js'
import { minimize } from '../minimize/minimize.js'
import { clauseOf } from '../minimize/violation.js'
import { isTemporal, type LocalProperty, type Model, type Property } from '../model.js'
import type { Judgement } from '../report/result.js'
import { count, grouped } from '../report/text.js'
import { type WalkFinding, type WalkResult, walkJson, walkText } from '../report/walk.js'
import type { CheckDefinition } from '../suite.js'
import type { SchedulerName } from '../walk/scheduler.js'
import { type Found, walk } from '../walk/walk.js'
import { type Context, styleFor } from './command.js'
import { isNoDeadlock, propertiesOf } from './deadlock.js'
import { shownBy } from './fit.js'
import { interruptible } from './interrupt.js'
import { type KnownFile, knownFor, readKnown } from './known.js'
import { saveUnreviewed } from './save.js'
import type { Selection } from './selection.js'

export interface RunWalks<S> {
  readonly selection: Selection<S>
  readonly seed: number
  readonly walks: number
  readonly steps: number
  readonly scheduler?: SchedulerName | undefined
  /** Seconds for each check, and for each violation that is minimized. */
  readonly timeout?: number | undefined
  readonly json: boolean
}

/** The exit status. */
export async function runWalks<S>(context: Context<S>, options: RunWalks<S>): Promise<number> {
  const { suite, io } = context
  const { build, checks } = options.selection
  const known = await readKnown(suite, io)
  const results: WalkResult<S>[] = []
  await interruptible(io, async signal => {
    for (const check of checks) {
      if (signal.aborted) return
      const result = await walkOne(context, options, check, known, signal)
      results.push(result)
      if (!options.json) io.stdout.write(`${walkText(result, styleFor(io, io.stdout))}\n`)
    }
  })
  await suite.settled?.()
  const status = statusOf(results, checks.length)
  if (options.json) {
    const json = { profile: build.profile, checks: results.map(walkJson), exit: status }
    io.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  }
  return status
}

function statusOf<S>(results: readonly WalkResult<S>[], asked: number): number {
  if (results.some(({ findings }) => findings.some(({ known }) => known === undefined))) return 1
  return results.length < asked || results.some(({ walked }) => !walked.isComplete) ? 3 : 0
}

async function walkOne<S>(
  { suite, io }: Context<S>,
  { selection, seed, walks, steps, scheduler, timeout }: RunWalks<S>,
  check: CheckDefinition<S>,
  known: readonly KnownFile[],
  signal: AbortSignal,
): Promise<WalkResult<S>> {
  const { build, properties: asked } = selection
  const model = check.build(build)
  const properties = localOf(check, model).filter(({ name }) => asked?.includes(name) ?? true)
  const stuck = properties.find(isNoDeadlock)
  let toldAt = io.now()
  const walked = await walk(
    model,
    properties.filter(property => !isNoDeadlock(property)),
    {
      seed,
      walks,
      steps,
      scheduler,
      timeout,
      signal,
      onProgress: progress => {
        if (io.now() - toldAt < 10_000) return
        toldAt = io.now()
        io.stderr.write(
          `${check.name}: ${count(progress.walks, 'walk')}, ${grouped(progress.steps)} steps, broken ${progress.broken}\n`,
        )
      },
    },
    stuck,
  )
  const here = knownFor(suite, known, check, selection, model)
  const findings: WalkFinding<S>[] = []
  for (const found of walked.found) {
    const finding = await minimized(check, selection, model, found, { signal, timeout })
    const file = here.find(({ origin }) => origin.property === found.property.name)?.file
    findings.push({ ...finding, known: file, saved: file === undefined ? await saved(finding) : undefined })
  }
  return { name: check.name, says: check.says, seed, walked, findings, again: againText() }

  async function saved(finding: WalkFinding<S>): Promise<WalkFinding<S>['saved']> {
    const { minimized: small, found, because } = finding
    const judgement: Judgement<S> = {
      verdict: 'violated',
      property: found.property,
      steps: small.shown.steps.length,
      count: 1,
      behaviour: { model: small.model, initial: small.initial, ...small.shown },
      because,
    }
    const written = await saveUnreviewed(judgement, { suite, io, check, build: small.build })
    return written.verdict === 'violated' ? written.saved : undefined
  }

  function againText(): string {
    const options = [
      `--seed ${seed} --walks ${walks} --steps ${steps}`,
      ...(scheduler === undefined ? [] : [`--scheduler ${scheduler}`]),
      ...(build.profile === suite.defaultProfile ? [] : [`--profile ${build.profile}`]),
      ...(build.tasks === undefined ? [] : [`--tasks ${build.tasks}`]),
      ...(build.features ?? []).map(it => `--feature ${it}`),
      ...(build.topologies ?? []).map(it => `--topology '${it}'`),
      ...(build.mutant === undefined ? [] : [`--mutant ${build.mutant}`]),
    ]
    return `pnpm walk ${check.name} ${options.join(' ')}`
  }
}

const localOf = <S>(check: CheckDefinition<S>, model: Model<S>): readonly LocalProperty<S>[] =>
  propertiesOf(check, model).filter((property): property is LocalProperty<S> => !isTemporal(property))

async function minimized<S>(
  check: CheckDefinition<S>,
  { build }: Selection<S>,
  model: Model<S>,
  found: Found<S>,
  limits: { readonly signal: AbortSignal; readonly timeout: number | undefined },
): Promise<WalkFinding<S>> {
  const { property, trace } = found
  const { steps } = replay(model, trace)
  const last = steps.at(-1)
  const state = last === undefined ? trace.initial.state : model.restore(model.cells(last.after))
  const small = await minimize({
    check,
    build,
    violation: { property, clause: clauseOf(property, last, state) },
    topology: trace.initial.name,
    candidate: { actions: trace.actions },
    propertyOf: built => sameProperty(propertiesOf(check, built), property),
    ...limits,
  })
  if (small === undefined)
    throw new Error(`A walk that breaks "${property.name}" does not replay. A rule is not pure.`)
  const { because } = shownBy(property, { model: small.model, initial: small.initial, ...small.shown })
  return { found, minimized: small, because }
}

const sameProperty = <S>(all: readonly Property<S>[], { name }: LocalProperty<S>): Property<S> => {
  const own = all.find(property => property.name === name)
  if (own === undefined) throw new Error(`The check has lost its property "${name}".`)
  return own
}
