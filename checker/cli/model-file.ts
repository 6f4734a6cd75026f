/**
 * `--model FILE`: a suite made of what a module exports, so that a model of one's own is checked like any other.
 *
 * Here: which exports are models or checks, and what is said of a file that has none.
 * Not here: how a model is written (define/).
 */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { DefinedModel } from '../define/model.js'
import { forbidExit } from '../engine/no-exit.js'
import type { SourcedModel } from '../engine/source.js'
import { messageOf, UsageError } from '../errors.js'
import type { Model, Property } from '../model.js'
import type { BuildOptions, CheckDefinition, Suite } from '../suite.js'
import { importModule } from '../typescript.js'
import { absolutePath, type Io, shownPath } from './io.js'
import { laterErrors } from './later-errors.js'
import { withinLimit } from './load-limit.js'
import { assertModel, speaking } from './model-shape.js'
import { rebuilding, saidBySuite } from './rebuild.js'

/** Such a model has one profile: to be as it is written. */
const profile = { name: 'as-written', says: 'the model as it is written' }

/**
 * Loads the module, which runs it, and runs what is to be done with it. Its export `checks` counts, a list of checks and
 * models; without that, every model that it exports is a check. Throws `UsageError` for a file that is not there, cannot
 * be loaded in time, or has no model, and for what fails later in something that it has begun. Meanwhile, `process.exit` throws.
 */
export async function withModelFile<T>(
  path: string,
  io: Io,
  run: (suite: Suite<unknown>) => Promise<T>,
): Promise<T> {
  const allowExit = forbidExit()
  const file = absolutePath(path, io)
  const shown = shownPath(file, io)
  const { failed, settled, done } = laterErrors(shown, io)
  const loadAndRun = async () => {
    const loading = withinLimit(shown, io, () => suiteOfModule(file, shown))
    // A turn later Node.js has told of what was rejected while the module was loaded.
    const suite = await loading.finally(setImmediate)
    const result = await run({ ...suite, settled })
    await settled()
    return result
  }
  try {
    return await Promise.race([loadAndRun(), failed])
  } finally {
    await setImmediate()
    done()
    allowExit()
  }
}

/** A check of such a suite, on another thread. */
export const rebuilt = async (argument: unknown): Promise<SourcedModel> => {
  const file = saidBySuite(argument) as string
  return rebuilding(await suiteOfModule(file, file))(argument)
}

async function suiteOfModule(file: string, shown: string): Promise<Suite<unknown>> {
  const checks = checksOf(await exportsOf(file, shown), shown)
  const features = [...new Set(checks.flatMap(check => check.features))]
  const topologies = [...new Set(checks.flatMap(check => check.topologies))]
  return {
    checks,
    profiles: [profile],
    defaultProfile: profile.name,
    features: features.map(name => ({ name, says: `the rules of the feature ${name}` })),
    topologies: topologies.map(name => ({ name, says: 'an initial state of the model' })),
    mutants: [],
    source: { module: import.meta.url, export: 'rebuilt', of: file },
    counterexamples: join(dirname(file), 'counterexamples'),
    modelFile: shown,
  }
}

async function exportsOf(file: string, shown: string): Promise<Readonly<Record<string, unknown>>> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) {
    throw new UsageError(
      `There is no file ${shown}.`,
      'Name a module that exports a model: --model examples/peterson.ts',
    )
  }
  try {
    return await importModule(file)
  } catch (error) {
    if (error instanceof UsageError) {
      throw new UsageError(`${shown} cannot be loaded. ${error.what}`, error.next, error.likely)
    }
    const message = messageOf(error)
    throw new UsageError(`${shown} cannot be loaded: ${message}`, 'Correct the module, and try again.')
  }
}

function checksOf(
  exported: Readonly<Record<string, unknown>>,
  shown: string,
): readonly CheckDefinition<unknown>[] {
  const { checks: listed } = exported
  const values = Array.isArray(listed) ? (listed as readonly unknown[]) : Object.values(exported)
  const checks = [...new Set(values)].flatMap(value =>
    isCheck(value) ? [value] : isModel(value) ? [checkOf(checked(value, shown))] : [],
  )
  if (checks.length === 0) {
    throw new UsageError(
      `${shown} exports no model.`,
      'Export what model({ … }) of zombieproof/checker gives, or a list of such models named checks.',
    )
  }
  const twice = checks.find(({ name }, at) => checks.findIndex(other => other.name === name) !== at)
  if (twice === undefined) return checks
  throw new UsageError(
    `${shown} exports two models named '${twice.name}'.`,
    'Give each its own name: it is how one of them is asked for.',
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isCheck = (value: unknown): value is CheckDefinition<unknown> =>
  isObject(value) && typeof value.build === 'function' && Array.isArray(value.properties)

/** A model; one that `model` has made has properties, too. */
type Exported = Model<unknown> & Partial<Pick<DefinedModel<unknown>, 'says' | 'properties'>>

const isModel = (value: unknown): value is Exported =>
  isObject(value) &&
  typeof value.restore === 'function' &&
  typeof value.cells === 'function' &&
  Array.isArray(value.rules) &&
  Array.isArray(value.initial)

function checked(model: Exported, shown: string): Exported {
  assertModel(model, shown)
  return speaking(model, shown)
}

/** A check that asks of a model what it has to say of itself. */
export function checkOf<S>(
  model: Model<S> & { readonly says?: string; readonly properties?: readonly Property<S>[] },
): CheckDefinition<S> {
  const { name, says = name, properties = [] } = model
  return {
    name,
    says,
    features: [...new Set(model.rules.map(({ feature }) => feature))],
    topologies: model.initial.map(initial => initial.name),
    properties,
    build: options => narrowed(model, options),
  }
}

function narrowed<S>(model: Model<S>, { tasks, topologies, features }: BuildOptions): Model<S> {
  if (tasks !== undefined) {
    throw new UsageError(
      `The model ${model.name} starts from the states that it lists, not from topologies of ${tasks} tasks.`,
      'Leave out --tasks; choose an initial state with --topology.',
    )
  }
  const less = {
    initial: model.initial.filter(({ name }) => topologies?.includes(name) ?? true),
    rules: model.rules.filter(({ feature }) => features?.includes(feature) ?? true),
  }
  return Object.assign(Object.create(model) as Model<S>, less)
}
