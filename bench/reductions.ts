/**
 * What reductions save: `tsx bench/reductions.ts [symmetry | por]`. Prints tables in Markdown, as in REDUCTIONS.md.
 *
 * Partial-order reduction is measured by what it could save at best. A full search tells which fields every action has ever
 * read and written, and what every property has read: no declaration could be more exact. From that, stubborn sets are
 * computed for the same states, once heeding what properties see, and once for deadlocks alone.
 */
import { is, type RecordOf } from 'immutable'
import type { DefinedModel } from '../checker/define/model.js'
import { exploreFast } from '../checker/engine/explore.js'
import { FastSearch } from '../checker/engine/search.js'
import type { Reading } from '../checker/engine/tracker.js'
import { Evidence } from '../checker/explore/evidence.js'
import { isLocal } from '../checker/explore/explore.js'
import type { Model } from '../checker/model.js'
import { StubbornSets } from '../checker/por/stubborn.js'
import { suite } from '../checks/suite.js'
import { withNotify, withNotifyAll } from '../examples/bounded-buffer.js'
import { twoPhaseCommit } from '../examples/two-phase-commit.js'
import type { ImmutableState } from '../spec/immutable-state.js'

type Case = {
  readonly check: string
  readonly topology: string
  readonly tasks?: number
  readonly depth?: number
}

const likeChildren = { topology: '3 tasks: t0, t1<t0, t2<t0', tasks: 3 }

const symmetricCases: readonly Case[] = [
  { check: 'tracers', topology: 'mutual-tracing' },
  { check: 'kill-many', ...likeChildren, depth: 6 },
  { check: 'exec', ...likeChildren, depth: 6 },
  { check: 'sigchld', ...likeChildren, depth: 6 },
  { check: 'stops', ...likeChildren, depth: 6 },
  { check: 'jobs', ...likeChildren, depth: 6 },
  { check: 'exit', ...likeChildren },
]

const porCases: readonly Case[] = [
  { check: 'exit', topology: 'pair' },
  { check: 'tracers', topology: 'mutual-tracing' },
  { check: 'timers', topology: 'threaded-child' },
  { check: 'traced-leaders', topology: 'sibling-thread-traces' },
  { check: 'kill-many', topology: 'pair' },
  { check: 'exec', topology: 'threaded-child' },
]

const built = ({ check: name, topology, tasks, depth }: Case) => {
  const check = suite.checks.find(other => other.name === name)
  if (check === undefined) throw new Error(`no check ${name}`)
  const model = check.build({ profile: suite.defaultProfile, topologies: [topology], tasks })
  const to = depth === undefined ? '' : `, to depth ${depth}`
  return { name: `${name}, ${topology}${to}`, model, properties: check.properties.filter(isLocal), depth }
}

const print = (...cells: readonly (string | number)[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`)

async function measureSymmetry(): Promise<void> {
  print('model', 'all states', 'kept', 'times fewer', 'user s, all', 'user s, kept')
  print('---', '---:', '---:', '---:', '---:', '---:')
  const models = [twoPhaseCommit, withNotify, withNotifyAll] as readonly unknown[]
  const examples = (models as readonly DefinedModel<ImmutableState>[]).map(model => ({
    name: `examples: ${model.name}`,
    model,
    properties: model.properties.filter(isLocal),
    depth: undefined,
  }))
  for (const { name, model, properties, depth } of [...examples, ...symmetricCases.map(built)]) {
    const [whole, before] = await timed(() => exploreFast(model, properties, { depth, symmetry: false }))
    const [found, after] = await timed(() => exploreFast(model, properties, { depth, symmetry: true }))
    const { symmetry } = found
    if (symmetry === undefined || 'refused' in symmetry || symmetry.states !== whole.states)
      throw new Error(`${name}: the orbits do not add up`)
    print(name, whole.states, found.states, (whole.states / found.states).toFixed(2), before, after)
  }
}

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, string]> {
  const start = process.cpuUsage()
  const result = await run()
  return [result, (process.cpuUsage(start).user / 1e6).toFixed(1)]
}

/** A full search, with what was read and written in it. */
class Learnt {
  readonly search: FastSearch<ImmutableState>
  readonly #readBy = new Map<number, Set<Reading>>()
  readonly #seen = new Set<Reading>()

  constructor(model: Model<ImmutableState>, properties: ReturnType<typeof built>['properties']) {
    this.search = new FastSearch(model, properties, new Evidence(properties))
    const { ruleQuestions, stateQuestions, stepQuestions } = this.search.expander
    // Whatever reads the same is asked once: what is read when it is asked is all that it ever reads.
    const ask = ruleQuestions.ask.bind(ruleQuestions)
    ruleQuestions.ask = (action, vector) => {
      const outcome = ask(action, vector)
      const readings = this.#readBy.get(action) ?? new Set()
      for (const reading of ruleQuestions.read) readings.add(reading)
      this.#readBy.set(action, readings)
      return outcome
    }
    for (const questions of [stateQuestions, stepQuestions]) {
      const judge = questions.ask.bind(questions)
      questions.ask = (question, vector) => {
        const answer = judge(question, vector)
        for (const reading of questions.read) this.#seen.add(reading)
        return answer
      }
    }
    while (this.search.frontier > 0) this.search.expand(Number.POSITIVE_INFINITY)
  }

  /** Numbers of fields of cells. */
  fieldsOf(readings: Iterable<Reading>): readonly number[] {
    const { columns, tracker } = this.search.space
    const found = new Set<number>()
    for (const { slot, field } of readings) {
      const at = tracker.slots.columnOf(slot)
      const column = columns[at ?? -1]
      if (at === undefined || column === undefined) continue
      const names = column.kindOf(0)?.fields ?? []
      const one = names.findIndex(name => column.field(name) === field)
      for (const position of one < 0 ? names.keys() : [one]) found.add(at * mostFields + position)
    }
    return [...found]
  }

  readsOf(action: number): readonly number[] {
    return this.fieldsOf(this.#readBy.get(action) ?? [])
  }

  get seenByProperties(): readonly number[] {
    return this.fieldsOf(this.#seen)
  }

  /** The fields in which the state that is expanded and the one after the step differ. */
  get written(): readonly number[] {
    const { space, expander } = this.search
    return space.columns.flatMap((column, at) => {
      const [before, after] = [space.tracker.slots.before(at), space.tracker.slots.after(at)].map(
        slot => column.values[expander.step[slot] as number] as RecordOf<{ [field: string]: unknown }>,
      )
      const names = column.kindOf(0)?.fields ?? []
      return names.flatMap((name, position) =>
        is(before?.get(name), after?.get(name)) ? [] : [at * mostFields + position],
      )
    })
  }
}

const mostFields = 64

function measurePor(): void {
  print(
    'check',
    'states',
    'actions taken',
    'of them visible',
    'kept, all properties',
    'kept, deadlocks alone',
  )
  print('---', '---:', '---:', '---:', '---:', '---:')
  for (const one of porCases) {
    const { name, model, properties } = built(one)
    const learnt = new Learnt(model, properties)
    const { search } = learnt
    const { expander } = search
    const writes = new Map<number, Set<number>>()
    const targets: Map<number, number>[] = []
    for (let index = 0; index < search.states; index++) {
      expander.load(search.stored, index)
      expander.ask()
      const reached = new Map<number, number>()
      for (const outcome of expander.outcomes) {
        const changes = expander.take(outcome)
        const all = writes.get(outcome.action) ?? new Set()
        for (const field of learnt.written) all.add(field)
        writes.set(outcome.action, all)
        if (changes) expander.findRow(search.stored)
        const target = changes ? search.stored.find(expander.row, expander.low, expander.high) : index
        reached.set(outcome.action, target)
        expander.undo()
      }
      targets.push(reached)
    }
    // What is never taken enables and disturbs nothing.
    const taken = [...writes.keys()]
    const touched = taken.map(action => ({
      reads: learnt.readsOf(action),
      writes: [...(writes.get(action) as Set<number>)],
    }))
    const seen = new Set(learnt.seenByProperties)
    const visible = touched.map(its => its.writes.some(field => seen.has(field)))
    const kept = (isVisible: readonly boolean[]) =>
      keptBy(new StubbornSets(touched, isVisible), learnt, taken, targets)
    print(
      name,
      search.states,
      taken.length,
      visible.filter(it => it).length,
      kept(visible),
      kept(visible.map(() => false)),
    )
  }
}

/** How many states a search finds that takes a part of the steps where one is enough. */
function keptBy(
  sets: StubbornSets,
  learnt: Learnt,
  taken: readonly number[],
  targets: readonly ReadonlyMap<number, number>[],
): number {
  const { expander, stored } = learnt.search
  const { ruleQuestions } = expander
  const queue = expander.model.initial.map(({ state }) => learnt.search.indexOfState(state) as number)
  const found = new Set(queue)
  const expanded = new Set<number>()
  for (const index of queue) {
    expanded.add(index)
    const steps = targets[index] as ReadonlyMap<number, number>
    const target = (at: number) => steps.get(taken[at] as number) as number
    const enabled = [...taken.keys()].filter(at => steps.has(taken[at] as number))
    expander.load(stored, index)
    const blockedBy = (at: number) => {
      ruleQuestions.ask(taken[at] as number, expander.step)
      return learnt.fieldsOf(ruleQuestions.read)
    }
    const part = sets.partsOf(enabled, blockedBy).find(its => its.some(at => !expanded.has(target(at))))
    for (const at of part ?? enabled) {
      if (found.has(target(at))) continue
      found.add(target(at))
      queue.push(target(at))
    }
  }
  return found.size
}

if (process.argv[2] !== 'por') await measureSymmetry()
if (process.argv[2] !== 'symmetry') measurePor()
