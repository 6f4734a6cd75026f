/**
 * What the outside sees of a step, of the spec and of the core, in the same terms.
 *
 * Two waits of a menu never differ in nothing but whether they block, so that is left to the state to show.
 */
import { match, P } from 'ts-pattern'
import type { Event } from '../../spec/events.js'
import type { WaitOptions } from '../../spec/wait-options.js'
import { eventsOf, maskOfEvents, numberOfSignal } from './codes.js'
import type { Core, World } from './world.js'

/** One thing that the outside sees, as a text that is equal for equal things, with who and what in it. */
export type Seen = string

const signal = (sig: number, to: number, group: boolean, outcome: string): Seen =>
  `signal ${sig} to task ${to}${group ? '' : ' alone'}: ${outcome}`

const options = (o: {
  readonly specificTID: number | null
  readonly specificPGID: number | null
  readonly nonCloneTasks: boolean
  readonly cloneTasks: boolean
  readonly events: number
  readonly consumeEvent: boolean
}): string =>
  [
    'wait',
    ...(o.specificTID === null ? [] : [`for task ${o.specificTID}`]),
    ...(o.specificPGID === null ? [] : [`for process group ${o.specificPGID}`]),
    ...(o.nonCloneTasks ? [] : ['no others than clones']),
    ...(o.cloneTasks ? ['clones'] : []),
    `events ${o.events}`,
    ...(o.consumeEvent ? [] : ['consuming nothing']),
  ].join(', ')

const ofSpec = (o: WaitOptions): string => options({ ...o.toObject(), events: maskOfEvents(o.events) })

const ofCore = (o: Core.WaitOptions, ns: Core.PIDNamespace, world: World): string =>
  options({
    ...o,
    specificTID: o.specificTID === 0 ? null : world.slotOfID(ns, o.specificTID),
    specificPGID: o.specificPGID === 0 ? null : world.slotOfID(ns, o.specificPGID),
  })

export const seenOfSpec = (event: Event): Seen =>
  match(event)
    .returnType<Seen>()
    .with(
      { kind: 'waited' },
      ({ by, options: o, result }) =>
        `task ${by}: ${ofSpec(o)} returned ${result.event} of task ${result.task}, id ${result.tid}, status ${result.status}`,
    )
    .with({ kind: 'wait failed' }, ({ by, options: o, error }) => `task ${by}: ${ofSpec(o)} failed: ${error}`)
    .with({ kind: 'wait blocked' }, ({ by, options: o }) => `task ${by}: ${ofSpec(o)} sleeps`)
    .with({ kind: 'failed' }, ({ by, error }) => `the call of task ${by} failed: ${error}`)
    .with({ kind: 'signal' }, e => signal(numberOfSignal(e.signal), e.to, e.group, e.outcome))
    .with({ kind: 'handler' }, e => `task ${e.task} runs its handler of signal ${numberOfSignal(e.signal)}`)
    .with({ kind: P.union('woken', 'futex woken') }, ({ kind, task }) => `${kind}: task ${task}`)
    .with({ kind: 'released' }, ({ task, tid }) => `task ${task} is reaped, id ${tid} is free`)
    .exhaustive()

/** Undefined for what the spec does not tell. */
export const seenOfCore = (event: Core.KernelEvent, world: World): Seen | undefined =>
  match(event)
    .returnType<Seen | undefined>()
    .with({ kind: 'step' }, () => undefined)
    .with({ kind: 'waited' }, ({ by, options: o, result }) => {
      const { pidns } = by.group
      const [event, ...more] = eventsOf(result.event)
      const which = event === undefined || more.length > 0 ? `events ${result.event}` : event
      const id = world.slotOfID(pidns, result.tid)
      return `task ${by.serial}: ${ofCore(o, pidns, world)} returned ${which} of task ${result.task.serial}, id ${id}, status ${result.status}`
    })
    .with(
      { kind: 'wait failed' },
      ({ by, options: o, error }) =>
        `task ${by.serial}: ${ofCore(o, by.group.pidns, world)} failed: ${error ?? 'ErrNoWaitableEvent'}`,
    )
    .with(
      { kind: 'wait blocked' },
      ({ by, options: o }) => `task ${by.serial}: ${ofCore(o, by.group.pidns, world)} sleeps`,
    )
    .with({ kind: 'signal' }, e => signal(e.signal, e.to.serial, e.group, e.outcome))
    .with({ kind: 'handler' }, e => `task ${e.task.serial} runs its handler of signal ${e.signal}`)
    .with({ kind: P.union('woken', 'futex woken') }, ({ kind, task }) => `${kind}: task ${task.serial}`)
    .with(
      { kind: 'released' },
      ({ task, tid }) => `task ${task.serial} is reaped, id ${world.slotOfID(task.group.pidns, tid)} is free`,
    )
    .exhaustive()

/**
 * What happens to different tasks in one critical section happens in an order of which nobody can tell, and which the
 * source leaves to chance: it is put aside. What happens to one task stays in order.
 */
export const inTellableOrder = (seen: readonly Seen[]): readonly Seen[] =>
  seen.toSorted((a, b) => taskIn(a) - taskIn(b))

const taskIn = (seen: Seen): number => Number(/task (\d+)/.exec(seen)?.[1] ?? -1)
