/**
 * A stand-alone C program that plays one scenario and says whether the kernel did what was expected.
 *
 * It is the puppet's own source in one file, with the scenario and the expectations as tables, so that a kernel
 * developer needs nothing else: no library, no files, one command to build it.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../checker/errors.js'
import { puppetFolder } from './build.js'
import { compile } from './compile.js'
import { comparedStates, type Oracle, type Seen } from './oracle/oracle.js'
import type { Scenario } from './scenario.js'

/** What may be seen after each step: any one of the alternatives, each with lines that must all be seen. */
export type Expectations = {
  readonly says: string
  /** Must nothing else be seen to return? */
  readonly all: boolean
  readonly bySteps: readonly (readonly (readonly string[])[])[]
}

/** What the source of the scenario says: some lines of some steps. */
export function expectationsOfSource({ steps, expect, source }: Scenario): Expectations | undefined {
  if (expect === undefined) return undefined
  const bySteps = steps.map((_, i) =>
    expect
      .filter(({ after }) => after === i)
      .map(({ actor, call, result }) =>
        result
          .split('||')
          .map(each => (call === 'state' ? `${actor} ${each.trim()}` : `${actor} ${call} = ${each.trim()}`)),
      )
      .reduce<string[][]>((all, either) => all.flatMap(lines => either.map(line => [...lines, line])), [[]])
      .filter(lines => lines.length > 0),
  )
  return { says: source ?? 'the source of the scenario', all: false, bySteps }
}

/** What the spec allows under a profile. Throws `UsageError` where it does not know a step. */
export function expectationsOfSpec(scenario: Scenario, oracle: Oracle, profile: string): Expectations {
  const bySteps: (readonly (readonly string[])[])[] = []
  let hypotheses = oracle.start(scenario.pre)
  for (const [i, step] of scenario.steps.entries()) {
    const shows = oracle.shows(hypotheses, step)
    const next = oracle.next(hypotheses, step)
    if (typeof shows === 'string' || typeof next === 'string')
      throw new UsageError(
        `The spec does not know step ${i + 1}, ${step.actor} ${step.do}: ${typeof shows === 'string' ? shows : String(next)}.`,
        'Give the scenario what its source expects (expect), or leave the step out.',
      )
    bySteps.push(shows.map(linesOf))
    hypotheses = next
  }
  return { says: `the spec under the profile ${profile}`, all: true, bySteps }
}

/** Who waits for pid 1 is the program itself, so its end looks different from outside. */
const linesOf = ({ events, states, init }: Seen): readonly string[] => {
  const lines = [...events, ...comparedStates(states, init)]
  return lines.length === 0 ? [''] : lines
}

/** The text of the program. `about` is told in its first comment. */
export async function programFor(
  scenario: Scenario,
  expectations: Expectations,
  about: readonly string[],
): Promise<string> {
  const { id, pre, steps } = scenario
  const story = (all: Scenario['steps'], first: number) =>
    all.map(
      ({ actor, do: call }, i) =>
        ` *   ${first + i < 1 ? '    ' : String(first + i).padStart(3)}  ${actor} ${call}`,
    )
  const rows = expectations.bySteps.flatMap((alternatives, step) =>
    alternatives.flatMap((lines, alternative) =>
      lines.map(line => `\t{${step}, ${alternative}, ${quoted(line)}},`),
    ),
  )
  const comment = [
    '/*',
    ...[id, '', ...about, '', 'Start:'].map(commented),
    ...story(pre, -pre.length),
    ' * Steps, with rest between them:',
    ...story(steps, 1),
    ' *',
    commented(`Expected by ${expectations.says}.`),
    commented('Build and run (x86-64, as root or with user namespaces):'),
    ' *',
    ' *     gcc -fno-stack-protector -o reproduce FILE.c && ./reproduce',
    ' *',
    commented(
      'Exit status: 0 as expected, 1 not as expected, 3 not possible here. A call that hangs is named.',
    ),
    commented('Made by zombieproof.'),
    ' */',
  ]
  const tables = [
    '',
    'static const char *const script[] = {',
    ...compile(scenario, 'scenario')
      .trim()
      .split('\n')
      .map(line => `\t${quoted(line)},`),
    '};',
    '',
    '/* After which step, which of several alternatives, and a line that must be seen then. */',
    'static const struct {',
    '\tint step, alternative;',
    '\tconst char *line;',
    '} expectations[] = {',
    ...(rows.length === 0 ? ['\t{-1, 0, ""},'] : rows),
    '};',
    '',
    `static const int expects_all = ${expectations.all ? 1 : 0};`,
    '',
    '/* ---- from here on the same for every scenario ---- */',
    '',
  ]
  return [...comment, ...tables, await inlined('reproduce.h', new Set())].join('\n')
}

const commented = (line: string): string => ` * ${line.replaceAll('*/', '* /')}`.trimEnd()

/** A string of C. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?')}"`

/** A file of the puppet with the others that it includes, each once. */
async function inlined(name: string, seen: Set<string>): Promise<string> {
  seen.add(name)
  const lines = (await readFile(join(puppetFolder, name), 'utf8')).split('\n')
  const out: string[] = []
  for (const line of lines) {
    const included = /^#include "(.+)"$/.exec(line)?.[1]
    if (included === undefined) out.push(line)
    else if (!seen.has(included)) out.push(await inlined(included, seen))
  }
  return out.join('\n')
}
