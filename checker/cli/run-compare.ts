/**
 * Compares two profiles check by check, or thing by thing, and reports each as soon as it is known.
 */
import { type Comparison, compare } from '../compare/compare.js'
import { exploreFast } from '../engine/explore.js'
import { UsageError } from '../errors.js'
import { replay } from '../explore/replay.js'
import type { ExploreOptions } from '../explore/result.js'
import type { Model } from '../model.js'
import {
  type ComparedCheck,
  type ComparedSwitch,
  type CompareResult,
  comparedText,
  compareJson,
  compareStatus,
  compareSummary,
  type Shown,
  switchText,
} from '../report/compare.js'
import type { Style } from '../report/style.js'
import type { BuildOptions, CheckDefinition, Variant } from '../suite.js'
import { buildAll } from './build-all.js'
import type { Context } from './command.js'
import { observerOf, saveDifference } from './difference.js'
import { interruptible } from './interrupt.js'
import { judgedDifferently } from './judged-differently.js'
import { type ProgressLine, progressLine } from './progress.js'
import type { BuiltCheck } from './run-check.js'
import type { Selection } from './selection.js'

export interface RunCompare<S> {
  /** With the first profile. */
  readonly selection: Selection<S>
  readonly named: boolean
  readonly second: string
  readonly limits: Pick<ExploreOptions, 'maxStates' | 'maxMemory' | 'timeout'> & { readonly depth: number }
  readonly properties: boolean
  readonly all: boolean
  readonly json: boolean
  readonly styleOut: Style
}

type Found<S> = Pick<CompareResult<S>, 'checks' | 'switches' | 'interrupted'>

/** The exit status. */
export async function runCompare<S>(context: Context<S>, options: RunCompare<S>): Promise<number> {
  const { io } = context
  const started = io.now()
  const built = buildAll(options.selection, options.named, io)
  const found = await interruptible(io, signal =>
    options.all ? eachSwitch(context, options, built, signal) : eachCheck(context, options, built, signal),
  )
  const result: CompareResult<S> = {
    first: options.selection.build.profile,
    second: options.second,
    depth: options.limits.depth,
    ...found,
    seconds: (io.now() - started) / 1000,
  }
  io.stdout.write(options.json ? `${JSON.stringify(compareJson(result), null, 2)}\n` : compareSummary(result))
  return compareStatus(result)
}

const isStopped = <S>({ stop }: Comparison<S>): boolean => stop !== undefined && stop.by !== 'depth'

async function eachCheck<S>(
  context: Context<S>,
  options: RunCompare<S>,
  built: readonly BuiltCheck<S>[],
  signal: AbortSignal,
): Promise<Found<S>> {
  const { selection, second, json, styleOut } = options
  const names = { first: selection.build.profile, second }
  const checks: ComparedCheck<S>[] = []
  for (const one of built) {
    if (signal.aborted) break
    const line = progressLine(one.check.name, context.io)
    const compared = await compareOne(context, options, one, line, signal).finally(() => line.erase())
    checks.push(compared)
    if (!json) context.io.stdout.write(`${comparedText(compared, names, styleOut)}\n`)
  }
  return { checks, switches: undefined, interrupted: signal.aborted }
}

async function compareOne<S>(
  context: Context<S>,
  options: RunCompare<S>,
  { check, model }: BuiltCheck<S>,
  line: ProgressLine,
  signal: AbortSignal,
): Promise<ComparedCheck<S>> {
  const { selection, second, limits } = options
  const { build } = selection
  const other = { ...build, profile: second }
  const watching = { ...limits, signal, onProgress: line.show }
  const twin = check.build(other)
  const comparison = await compare(model, twin, observerOf(context.suite), watching)
  const shown = await shownBy(context, comparison, [model, twin], check, build, second)
  const properties = options.properties
    ? await judgedDifferently(context.suite, check, [build, other], watching)
    : undefined
  const { name, says } = check
  const stopped = isStopped(comparison) || properties?.stopped === true
  return { name, says, comparison, shown, properties: properties?.differences, stopped }
}

/** The difference with its trace, in a file. */
async function shownBy<S>(
  context: Context<S>,
  { difference }: Comparison<S>,
  [model, twin]: readonly [Model<S>, Model<S>],
  check: CheckDefinition<S>,
  build: BuildOptions,
  second: string,
): Promise<Shown<S> | undefined> {
  if (difference === undefined) return undefined
  const { trace, of } = difference
  const own = of === 'first' ? model : twin
  const { steps } = replay(own, trace)
  const behaviour = { model: own, initial: trace.initial, steps }
  const names = { first: build.profile, second }
  const saved = await saveDifference(difference, behaviour, names, check, build, context)
  return { difference, behaviour, saved }
}

async function eachSwitch<S>(
  context: Context<S>,
  options: RunCompare<S>,
  built: readonly BuiltCheck<S>[],
  signal: AbortSignal,
): Promise<Found<S>> {
  const { selection, second, limits, json, styleOut } = options
  const first = selection.build.profile
  const variants = context.suite.variants?.(first, second)
  if (variants === undefined)
    throw new UsageError(
      'This model does not say what its profiles differ in.',
      'Leave out --all: the profiles are compared as wholes.',
    )
  const line = progressLine('compare', context.io)
  const asked = await whoAsks(built, selection.build, { ...limits, signal }, line)
  const switches: ComparedSwitch<S>[] = []
  for (const variant of variants) {
    if (signal.aborted) break
    const asking = built.filter(({ check }) => asked.get(check)?.has(variant.name) ?? true)
    const compared = await compareSwitch(context, options, variant, asking, line, signal)
    line.erase()
    switches.push(compared)
    if (!json) context.io.stdout.write(`${switchText(compared, { first, second }, limits.depth, styleOut)}\n`)
  }
  line.erase()
  return { checks: [], switches, interrupted: signal.aborted }
}

/**
 * What each check asks within the depth. A profile that differs in nothing else does the same there: no rule has asked
 * for it, in any state that can be reached.
 */
async function whoAsks<S>(
  built: readonly BuiltCheck<S>[],
  build: BuildOptions,
  limits: ExploreOptions & { readonly depth: number },
  line: ProgressLine,
): Promise<ReadonlyMap<CheckDefinition<S>, ReadonlySet<string>>> {
  const found = new Map<CheckDefinition<S>, ReadonlySet<string>>()
  for (const { check } of built) {
    const watched = check.watch?.(build)
    if (watched === undefined) continue
    // One step more: whether something happens on its own is asked at the last depth as well.
    const { stop } = await exploreFast(watched.model, [], {
      ...limits,
      depth: limits.depth + 1,
      onProgress: line.show,
    })
    if (stop === undefined || stop.by === 'depth') found.set(check, watched.asked)
  }
  return found
}

async function compareSwitch<S>(
  context: Context<S>,
  { selection, limits }: RunCompare<S>,
  { name, says, profile }: Variant,
  asking: readonly BuiltCheck<S>[],
  line: ProgressLine,
  signal: AbortSignal,
): Promise<ComparedSwitch<S>> {
  const { build } = selection
  type Found = { readonly comparison: Comparison<S>; readonly twin: Model<S>; readonly one: BuiltCheck<S> }
  let found: Found | undefined
  let open = asking.map(one => ({ one, twin: one.check.build({ ...build, profile }) }))
  let stopped = false
  // All checks to one depth before any is searched deeper: a near difference in one spares the far ones in others.
  for (let depth = 0; depth <= limits.depth && found === undefined && !stopped; depth++) {
    const further: typeof open = []
    for (const { one, twin } of open) {
      const watching = { ...limits, depth, signal, onProgress: line.show }
      const comparison = await compare(one.model, twin, observerOf(context.suite), watching)
      stopped ||= isStopped(comparison)
      if (comparison.difference !== undefined) {
        found = { comparison, twin, one }
        break
      }
      if (comparison.stop !== undefined) further.push({ one, twin })
    }
    open = further
  }
  const asked = asking.map(({ check }) => check.name)
  const variant = { name, says, variant: profile, asked, stopped }
  if (found === undefined) return { ...variant, check: undefined, shown: undefined }
  const { comparison, twin, one } = found
  const shown = await shownBy(context, comparison, [one.model, twin], one.check, build, profile)
  return { ...variant, check: one.check.name, shown }
}
