/**
 * An init that reaps orphans: it starts a shell, and collects whoever becomes its child by losing a parent.
 */
import { type ExitStatus, SyscallError, type Task, TaskSet, type WaitResult } from '../../src/index.js'

/** Collects children until there are none left. */
async function reapAll(init: Task, report: (line: string) => void): Promise<void> {
  for (;;) {
    let reaped: WaitResult
    try {
      reaped = await init.wait()
    } catch (error) {
      if (error instanceof SyscallError && error.code === 'ECHILD') return
      throw error
    }
    report(`reaped ${reaped.tid}, status ${reaped.status >> 8}`)
  }
}

export async function main(report: (line: string) => void): Promise<ExitStatus> {
  const init = new TaskSet().createInit()
  const shell = init.fork()
  await shell.returned()

  // The shell starts a daemon and leaves: the daemon's parent is the init now.
  const daemon = shell.fork()
  await daemon.returned()
  shell.exitGroup(0)
  await shell.returned()
  report(`the parent of ${daemon.tid} is ${daemon.parent?.tid}`)

  const done = reapAll(init, report)
  daemon.exitGroup(3)
  await done
  init.exitGroup(0)
  await init.returned()
  return init.exitStatus
}
