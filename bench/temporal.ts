/**
 * The temporal properties and the catalogue in figures: `pnpm exec tsx bench/temporal.ts`. Judges every temporal property in
 * every check that asks for it, as the kernel is and mended; and comes to every counterexample of the catalogue again, by a
 * breadth-first search and by seeded walks, which it minimizes. Writes temporal.json and TEMPORAL.md.
 *
 * It takes minutes; with names of checks and counterexamples, only those are asked again. A test holds the page against temporal.json, and both against the suite.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { fitTrace } from '../checker/cli/fit.js'
import { exploreFast } from '../checker/engine/explore.js'
import { readTrace } from '../checker/itf/read.js'
import { ofClause } from '../checker/minimize/look.js'
import { minimize } from '../checker/minimize/minimize.js'
import { clauseOf, type Violation } from '../checker/minimize/violation.js'
import { isTemporal, type LocalProperty } from '../checker/model.js'
import type { BuildOptions, CheckDefinition } from '../checker/suite.js'
import { walk } from '../checker/walk/walk.js'
import { questions } from '../checks/questions.js'
import { suite } from '../checks/suite.js'
import type { ImmutableState } from '../spec/immutable-state.js'
import { temporalProperties } from '../spec/temporal.js'
import { type Asked, type Recorded, type Shown, temporalPage, type Walked } from './temporal-page.js'

type State = ImmutableState

const folder = import.meta.dirname
const profiles = ['gvisor-2018', 'gvisor-fixed']
/** For each counterexample. */
const walkSeconds = 10

async function askedIn(check: CheckDefinition<State>, profile: string): Promise<readonly Asked[]> {
  const births = questions.find(({ name }) => name === check.name)?.births ?? 0
  const rows: Asked[] = []
  for (const property of check.properties.filter(isTemporal)) {
    const model = check.build({ profile })
    const { verdicts, states, seconds } = await exploreFast(model, [property], { depth: check.bound?.depth })
    const [verdict] = verdicts
    if (verdict === undefined) throw new Error(`no verdict on ${property.name}`)
    const found = 'trace' in verdict ? { steps: verdict.trace.actions.length, loop: verdict.loop } : {}
    rows.push({
      property: property.name,
      kind: property.kind,
      check: check.name,
      profile,
      topologies: check.topologies.join(', '),
      births,
      verdict: verdict.verdict,
      ...found,
      states,
      seconds,
    })
  }
  return rows
}

async function shownBy(name: string): Promise<Shown> {
  const document = await readTrace(join(suite.counterexamples, `${name}.itf.json`), name)
  const { check, property, behaviour } = fitTrace(suite, document, name, 'compared')
  const { profile, topology } = document['#meta'].zombieproof
  const { initial, model, steps } = behaviour
  const whole = check.build({ profile })
  const { verdicts } = await exploreFast(whole, [property], { depth: check.bound?.depth })
  const [verdict] = verdicts
  const last = steps.at(-1)
  const state = last === undefined ? initial.state : model.restore(model.cells(last.after))
  const violation = { property, clause: clauseOf(property, last, state) }
  return {
    name,
    property: property.name,
    kind: property.kind,
    check: check.name,
    topology,
    tasks: tasksOf(initial.state),
    steps: steps.length,
    loop: document.loop,
    breadthFirst: verdict !== undefined && 'trace' in verdict ? verdict.trace.actions.length : undefined,
    walked: isTemporal(property)
      ? null
      : await walkedTo(check, { profile, topologies: [topology] }, violation),
  }
}

const tasksOf = (state: State): number =>
  Array.from({ length: state.scope.slots }, (_, t) => state.task(t)).filter(
    ({ runState }) => runState !== 'unborn',
  ).length

/** One walk for each seed, until one breaks the clause. */
async function walkedTo(
  check: CheckDefinition<State>,
  build: BuildOptions,
  violation: Violation<State>,
): Promise<Walked | undefined> {
  const model = check.build(build)
  const judged = ofClause(violation) as LocalProperty<State>
  const started = performance.now()
  for (let seed = 1; (performance.now() - started) / 1000 < walkSeconds; seed++) {
    const scheduler = (['uniform', 'priorities', 'rare'] as const)[seed % 3]
    const { found } = await walk(model, [judged], { seed, walks: 1, steps: 1000, scheduler })
    const [first] = found
    if (first === undefined) continue
    const { initial, actions } = first.trace
    const small = await minimize({
      check,
      build,
      violation,
      topology: initial.name,
      candidate: { actions },
      propertyOf: () => violation.property,
    })
    if (small === undefined) throw new Error(`the walk of seed ${seed} does not replay`)
    return {
      seed,
      steps: actions.length,
      minimized: small.shown.steps.length,
      minimality: small.minimality,
      tasks: tasksOf(small.initial.state),
      seconds: (performance.now() - started) / 1000,
    }
  }
  return undefined
}

/** What is asked for by name, of checks and counterexamples; without a name, everything. What is not stays as it was recorded. */
const named = process.argv.slice(2)
const isAskedFor = (name: string): boolean => named.length === 0 || named.includes(name)
const file = join(folder, 'temporal.json')
const before: Recorded | undefined =
  named.length === 0 ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Recorded)

const asked: Asked[] = []
for (const profile of profiles)
  for (const check of suite.checks) {
    const known = before?.asked.filter(it => it.profile === profile && it.check === check.name)
    if (!isAskedFor(check.name)) {
      asked.push(...(known ?? []))
      continue
    }
    process.stderr.write(`${profile}: ${check.name} …\n`)
    asked.push(...(await askedIn(check, profile)))
  }
const shown: Shown[] = []
for (const each of readdirSync(suite.counterexamples)
  .filter(name => name.endsWith('.itf.json'))
  .toSorted()) {
  const name = each.replace('.itf.json', '')
  const known = before?.shown.find(it => it.name === name)
  if (known !== undefined && !isAskedFor(name)) {
    shown.push(known)
    continue
  }
  process.stderr.write(`${name} …\n`)
  shown.push(await shownBy(name))
}
const order = new Map(temporalProperties.map(({ name }, i) => [name, i]))
const recorded: Recorded = {
  machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, linux ${release()}, Node.js ${process.version}`,
  walkSeconds,
  asked: asked.toSorted((a, b) => (order.get(a.property) ?? 0) - (order.get(b.property) ?? 0)),
  shown,
}
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`)
writeFileSync(join(folder, 'TEMPORAL.md'), temporalPage(recorded))
