/**
 * The models of the benchmark, at sizes that tests can afford: they are those of the peers.
 */
import { expect, it } from 'vitest'
import { checks as exitLite } from '../../bench/models/exit-lite.js'
import { checks as filterLock } from '../../bench/models/filter-lock.js'
import { checks as twoPhaseCommit } from '../../bench/models/two-phase-commit.js'
import { questions } from '../../bench/questions.js'
import { exploreFast } from '../../checker/engine/explore.js'
import { explore } from '../../checker/explore/explore.js'

const named = <T extends { readonly name: string }>(all: readonly T[], name: string): T => {
  const found = all.find(it => it.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

it('every question has its model', () => {
  const models = [...twoPhaseCommit, ...filterLock, ...exitLite].map(({ name }) => name)
  for (const { name } of questions) expect(models).toContain(name)
})

it('two-phase commit, 3 resource managers: the published counts', async () => {
  const model = named(twoPhaseCommit, 'two-phase-commit-3')
  expect(await explore(model, model.properties)).toMatchObject({ states: 288, transitions: 1_145 })
})

it('filter lock, 5 processes: the counts of Spin and Rumur', async () => {
  const model = named(filterLock, 'filter-lock-5')
  const { states, transitions } = named(questions, 'filter-lock-5')
  const found = await exploreFast(model, model.properties)
  expect(found).toMatchObject({ complete: true, states, transitions })
  expect(found.verdicts.map(({ verdict }) => verdict)).toEqual(['holds'])
})

it('exit-lite: both engines find the same', async () => {
  for (const model of exitLite) {
    const fast = await exploreFast(model, model.properties, { depth: 4 })
    const simple = await explore(model, model.properties, { depth: 4 })
    expect(fast).toMatchObject({
      states: simple.states,
      transitions: simple.transitions,
      levels: simple.levels,
    })
  }
})
