/**
 * Stepping through a model: reads commands, one a line, and answers each.
 *
 * Here: the commands. Not here: the walk that they go along (explain/explorer.ts), the text of states and steps (report/).
 */
import { UsageError } from '../errors.js'
import { Explorer } from '../explain/explorer.js'
import { readTrace } from '../itf/read.js'
import { traceDocument, writeTrace } from '../itf/write.js'
import type { Initial, Model } from '../model.js'
import { usageErrorText } from '../report/error.js'
import { closedLines, doneLines, enabledLines, stateLines } from '../report/explorer.js'
import { traceLines } from '../report/trace.js'
import type { BuildOptions, CheckDefinition } from '../suite.js'
import { type Context, styleFor } from './command.js'
import { noDeadlockNamed, propertiesOf } from './deadlock.js'
import { fitTrace } from './fit.js'
import { absolutePath, shownPath } from './io.js'

export interface Exploring<S> {
  readonly check: CheckDefinition<S>
  readonly build: BuildOptions
  readonly model: Model<S>
  readonly initial: Initial<S>
}

/** Until `quit`, or the end of the input. The exit status. */
export async function runExplorer<S>(context: Context<S>, exploring: Exploring<S>): Promise<number> {
  const { io } = context
  const style = styleFor(io, io.stdout)
  const session = new Session(context, exploring)
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`)
  }
  const { initial } = exploring
  write([
    `${style.strong(exploring.check.name)}: ${exploring.check.says}`,
    `  from ${initial.name}: ${initial.says}`,
  ])
  write(session.enabled())
  prompt()
  for await (const line of io.lines?.() ?? []) {
    const text = line.trim()
    if (text === 'quit' || text === 'q') break
    try {
      write(await session.answer(text))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      io.stdout.write(usageErrorText(error, style))
    }
    prompt()
  }
  return 0

  function prompt(): void {
    if (io.stdout.isTTY === true) io.stdout.write('> ')
  }
}

const help = [
  'N or NAME takes a step; back, forward; state; closed [NAME]; trace; open FILE; save FILE; quit.',
]

class Session<S> {
  readonly #explorer: Explorer<S>

  constructor(
    private readonly context: Context<S>,
    private readonly exploring: Exploring<S>,
  ) {
    this.#explorer = new Explorer(exploring.model, exploring.initial)
  }

  get #style() {
    const { io } = this.context
    return styleFor(io, io.stdout)
  }

  enabled(): readonly string[] {
    return enabledLines(this.#explorer, this.#style)
  }

  async answer(text: string): Promise<readonly string[]> {
    const [word = '', ...rest] = text.split(/\s+/)
    const argument = rest.join(' ')
    switch (word) {
      case '':
        return this.enabled()
      case 'help':
        return help
      case 'back':
        this.#explorer.back()
        return this.enabled()
      case 'forward':
        this.#explorer.forward()
        return this.enabled()
      case 'state':
        return stateLines(this.#explorer, this.#style)
      case 'closed':
        return closedLines(this.#explorer, argument, this.#style)
      case 'trace':
        return traceLines(this.#explorer.behaviour, 'trace', this.#style)
      case 'open':
        return this.#open(argument)
      case 'save':
        return this.#save(argument)
      default:
        return this.#take(text)
    }
  }

  #take(text: string): readonly string[] {
    const taken = this.#explorer.take(text)
    if (taken.length === 1) return [...doneLines(this.#explorer, this.#style), ...this.enabled()]
    throw new UsageError(
      taken.length === 0
        ? `'${text}' is neither a step that can be taken here nor a command.`
        : `'${text}' is more than one step.`,
      taken.length === 0
        ? 'See what can be done with an empty line, why not with: closed, and the commands with: help'
        : `Which of these? ${taken.join(', ')}`,
    )
  }

  async #open(path: string): Promise<readonly string[]> {
    const { io, suite } = this.context
    const file = shownPath(absolutePath(path, io), io)
    const document = await readTrace(absolutePath(path, io), file)
    const { check } = document['#meta'].zombieproof
    if (check !== this.exploring.check.name)
      throw new UsageError(
        `${file} is of the check '${check}'.`,
        `Explore it with: zombieproof explore ${check}`,
      )
    const { behaviour } = fitTrace(suite, document, file, 'ignored')
    this.#explorer.jump(behaviour)
    return [`at the end of ${file}`, ...this.enabled()]
  }

  async #save(path: string): Promise<readonly string[]> {
    if (path === '') throw new UsageError('save takes a file.', 'For example: save trace.itf.json')
    const { io } = this.context
    const { check, build, model } = this.exploring
    const { behaviour, broken } = this.#explorer
    const properties = propertiesOf(check, model)
    // A trace file has to say what it shows; what shows nothing is saved as a trace without deadlock.
    const property = broken(properties) ?? properties.find(({ name }) => name === noDeadlockNamed.name)
    if (property === undefined) throw new Error('every check has the property that there is no deadlock')
    const target = absolutePath(path, io)
    const document = traceDocument(behaviour, property, {
      check: check.name,
      profile: build.profile,
      features: [...check.features],
      topologies: [behaviour.initial.name],
      tasks: build.tasks,
      mutant: build.mutant,
      alsoIn: [],
    })
    await writeTrace(target, document)
    return [`saved ${shownPath(target, io)}: ${behaviour.steps.length} steps, ${property.name}`]
  }
}
