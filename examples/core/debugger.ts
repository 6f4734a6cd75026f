/**
 * A debugger that attaches to a process which is not its child, sees a signal before it is delivered, replaces it,
 * and learns of the exit before the parent does.
 */
import {
  EventExit,
  EventTraceeStop,
  PTRACE_O_TRACEEXIT,
  SIGKILL,
  SIGTERM,
  SIGUSR1,
  type Task,
  TaskSet,
} from '../../src/index.js'

/** The signal, or the event above it, that a status of a stopped tracee tells of. */
const stopOf = (status: number): string => {
  const event = status >> 16
  return event === 0 ? `signal ${(status >> 8) & 0xff}` : `event ${event}`
}

export async function main(report: (line: string) => void): Promise<void> {
  const init = new TaskSet().createInit()
  const [tracer, program] = [init.fork(), init.fork()]
  await Promise.all([tracer.returned(), program.returned()])
  const next = () =>
    tracer.wait({ specificTID: program.tid, events: EventExit | EventTraceeStop, cloneTasks: true })

  /** Tells of the stop that the tracee is in next. */
  const reportStop = async (): Promise<void> => report(`stopped: ${stopOf((await next()).status)}`)
  const resume = async (sig = 0): Promise<void> => {
    tracer.ptraceCont(program, sig)
    await tracer.returned()
  }

  tracer.ptraceAttach(program)
  await reportStop()
  tracer.ptraceSetOptions(program, PTRACE_O_TRACEEXIT)
  await tracer.returned()
  await resume()

  // Whatever is sent to the program, the tracer decides what arrives.
  program.sendGroupSignal(SIGUSR1)
  await reportStop()
  await resume(SIGTERM)
  await reportStop()
  await resume()

  const { status } = await next()
  report(`exited: killed by signal ${status & 0x7f}`)
  report(`and the parent collects it: ${collected(await init.wait({ specificTID: program.tid }), program)}`)
  tracer.sendGroupSignal(SIGKILL)
}

const collected = ({ task }: { readonly task: Task }, program: Task): boolean =>
  task === program && task.exitState === 'Dead'
