/**
 * How fast is the core? What a kernel does with 100 000 tasks, in tasks per second; run with `pnpm bench:core`.
 *
 * Also shown is whether the time grows with the tasks that are touched, or with those that there are: each scenario
 * is run with a tenth of the tasks as well, and ten times the tasks should take about ten times as long.
 */
import { parseArgs } from 'node:util'
import { fork, SIGKILL, type Task, TaskSet } from '../src/index.js'

interface Scenario {
  readonly name: string
  /** What was prepared is not timed. */
  prepare(tasks: number): () => void
}

const started = (tasks: number) => {
  const taskSet = new TaskSet({ schedule: 'by hand', maxTasks: 2 ** 22 })
  const init = taskSet.createInit()
  const fill = (parent: Task, how: (parent: Task) => Task): Task[] => {
    const made: Task[] = []
    for (let i = 0; i < tasks; i++) {
      made.push(how(parent))
      taskSet.run()
    }
    return made
  }
  return { taskSet, init, fill }
}

const collectAll = (init: Task, tasks: number): void => {
  for (let i = 0; i < tasks; i++) init.waitNow()
}

const scenarios: readonly Scenario[] = [
  {
    name: 'fork',
    prepare(tasks) {
      const { init, fill } = started(tasks)
      return () => void fill(init, parent => parent.fork())
    },
  },
  {
    name: 'exit, and wait for any child',
    prepare(tasks) {
      const { taskSet, init, fill } = started(tasks)
      const children = fill(init, parent => parent.fork())
      return () => {
        for (const child of children) child.exitGroup(0)
        taskSet.run()
        collectAll(init, tasks)
      }
    },
  },
  {
    name: 'wait for one child by its id, youngest first',
    prepare(tasks) {
      const { taskSet, init, fill } = started(tasks)
      const children = fill(init, parent => parent.fork())
      for (const child of children) child.exitGroup(0)
      taskSet.run()
      return () => {
        for (const child of children.toReversed()) init.waitNow({ specificTID: child.tid })
      }
    },
  },
  {
    name: 'fork, exit and wait beside all the others',
    prepare(tasks) {
      const { taskSet, init, fill } = started(tasks)
      fill(init, parent => parent.fork())
      const parent = init.fork()
      taskSet.run()
      return () => {
        for (let i = 0; i < tasks; i++) {
          const child = parent.fork()
          taskSet.run()
          child.exitGroup(0)
          taskSet.run()
          parent.waitNow()
        }
      }
    },
  },
  {
    name: 'kill of a process with so many threads',
    prepare(tasks) {
      const { taskSet, init } = started(tasks)
      const leader = init.fork()
      taskSet.run()
      for (let i = 1; i < tasks; i++) {
        leader.cloneThread()
        taskSet.run()
      }
      return () => {
        leader.sendGroupSignal(SIGKILL)
        taskSet.run()
        init.waitNow({ specificTID: leader.tid })
      }
    },
  },
  {
    name: 'kill of a process group with so many processes',
    prepare(tasks) {
      const { taskSet, init, fill } = started(tasks)
      const leader = init.fork()
      taskSet.run()
      leader.setpgid(0, 0)
      fill(leader, parent => parent.fork())
      return () => {
        init.kill(-leader.tid, SIGKILL)
        taskSet.run()
        collectAll(init, tasks + 1)
      }
    },
  },
  {
    // In the source, every process that exits in a dying namespace kills all the others once more.
    name: 'death of a namespace with so many processes',
    prepare(tasks) {
      const { taskSet, init, fill } = started(tasks)
      const inner = init.clone({ ...fork, newPIDNamespace: true })
      taskSet.run()
      fill(inner, parent => parent.fork())
      return () => {
        inner.exitGroup(0)
        taskSet.run()
        init.waitNow({ specificTID: taskSet.root.idOf(inner) })
      }
    },
  },
]

/** Seconds. */
function timed({ prepare }: Scenario, tasks: number): number {
  const run = prepare(tasks)
  const start = performance.now()
  run()
  return (performance.now() - start) / 1000
}

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '100000' }, json: { type: 'boolean' } },
})
const asked = Number(values.tasks)
const results = scenarios.map(scenario => {
  const tenth = timed(scenario, asked / 10)
  const seconds = timed(scenario, asked)
  return {
    name: scenario.name,
    tasks: asked,
    seconds,
    perSecond: Math.round(asked / seconds),
    growth: seconds / tenth,
  }
})
if (values.json) {
  console.log(JSON.stringify({ results }, null, 2))
} else {
  const width = Math.max(...scenarios.map(({ name }) => name.length)) + 2
  console.log(`${`${asked} tasks`.padEnd(width)}  seconds   tasks/s   ten times the tasks`)
  for (const { name, seconds, perSecond, growth } of results)
    console.log(
      `${name.padEnd(width)}${seconds.toFixed(2).padStart(9)}${String(perSecond).padStart(10)}   ${growth.toFixed(1)} × the time`,
    )
}
