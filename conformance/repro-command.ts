/**
 * `repro`: a stand-alone C program from a counterexample or a scenario.
 */
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { fitTrace } from '../checker/cli/fit.js'
import { absolutePath, type Io, shownPath } from '../checker/cli/io.js'
import { known } from '../checker/cli/suggest.js'
import { UsageError } from '../checker/errors.js'
import { readTrace } from '../checker/itf/read.js'
import type { Suite } from '../checker/suite.js'
import type { ImmutableState } from '../spec/immutable-state.js'
import { type Profile, profiles } from '../spec/profile.js'
import { topologies } from '../spec/topologies.js'
import { topologiesOf } from '../spec/topology-enumerate.js'
import { lastLook, outlineOf, scenarioOf } from './from-trace.js'
import { keyOf } from './oracle/hypothesis.js'
import { Oracle, slotsFor } from './oracle/oracle.js'
import { type Expectations, expectationsOfSource, expectationsOfSpec, programFor } from './repro.js'
import { readScenarios, type Scenario } from './scenario.js'

interface Options {
  readonly id?: string
  readonly profile?: string
  readonly output?: string
  readonly scenario?: boolean
}

const examples = `
Examples:
  zombieproof repro counterexamples/NAME.itf.json > reproduce.c
  zombieproof repro conformance/scenarios/sample.jsonl --id wait-eintr --output reproduce.c
  gcc -o reproduce reproduce.c && ./reproduce

The program exits with 0 if the kernel does what is expected, 1 if not, 3 where it cannot be asked. Expected is what
the source of the scenario says, or else what the spec allows under the profile linux.`

export function reproCommand(suite: Suite<ImmutableState>) {
  return function addRepro(
    program: Command,
    { io }: { readonly io: Io },
    finish: (status: number) => void,
  ): void {
    program
      .command('repro')
      .summary('a C program from a counterexample')
      .description('Writes a stand-alone C program that does what a counterexample or a scenario does.')
      .argument('<FILE>', 'a counterexample, NAME.itf.json, or a file of scenarios, NAME.jsonl')
      .option('--id <ID>', 'which scenario of the file')
      .option('--profile <NAME>', 'expect what the spec allows under this profile')
      .option('--scenario', 'write the scenario itself, as conform takes it')
      .option('--output <FILE>', 'write to FILE instead of standard output')
      .addHelpText('after', examples)
      .action(async (file: string, options: Options) => finish(await repro(suite, io, file, options)))
  }
}

async function repro(suite: Suite<ImmutableState>, io: Io, file: string, options: Options): Promise<number> {
  const path = absolutePath(file, io)
  const shown = shownPath(path, io)
  const { scenario, about } = file.endsWith('.jsonl')
    ? aboutItself(await oneScenario(path, shown, options.id))
    : await fromTrace(suite, path, shown)
  const text =
    options.scenario === true
      ? `${JSON.stringify(scenario)}\n`
      : await programFor(scenario, expectationsFor(scenario, options.profile), about)
  if (options.output === undefined) io.stdout.write(text)
  else await writeFile(absolutePath(options.output, io), text)
  return 0
}

/** A scenario that says what it comes from, and not what that expects. */
const aboutItself = (scenario: Scenario) => ({
  scenario,
  about: scenario.source === undefined || scenario.expect !== undefined ? [] : [`${scenario.source}.`],
})

async function oneScenario(path: string, shown: string, id: string | undefined): Promise<Scenario> {
  const scenarios = await readScenarios(path, shown)
  const [first] = scenarios
  if (id === undefined && scenarios.length === 1 && first !== undefined) return first
  if (id === undefined)
    throw new UsageError(`${shown} holds ${scenarios.length} scenarios.`, 'Choose one with --id.')
  const named = scenarios.map(scenario => ({ name: scenario.id, scenario }))
  return known(id, named, { one: 'scenario', many: 'scenarios' }).scenario
}

/** A profile that was asked for; else what the source says; else Linux. */
function expectationsFor(scenario: Scenario, asked: string | undefined): Expectations {
  const source = expectationsOfSource(scenario)
  if (asked === undefined && source !== undefined) return source
  const profile = profileNamed(asked ?? 'linux')
  return expectationsOfSpec(scenario, new Oracle(profile, slotsFor(scenario)), profile.name)
}

const profileNamed = (name: string): Profile => known(name, profiles, { one: 'profile', many: 'profiles' })

async function fromTrace(
  suite: Suite<ImmutableState>,
  path: string,
  shown: string,
): Promise<{ readonly scenario: Scenario; readonly about: readonly string[] }> {
  const document = await readTrace(path, shown)
  const { topology, tasks, profile, kind, mutant } = document['#meta'].zombieproof
  if (mutant !== undefined)
    throw new UsageError(
      `${shown} is a trace of the deliberate fault ${mutant}, which no kernel has.`,
      'Name a counterexample of the spec itself.',
    )
  const { behaviour, property } = fitTrace(suite, document, shown, 'ignored')
  const tree = [...topologies, ...(tasks === undefined ? [] : topologiesOf(tasks))].find(
    ({ name }) => name === topology,
  )
  if (tree === undefined) throw new UsageError(`${shown}: there is no topology ${topology}.`)
  const id = (shown.split('/').at(-1) ?? shown).replace(/\.itf\.json$/, '')
  const scenario = scenarioOf(id, tree, behaviour.steps)
  if (scenario.steps.length === 0)
    throw new UsageError(`${shown} has no external step: there is nothing for a program to do.`)
  const does = kind === 'difference' ? 'shows that' : 'breaks'
  const last = behaviour.steps.at(-1)?.after ?? behaviour.initial.state
  refuseUndetermined(scenario, last, profileNamed(profile), shown)
  return {
    scenario: { ...scenario, steps: [...scenario.steps, ...lastLook(tree, last)] },
    about: [`A counterexample of the profile ${profile}: it ${does} "${property.name}".`],
  }
}

/**
 * Throws `UsageError` unless every way in which the kernel can come to rest after each external step ends as the trace
 * can end, if only that is let run on to its rest.
 */
function refuseUndetermined(scenario: Scenario, last: ImmutableState, profile: Profile, shown: string): void {
  const oracle = new Oracle(profile, Math.max(slotsFor(scenario), last.scope.slots))
  let hypotheses = oracle.start(scenario.pre)
  for (const [i, step] of scenario.steps.entries()) {
    const next = oracle.next(hypotheses, step)
    if (typeof next === 'string' || next.length === 0)
      throw new UsageError(
        `${shown}: step ${i + 1}, ${step.actor} ${step.do}, cannot be taken once the kernel has come to rest: ${
          typeof next === 'string' ? next : 'its actor is dead or in a call by then'
        }.`,
        'Find a counterexample in which it can: the trace is a race between programs and the kernel.',
      )
    hypotheses = next
  }
  const ends = new Set(oracle.settled(last).map(outlineOf))
  const strangers = hypotheses.filter(({ state }) => !ends.has(outlineOf(state)))
  if (strangers.length === 0) return
  throw new UsageError(
    `${shown}: its external steps do not determine it: ${strangers.length} of ${new Set(hypotheses.map(keyOf)).size} ways in which the kernel can take them end otherwise.`,
    'Find a counterexample without a race within the kernel, or play the scenario many times: pnpm repro --scenario.',
  )
}
