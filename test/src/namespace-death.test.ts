/**
 * The death of a namespace in time: who was killed and has not moved since is not killed once more, unless an observer
 * wants to hear of it. Both ways lead to the same states.
 */
import { describe, expect, it } from 'vitest'
import {
  fork,
  gvisor2018,
  gvisorFixed,
  linux,
  type Profile,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  SIGTERM,
  SyscallError,
  save,
  type Task,
  TaskSet,
  vfork,
} from '../../src/index.js'

/** Numbers from a seed: mulberry32. */
const randomFrom = (seed: number) => {
  let a = seed
  return (n: number): number => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

const calls: readonly ((task: Task, other: Task, n: number) => void)[] = [
  task => task.fork(),
  task => task.cloneThread(),
  task => task.clone({ ...fork, newPIDNamespace: true }),
  task => task.clone(vfork),
  (task, _, n) => task.exit(n),
  task => task.execve(),
  task => task.waitNow(),
  (task, other) => task.ptraceAttach(other),
  (task, other) => task.ptraceCont(other),
  (task, other) => task.ptraceDetach(other),
  (task, other) => task.ptraceSetOptions(other, 0x40),
]
const signals = [SIGSTOP, SIGSTOP, SIGCONT, SIGTERM]

/** Takes one random step; what it was follows from the numbers and the states alone. */
function doSomething(taskSet: TaskSet, known: Task[], random: (n: number) => number): void {
  const [task, other] = [known[random(known.length)] as Task, known[random(known.length)] as Task]
  const [kind, n] = [random(10), random(100)]
  try {
    if (kind < 5) {
      const [step] = task.nextSteps()
      if (step !== undefined) task.step(step)
    } else if (kind < 9) {
      if (task.mayCall) calls[n % calls.length]?.(task, other, n)
    } else if (task.exitState !== 'Dead') {
      task.sendSignal(n === 0 ? SIGKILL : (signals[n % signals.length] as number))
    }
  } catch (error) {
    if (error instanceof Error && (error instanceof SyscallError || error.name === 'NoWaitableEvent')) return
    throw error
  }
  for (const it of taskSet.tasks) if (!known.includes(it)) known.push(it)
}

const start = (profile: Profile, isObserved: boolean) => {
  const options = { profile, schedule: 'by hand', ...(isObserved && { observe: () => undefined }) } as const
  const taskSet = new TaskSet(options)
  const init = taskSet.createInit()
  const inner = init.clone({ ...fork, newPIDNamespace: true })
  taskSet.run()
  return { taskSet, inner, known: [init, inner] }
}

describe.each([gvisor2018, gvisorFixed, linux].map(profile => [profile.name, profile] as const))(
  '%s',
  (_, profile) => {
    it('leads to the same states, observed or not', () => {
      let deaths = 0
      for (let seed = 1; seed <= 40; seed++) {
        const pair = [start(profile, true), start(profile, false)] as const
        const numbers = pair.map(() => randomFrom(seed))
        for (let i = 0; i < 200; i++) {
          for (const [at, { taskSet, inner, known }] of pair.entries()) {
            if (i === 80 && inner.mayCall) inner.exitGroup(1)
            doSomething(taskSet, known, numbers[at] as (n: number) => number)
          }
          if (i % 4 !== 3) continue
          const [observed, plain] = pair.map(({ taskSet }) => save(taskSet))
          expect(plain).toEqual(observed)
        }
        if (pair[0].inner.group.pidns.exiting) deaths++
      }
      expect(deaths).toBeGreaterThan(8)
    })
  },
)

it('kills once more who is let go in a stopped process that was killed', () => {
  const saved = [true, false].map(isObserved => {
    const { taskSet, inner } = start(gvisorFixed, isObserved)
    const [target, tracer] = [inner.fork(), inner.fork()]
    taskSet.run()
    tracer.ptraceAttach(target)
    taskSet.run()
    tracer.ptraceCont(target, SIGSTOP)
    taskSet.run()
    expect([target.stop, target.group.groupStopPhase]).toEqual(['ptrace', 'Complete'])
    inner.exitGroup(0)
    while (!inner.group.pidns.exiting) inner.step()
    while (tracer.nextSteps().length > 0) tracer.step()
    expect([target.tracer, target.groupStopRequired]).toEqual([null, false])
    return save(taskSet)
  })
  expect(saved[1]).toEqual(saved[0])
})

it('takes a time that grows with the tasks, and not with the pairs of them', () => {
  const steps = (tasks: number): number => {
    const { taskSet, inner } = start(gvisor2018, false)
    for (let i = 0; i < tasks; i++) {
      inner.fork()
      taskSet.run()
    }
    inner.exitGroup(0)
    let looks = 0
    const { group } = inner
    const { tids } = group.pidns
    const keys = tids.keys.bind(tids)
    tids.keys = () => {
      looks++
      return keys()
    }
    taskSet.run()
    expect(tids.size).toBe(1)
    return looks
  }
  // All of them are gone through once, however many they are.
  expect([steps(10), steps(200)]).toEqual([1, 1])
})
