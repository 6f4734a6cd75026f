/**
 * A stand-alone C program that plays one scenario and says whether the kernel did what was expected.
 *
 * A kernel developer needs nothing else: no library but that of C, no files, one command to build it. The steps and what is
 * expected of them stand at its top, then what each process and thread does; the rest is what program/program.c has of
 * what this scenario needs.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../checker/errors.js'
import { CCalls, closed, type Part } from './c-calls.js'
import { type Cast, castOf } from './compile.js'
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

/** The text of the program. `about` is told in its first comment. Throws `UsageError` for a scenario that is none. */
export async function programFor(
  scenario: Scenario,
  expectations: Expectations,
  about: readonly string[],
): Promise<string> {
  const cast = castOf(scenario)
  const enumerators = new Map(cast.members.map(({ name }) => [name, enumerator(name)]))
  const calls = new CCalls(enumerators)
  const all = [...scenario.pre, ...scenario.steps]
  const made = all.map((step, i) => calls.of(step, `${scenario.id}, step ${i + 1 - scenario.pre.length}`))
  const parts = closed([
    'names',
    ...made.flatMap(call => call.parts),
    ...(made.some(call => call.parts.includes('handlers'))
      ? [expectations.all ? ('handlers in short' as const) : ('handlers in full' as const)]
      : []),
    ...(all.some(step => mayHoldAtBirth.test(step.do)) ? ['held' as const] : []),
    ...(cast.members.some(({ space, creator }) => space > 0 && cast.members[creator]?.space !== 0)
      ? ['nspid' as const]
      : []),
  ])
  const actors = cast.members.map(({ name }) =>
    actorFunction(
      name,
      all.flatMap((step, i) =>
        step.actor === name
          ? [`\tSTEP(${i + 1 - scenario.pre.length}, ${made[i]?.expression}); /* ${commentable(step.do)} */`]
          : [],
      ),
    ),
  )
  const template = partsOf(await readFile(join(import.meta.dirname, 'program', 'program.c'), 'utf8'), parts)
  return [
    ...commentFor(scenario, expectations, about),
    ...includes,
    '',
    ...tables(scenario, expectations, cast, enumerators, parts),
    ...prototypes(template, actors.join('\n')),
    '',
    ...actors,
    `static void (*const plays[ACTORS])(void) = {${cast.members.map(({ name }) => `as_${name}`).join(', ')}};`,
    '',
    template,
  ].join('\n')
}

/** Who is traced or in a stopped process may be stopped before the first instruction of its own. */
const mayHoldAtBirth = /ptrace\(|CLONE_PTRACE|SIGSTOP|SIGTSTP|SIGTTIN|SIGTTOU/

/** A name that no header can have as a macro. */
const enumerator = (name: string): string => (/^([A-Z][a-z]*\d*|INIT)$/.test(name) ? name : `Actor_${name}`)

const includes: readonly string[] = [
  '#define _GNU_SOURCE',
  ...[
    ...[
      'dirent',
      'errno',
      'fcntl',
      'limits',
      'poll',
      'sched',
      'signal',
      'stdarg',
      'stdio',
      'stdlib',
      'string',
      'time',
      'unistd',
    ],
    ...[
      'linux/futex',
      'sys/mman',
      'sys/prctl',
      'sys/ptrace',
      'sys/resource',
      'sys/syscall',
      'sys/utsname',
      'sys/wait',
    ],
  ].map(header => `#include <${header}.h>`),
]

function commentFor(
  { id, pre, steps }: Scenario,
  { says }: Expectations,
  about: readonly string[],
): string[] {
  const story = (all: Scenario['steps'], first: number) =>
    all.map(
      ({ actor, do: call }, i) =>
        ` *   ${first + i < 1 ? '    ' : String(first + i).padStart(3)}  ${actor} ${commentable(call)}`,
    )
  return [
    '/*',
    ...[id, '', ...about, '', 'Start:'].map(commented),
    ...story(pre, -pre.length),
    ' * Steps, with rest between them:',
    ...story(steps, 1),
    ' *',
    commented(`Expected by ${says}.`),
    commented('Build and run (x86-64, as root or with user namespaces):'),
    ' *',
    ' *     gcc -o reproduce FILE.c && ./reproduce',
    ' *',
    commented(
      'Exit status: 0 as expected, 1 not as expected, 3 not possible here. A call that hangs is named.',
    ),
    commented('Made by zombieproof.'),
    ' */',
  ]
}

function tables(
  { pre, steps }: Scenario,
  { all, bySteps }: Expectations,
  { members, spacesAbove }: Cast,
  enumerators: ReadonlyMap<string, string>,
  parts: ReadonlySet<Part>,
): readonly string[] {
  const named = (name: string) => enumerators.get(name) ?? name
  const row = (
    { actor, do: call }: Scenario['steps'][number],
    alternatives: readonly (readonly string[])[],
  ) => [
    `\t{${named(actor)}, ${quoted(call)}, {${alternatives.length === 0 ? '0' : ''}`,
    ...alternatives.map(lines => `\t\t${quoted(lines.join('; '))},`),
    '\t}},',
  ]
  const rows = [...pre.map(step => row(step, [])), ...steps.map((step, i) => row(step, bySteps[i] ?? []))]
  const most = Math.max(0, ...bySteps.map(alternatives => alternatives.length))
  return [
    `enum name { ${members.map(({ name }) => named(name)).join(', ')}, ACTORS };`,
    `static const char *const names[ACTORS] = {${members.map(({ name }) => quoted(name)).join(', ')}};`,
    '/* The PID namespace of each; who creates it; is it a thread? */',
    `enum { SPACES = ${spacesAbove.length} };`,
    `static const int space_of[ACTORS] = {${members.map(({ space }) => space).join(', ')}};`,
    `static const int creators[ACTORS] = {${members.map(({ creator }) => named(members[creator]?.name ?? '')).join(', ')}};`,
    ...(parts.has('nspid') ? [`static const int spaces_above[SPACES] = {${spacesAbove.join(', ')}};`] : []),
    ...(parts.has('held')
      ? [
          `static const int threads[ACTORS] = {${members.map(({ isThread }) => Number(isThread)).join(', ')}};`,
        ]
      : []),
    '',
    `/* All steps; the first ${pre.length} are the start, which is not judged. */`,
    `enum { START = ${pre.length}, STEPS = ${rows.length}, NEVER };`,
    `/* Must nothing return that is not expected? */`,
    `enum { NOTHING_ELSE = ${all ? 1 : 0} };`,
    'static const struct {',
    '\tenum name actor;',
    '\tconst char *call;',
    '\t/* What must be seen after it: all of one of these. */',
    `\tconst char *expected[${most + 1}];`,
    '} steps[STEPS] = {',
    ...rows
      .flat()
      .join('\n')
      .replaceAll(/\{0\n\t\}\}/g, '{0}}')
      .split('\n'),
    '};',
    '',
    '#define sys(...) SYSTEM_CALL(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)',
    '#define SYSTEM_CALL(number, a, b, c, d, e, f, ...) \\',
    '\tkernel(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))',
    '/* One step of an actor: waits until it is its turn, and stores what the call has returned, in words. */',
    '#define STEP(number, call) do { if (my_turn((number) + START)) finish(call); } while (0)',
    '',
  ]
}

const actorFunction = (name: string, steps: readonly string[]): string =>
  [`static void as_${name}(void)`, '{', ...steps, '}', ''].join('\n')

/** Of the functions of the template, those that are named before they are defined. */
function prototypes(template: string, before: string): readonly string[] {
  const named = new Set([...before.matchAll(/\b(\w+)\b/g)].map(([, name]) => name))
  named.add('kernel').add('my_turn').add('finish')
  return [...template.matchAll(/^(static [^;{}\n]*?\b(\w+)\([^;{}\n]*\))\n\{/gm)]
    .filter(([, , name]) => named.has(name))
    .map(([, head]) => `${head};`)
}

/** The lines of a text that stand in none of the parts that are not wanted. */
function partsOf(text: string, wanted: ReadonlySet<Part>): string {
  const inside: boolean[] = []
  return text
    .split('\n')
    .filter(line => {
      const only = /^\s*\/\* only: (.+) \*\/$/.exec(line)?.[1]
      if (only !== undefined) inside.push(wanted.has(only as Part))
      const ends = /^\s*\/\* end \*\/$/.test(line)
      if (ends) inside.pop()
      return only === undefined && !ends && inside.every(it => it)
    })
    .join('\n')
}

const commentable = (text: string): string => text.replaceAll('*/', '* /')

const commented = (line: string): string => ` * ${commentable(line)}`.trimEnd()

/** A string of C. */
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?')}"`
