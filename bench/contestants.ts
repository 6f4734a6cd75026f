/**
 * Who takes part: this checker, and the peers that are installed. How each is built, run and read.
 *
 * Building (of Spin and Rumur: to translate and to compile) is not timed. A run is timed from the start of its process
 * to its end.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Question } from './questions.js'

export interface Counts {
  readonly states: number
  readonly transitions: number
}

export interface Contestant {
  readonly name: string
  /** Why it cannot take part; undefined if it can. */
  missing(): string | undefined
  /** The command that is timed, in this folder. */
  build(question: Question, folder: string): { readonly command: string; readonly args: readonly string[] }
  /** What it has counted. Throws if that cannot be read. */
  read(output: string, question: Question): Counts
}

const root = join(import.meta.dirname, '..')
const peer = (file: string) => join(import.meta.dirname, 'peers', file)

const lacks = (...tools: readonly string[]): string | undefined => {
  const missing = tools.filter(tool => {
    try {
      execFileSync('which', [tool], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`
}

const number = (output: string, pattern: RegExp): number => {
  const found = pattern.exec(output)?.[1]
  if (found === undefined) throw new Error(`the output has no ${pattern.source}`)
  return Number(found.replaceAll(',', ''))
}

const ours = (engine: 'fast' | 'simple'): Contestant => ({
  name: `zombieproof ${engine}`,
  missing: () => undefined,
  build: ({ name, file }) => ({
    command: process.execPath,
    args: [
      join(root, 'bin/zombieproof.js'),
      ...['check', name, '--model', join(import.meta.dirname, 'models', file)],
      ...['--engine', engine, '--workers', '1', '--no-symmetry', '--json'],
    ],
  }),
  read: output => {
    const { checks } = JSON.parse(output) as { checks: readonly [Counts & { readonly complete: boolean }] }
    if (!checks[0].complete) throw new Error('the search is not complete')
    return checks[0]
  },
})

const spin: Contestant = {
  name: 'spin -DBFS',
  missing: () => lacks('spin', 'gcc'),
  build: (question, folder) => {
    execFileSync('spin', ['-a', ...question.spin.defines, peer(question.spin.file)], {
      cwd: folder,
      stdio: 'ignore',
    })
    const gcc = ['-O2', '-DSAFETY', '-DNOREDUCE', '-DBFS', '-o', 'pan', 'pan.c']
    execFileSync('gcc', gcc, { cwd: folder, stdio: 'ignore' })
    return { command: join(folder, 'pan'), args: ['-w21'] }
  },
  // Of its transitions, one leads to the initial state, and one to the state in which the process has ended.
  read: (output, { transitions, spin: { ended } }) => {
    if (!/errors: 0\b/.test(output)) throw new Error('spin has found errors')
    const more = 1 + ended
    const counted = number(output, /([\d.e+]+) transitions \(= stored/)
    // From a hundred million on it prints eight digits: then these are compared.
    const agrees = counted >= 1e8 && counted === Number((transitions + more).toPrecision(8))
    return {
      states: number(output, /(\d+) states, stored/) - ended,
      transitions: agrees ? transitions : counted - more,
    }
  },
}

const rumur: Contestant = {
  name: 'rumur',
  missing: () => lacks('rumur', 'gcc'),
  build: ({ rumur: { file, constants } }, folder) => {
    const text = Object.entries(constants).reduce(
      (source, [name, value]) => source.replace(new RegExp(`\\b${name}: \\d+;`), `${name}: ${value};`),
      readFileSync(peer(file), 'utf8'),
    )
    writeFileSync(join(folder, 'model.m'), text)
    const cwd = folder
    execFileSync(
      'rumur',
      ['--symmetry-reduction', 'off', '--deadlock-detection', 'off', '--output', 'm.c', 'model.m'],
      {
        cwd,
        stdio: 'ignore',
      },
    )
    const gcc = ['-O3', '-march=native', '-std=c11', '-o', 'm', 'm.c', '-lpthread']
    execFileSync('gcc', gcc, { cwd, stdio: 'ignore' })
    return { command: join(folder, 'm'), args: ['--threads', '1'] }
  },
  read: output => ({
    states: number(output, /([\d,]+) states, [\d,]+ rules fired/),
    transitions: number(output, /[\d,]+ states, ([\d,]+) rules fired/),
  }),
}

const tlc: Contestant = {
  name: 'tlc',
  missing: () =>
    process.env.TLC_JAR === undefined ? 'no jar is named in the environment variable TLC_JAR' : lacks('java'),
  build: ({ tlc: { file, config } }, folder) => {
    for (const each of [file, config]) copyFileSync(peer(each), join(folder, each))
    const java = ['-XX:+UseParallelGC', '-cp', process.env.TLC_JAR ?? '', 'tlc2.TLC']
    return { command: 'java', args: [...java, '-workers', '1', '-config', config, file] }
  },
  read: output => ({
    // At the end; on the way it says how far it is, in other words.
    states: number(output, /states generated, ([\d,]+) distinct states found/),
    transitions: number(output, /([\d,]+) states generated, /) - 1,
  }),
}

export const contestants: readonly Contestant[] = [ours('fast'), ours('simple'), spin, rumur, tlc]

/** A folder of its own for what a contestant builds for a question. */
export function folderFor(base: string, contestant: Contestant, { name }: Question): string {
  const folder = join(base, `${contestant.name.replaceAll(' ', '-')}--${name}`)
  mkdirSync(folder, { recursive: true })
  return folder
}
