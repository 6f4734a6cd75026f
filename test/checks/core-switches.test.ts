/**
 * Every switch of the profiles makes a difference in the core: with that one alone turned, the comparison with the seed's
 * profile finds it out.
 */
import { expect, it } from 'vitest'
import { runJob } from '../../checks/verify/job.js'
import { enablesName, refinesName } from '../../checks/verify/refinement.js'
import * as core from '../../src/index.js'

/** In which check, in as few steps. */
const shown = [
  ['givenAwayChildren', 'are forgotten', 'orphans', 3],
  ['adoptedAndReaped', 'is not listed', 'adoption', 8],
  ['collectedTraceeLeaves', 'its tracer', 'tracers', 5],
  ['peekReports', 'group status', 'exit', 6],
  ['lastExit', 'ends the group if alone', 'exit', 1],
  ['lastExit', 'ends the group', 'exit', 2],
  ['lastExit', 'ends the group at once', 'exit', 1],
  ['dyingInit', 'waits for its namespace', 'namespaces', 3],
  ['dyingInit', 'adopts until its namespace is empty', 'namespaces', 3],
  ['execveWaits', 'for live tasks', 'exec', 5],
  ['execveWaits', 'for threads not reaped and a live leader', 'exec', 5],
  ['leaderLeftAlone', 'is announced again', 'traced-leaders', 8],
  ['adoptedStop', 'wakes the new parent', 'adopted-stops', 4],
  ['letGoTracee', 'wakes who waits with its tracer', 'tracing-threads', 4],
  ['leaderlessStops', 'are looked for', 'leaderless-stops', 3],
  ['leaderlessStops', 'are looked for', 'leaderless-tracees', 3],
  ['leaderlessStops', 'are looked for until it is collected', 'leaderless-stops', 3],
  ['bornTracee', 'keeps its tracer', 'attached-births', 3],
  ['signalsSentInStop', 'interrupt at its end', 'vfork', 7],
  ['endedGroupStop', 'is required of nobody', 'stops', 4],
  ['dequeuedStop', 'outlives SIGCONT', 'stops', 3],
  ['groupStopEntry', 'goes with the acknowledgement', 'stops', 4],
  ['letGoInGroupStop', 'all are interrupted to join', 'let-go-in-stops', 8],
  ['newThread', 'joins the group stop', 'births-in-stops', 4],
  ['reparentedMembers', 'are counted anew', 'orphaned-jobs', 3],
  ['childrenOfMover', 'counted out of the group left', 'moving-jobs', 1],
  ['setsidLeaves', 'before it is counted out', 'moving-jobs', 1],
  ['founderWithoutParent', 'is counted', 'inner-jobs', 4],
  ['initProtection', 'from unwanted signals', 'sigchld', 1],
  ['killOfTheDying', 'comes too late', 'exit', 2],
  ['continuedStops', 'are forgotten', 'orphaned-jobs', 1],
  ['fatalSignals', 'kill when sent', 'sigchld', 1],
  ['heldThreads', 'are chosen', 'vfork', 3],
  ['sessionLeaders', 'stay in their process group', 'jobs', 1],
  ['execedChildren', 'are not moved', 'moved-programs', 3],
  ['tracees', 'are always eligible', 'traced-leaders', 1],
  ['ptraceKill', 'sends SIGKILL', 'ptrace-kills', 0],
  ['tracedChildren', 'come among children', 'children-and-tracees', 7],
  ['orphanedGroups', 'are looked for at exits', 'jobs', 1],
  ['exitSignal', 'goes to the parent', 'orphans', 4],
  ['stopOfOrphan', 'is dropped', 'terminal-stops', 3],
  ['waitBegins', 'with the caller', 'waiting-threads', 8],
  ['threadsOfChildren', 'are no children', 'waits-for-threads', 3],
  ['execedParents', 'are told by SIGCHLD', 'execed-parents', 3],
  ['changesOfTheDying', 'are forgotten', 'orphaned-jobs', 3],
] as const

it('every value that is not that of the seed is here', () => {
  const values = Object.entries(core.switchValues).flatMap(([name, [, ...others]]) =>
    others.map(value => `${name}: ${value}`),
  )
  // Some in more than one check.
  const asked = new Set<string>(shown.map(([name, value]) => `${name}: ${value}`))
  expect(values).toEqual([...asked])
})

it.each(shown)('%s: %s, is told from the seed in %s, in %i steps', async (name, value, check, steps) => {
  const { found } = await runJob(
    {
      check,
      build: { profile: 'gvisor-2018' },
      engine: 'fast',
      // What one of the two may do is found out with the step after it.
      limits: { depth: steps + 1 },
      switches: { [name]: value },
      properties: [refinesName, enablesName],
      walks: { count: 0, length: 0, seed: 1 },
    },
    core,
  )
  expect(found?.trace.actions.length).toBe(steps)
})
