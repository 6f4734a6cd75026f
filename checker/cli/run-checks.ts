/**
 * Runs the selected checks, and reports each in its turn, as soon as it is judged.
 */
import { UsageError } from '../errors.js'
import type { ExploreOptions } from '../explore/result.js'
import { checkText } from '../report/check.js'
import { coverageText } from '../report/coverage.js'
import { exitStatus } from '../report/exit-status.js'
import { runJson } from '../report/json.js'
import type { CheckResult, RunResult } from '../report/result.js'
import { statisticsText } from '../report/statistics.js'
import { summaryLine } from '../report/summary.js'
import type { Suite } from '../suite.js'
import { buildAll } from './build-all.js'
import { type Context, styleFor } from './command.js'
import type { EngineName } from './engine.js'
import { interruptible } from './interrupt.js'
import type { Io } from './io.js'
import { type KnownFile, readKnown } from './known.js'
import { modelErrorReport } from './model-error-report.js'
import { progressLine } from './progress.js'
import { type BuiltCheck, type Defect, runCheck, skippedCheck } from './run-check.js'
import { saveCurated, saveUnreviewed } from './save.js'
import type { Selection } from './selection.js'
import { type Explore, sideBySide } from './side-by-side.js'

export interface RunChecks<S> {
  readonly selection: Selection<S>
  /** A check that nobody has named is left out where it cannot have what was asked. */
  readonly named: boolean
  readonly limits: ExploreOptions
  readonly engine: EngineName
  readonly json: boolean
  readonly verbose: boolean
  readonly coverage: boolean
  /** The name of a known counterexample to write, instead of an unreviewed one. */
  readonly save: string | undefined
}

/** The exit status. */
export async function runChecks<S>(context: Context<S>, options: RunChecks<S>): Promise<number> {
  const { suite, io } = context
  const started = io.now()
  const built = buildAll(options.selection, options.named, io)
  const files = await readKnown(suite, io)
  const { checks, defect } = await interruptible(io, signal =>
    searchAll(context, options, built, files, signal),
  )
  await suite.settled?.()
  const { profile, mutant } = options.selection.build
  const run: RunResult<S> = { profile, mutant, checks, seconds: (io.now() - started) / 1000 }
  const status = defect === undefined ? exitStatus(run) : 1
  if (options.json) {
    const error =
      defect === undefined ? {} : { error: { check: defect.check, message: defect.defect.message } }
    io.stdout.write(`${JSON.stringify({ ...runJson(run, options), ...error, exit: status }, null, 2)}\n`)
  } else {
    const style = styleFor(io, io.stdout)
    if (options.coverage) io.stdout.write(`${coverageText(run, style)}\n`)
    if (checks.length > 0) io.stdout.write(summaryLine(run))
  }
  if (defect !== undefined) io.stderr.write(modelErrorReport(defect, styleFor(io, io.stderr)))
  if (options.save !== undefined && status !== 3 && !checks.some(isSaved)) {
    throw new UsageError(
      `There is no violation to save as ${options.save}.`,
      'Search deeper, or ask for another property.',
    )
  }
  return status
}

const isSaved = <S>({ judgements }: CheckResult<S>): boolean =>
  judgements.some(it => (it.verdict === 'violated' || it.verdict === 'known') && it.saved?.curated === true)

interface Searched<S> {
  readonly checks: readonly CheckResult<S>[]
  /** A model that threw; nothing was searched after it. */
  readonly defect: Defect<S> | undefined
}

async function searchAll<S>(
  context: Context<S>,
  options: RunChecks<S>,
  built: readonly BuiltCheck<S>[],
  known: readonly KnownFile[],
  signal: AbortSignal,
): Promise<Searched<S>> {
  const { io } = context
  const checks: CheckResult<S>[] = []
  let defect: Defect<S> | undefined
  // What is begun before its turn has no line on the terminal, and ends with the run.
  let turn = 0
  await sideBySide<CheckResult<S> | Defect<S>>(
    {
      count: built.length,
      threads: threadsFor(context, options, built),
      run: async (at, enough, elsewhere) => {
        const one = built[at] as BuiltCheck<S>
        if (signal.aborted) return skippedCheck(one, options.selection)
        return searchOne(context, options, one, {
          known,
          signal: AbortSignal.any([signal, enough]),
          elsewhere,
          isItsTurn: () => turn === at,
        })
      },
    },
    async (result, at) => {
      turn = at + 1
      if ('defect' in result) {
        defect = result
        return false
      }
      const saved = await withFiles(result, built[at] as BuiltCheck<S>, context, options)
      checks.push(saved)
      if (options.json) return true
      const style = styleFor(io, io.stdout)
      io.stdout.write(`${checkText(saved, { style, verbose: options.verbose })}\n`)
      const statistics = saved.exploration && statisticsText(saved.exploration, style)
      if (statistics !== undefined) io.stdout.write(`${statistics}\n`)
      return true
    },
  )
  return { checks, defect }
}

/** How many checks are made at once. */
function threadsFor<S>(
  { suite }: Context<S>,
  { engine, limits }: RunChecks<S>,
  built: readonly BuiltCheck<S>[],
): number {
  const { workers = 1, maxMemory, statistics } = limits
  // One limit of memory is for one search at a time, and so is what a search tells of its own work.
  const isAlone =
    engine !== 'fast' || suite.source === undefined || maxMemory !== undefined || statistics === true
  return isAlone ? 1 : Math.min(workers, built.length)
}

interface Turn {
  readonly known: readonly KnownFile[]
  readonly signal: AbortSignal
  readonly elsewhere: Explore | undefined
  /** Are all checks before it done? */
  isItsTurn(): boolean
}

async function searchOne<S>(
  { suite, io }: Context<S>,
  { selection, limits, engine, coverage }: RunChecks<S>,
  one: BuiltCheck<S>,
  { known, signal, elsewhere, isItsTurn }: Turn,
): Promise<CheckResult<S> | Defect<S>> {
  const line = progressLine(one.check.name, io)
  const { onAlone } = limits
  try {
    return await runCheck(one, {
      suite,
      selection,
      known,
      engine,
      elsewhere,
      coverage,
      limits: {
        ...limits,
        signal,
        onProgress(progress) {
          if (isItsTurn()) line.show(progress)
        },
        onAlone: onAlone && (why => onAlone(`${one.check.name}: ${why}`)),
      },
    })
  } finally {
    line.erase()
  }
}

/** Every violation in a file. */
async function withFiles<S>(
  result: CheckResult<S>,
  { check }: BuiltCheck<S>,
  { suite, io }: { readonly suite: Suite<S>; readonly io: Io },
  { selection, save }: RunChecks<S>,
): Promise<CheckResult<S>> {
  const as = { suite, io, check, build: selection.build }
  const judgements: CheckResult<S>['judgements'][number][] = []
  for (const judgement of result.judgements) {
    if (save === undefined) judgements.push(await saveUnreviewed(judgement, as))
    else if (judgement.verdict === 'violated' || judgement.verdict === 'known')
      judgements.push({ ...judgement, saved: await saveCurated(judgement, save, as) })
    else judgements.push(judgement)
  }
  return { ...result, judgements }
}
