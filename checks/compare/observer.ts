/**
 * What programs and whoever reads /proc can see of the spec.
 *
 * Seen: which call is made by whom, with its arguments; what it returns or how it fails, and when; which handlers run;
 * that a joiner is woken; that the kernel itself ends; and, while nothing happens on its own, the state that /proc shows
 * under every id.
 * Not seen: how the kernel gets there; signals that are sent, until they do something; that a wait has been notified.
 * It is what `pnpm conform` compares, and the order of things as well.
 */
import type { Observer } from '../../checker/compare/observed.js'
import type { Initial, Model } from '../../checker/model.js'
import { mayEndKernel, whyKernelEnds } from '../../conformance/oracle/kernel-ends.js'
import type { Event } from '../../spec/events.js'
import type { ImmutableState } from '../../spec/immutable-state.js'
import type { TaskId } from '../../spec/state.js'
import type { KernelModel } from '../model.js'
import { actionLabel, eventText, type Names } from '../names.js'

const namesIn = (model: Model<ImmutableState>, initial: Initial<ImmutableState>): Names =>
  (model as KernelModel).names(initial)

export const observer: Observer<ImmutableState> = {
  step(model, { rule, choice }, events, initial) {
    const names = namesIn(model, initial)
    const seen = events.flatMap(event => eventSeen(event as Event, names))
    return rule.kind === 'internal' ? seen : [callText(rule.name, choice, names), ...seen]
  },
  end({ rule, choice }, before) {
    if (!mayEndKernel(rule.name)) return undefined
    const why = whyKernelEnds(before(), rule, choice)
    return why === undefined ? undefined : `the kernel ends: ${why}`
  },
  rest: (model, state, initial) => restText(state, namesIn(model, initial)),
}

/** The call that a program makes. What is picked of several outcomes is not its choice. */
function callText(rule: string, choice: unknown, names: Names): string {
  const { pick: _pick, ...made } = choice as { readonly pick?: unknown }
  return actionLabel(rule, made, names)
}

function eventSeen(event: Event, names: Names): readonly string[] {
  switch (event.kind) {
    case 'waited':
    case 'wait failed':
    case 'failed':
      return [`${names[event.by]}: ${eventText(event, names)}`]
    case 'handler':
    case 'futex woken':
      return [eventText(event, names)]
    case 'wait blocked':
    case 'signal':
    case 'woken':
    case 'released':
      return []
  }
}

/** By the ids in the outermost namespace; an id stands for the task that has it now. */
function restText(s: ImmutableState, names: Names): string {
  const ids = [...s.namespace(0).tasks].sort(([a], [b]) => a - b)
  const shown = ids.flatMap(([id, task]) => {
    const state = stateShown(s, task)
    return state === undefined ? [] : [`${names[id]} ${state}`]
  })
  return `at rest: ${shown.length === 0 ? 'nobody is left' : shown.join(', ')}`
}

/** In the letters of /proc, where it has one; undefined for who is gone. */
function stateShown(s: ImmutableState, task: TaskId): string | undefined {
  const { exitState, stop, runState } = s.task(task)
  if (exitState === 'Dead') return undefined
  if (exitState === 'Zombie') return 'Z'
  if (stop === 'group') return 'T'
  if (stop === 'ptrace' || stop === 'ptraceFrozen') return 't'
  return runState === 'app' ? 'runs' : 'in a call'
}
