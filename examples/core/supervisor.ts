/**
 * A supervisor: it restarts its worker when that dies by a signal, at most so often, and stops when it exits.
 */
import { ExitStatus, SIGKILL, type Task, TaskSet } from '../../src/index.js'

/** Runs the worker's program, which ends with an exit of the task, or with its death. */
export type Worker = (task: Task, attempt: number) => void

export async function supervise(
  worker: Worker,
  restarts: number,
  report: (line: string) => void,
): Promise<ExitStatus> {
  const supervisor = new TaskSet().createInit()
  for (let attempt = 1; ; attempt++) {
    const task = supervisor.fork()
    await task.returned()
    worker(task, attempt)

    const { tid, status } = await supervisor.wait({ specificTID: task.tid })
    const signo = status & 0x7f
    if (signo === 0) {
      report(`${tid} exited ${status >> 8}`)
      return ExitStatus.exited(status >> 8)
    }
    report(`${tid} was killed by signal ${signo}`)
    if (attempt > restarts) return ExitStatus.killedBy(signo)
  }
}

/** A worker that is killed twice before it does its work. */
export const main = (report: (line: string) => void): Promise<ExitStatus> =>
  supervise(
    (task, attempt) => {
      if (attempt < 3) task.sendGroupSignal(SIGKILL)
      else task.exitGroup(0)
    },
    5,
    report,
  )
