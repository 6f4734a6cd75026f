/**
 * Tracers, tracees and ptrace-stops.
 *
 * Source of the facts: ptrace(2), and the comments of ptrace.go.
 */
import type { TaskId } from '../state.js'
import { aTaskHasATracer, aTaskIsAZombie, aTaskIsDead } from './covers.js'
import { invariant, tasks } from './property.js'
import { exitRank, isDead, listTasks, someTask, tracerGroup } from './questions.js'

/** A tracer knows its tracees. */
export const aTracerListsItsTracees = invariant(aTaskHasATracer, {
  name: 'a tracer lists its tracees',
  says: 'The tracer of a task has the task among its tracees.',
  clauses: { 'the tracer lists it': (s, t) => s.task(s.task(t).tracer as TaskId).tracees.has(t) },
  about: (s, t) => `its tracer is task ${s.task(t).tracer}`,
})

export const aTaskListsTracees = tasks(
  { name: 'a task lists tracees', says: 'Some task has tracees.' },
  (s, t) => s.task(t).tracees.size > 0,
)

/** Whoever a task lists as its tracee has it as tracer. */
export const aListedTraceeNamesItsTracer = invariant(aTaskListsTracees, {
  name: 'a listed tracee names its tracer',
  says: 'Every task among the tracees of a task has that task as its tracer.',
  clauses: {
    'every tracee that it lists has it as tracer': (s, t) =>
      s.task(t).tracees.every(c => s.task(c).tracer === t),
  },
  about: (s, t) =>
    s
      .task(t)
      .tracees.filter(c => s.task(c).tracer !== t)
      .map(
        c =>
          `the tracer of task ${c} is ${s.task(c).tracer === null ? 'nobody' : `task ${s.task(c).tracer}`}`,
      )
      .join(', '),
})

/** Threads do not trace their own group. Source: ptrace(2), EPERM. */
export const aTracerIsInAnotherGroup = invariant(aTaskHasATracer, {
  name: 'a tracer is in another thread group',
  says: 'The tracer of a task is a task of another thread group.',
  clauses: { 'the tracer is in another group': (s, t) => tracerGroup(s, t) !== s.task(t).group },
  about: (s, t) => `its tracer is task ${s.task(t).tracer}`,
})

/** A tracer that has let its tracees go has none. */
export const aTracerCanStillDetach = invariant(aTaskHasATracer, {
  name: 'a tracer is never past its detaching',
  says: 'The tracer of a task has not yet detached its tracees in its own exit path.',
  clauses: {
    'the tracer has still to detach its tracees': (s, t) => {
      const { runState } = s.task(s.task(t).tracer as TaskId)
      return runState !== 'exitChildren' && runState !== 'exitNotify' && runState !== 'exited'
    },
  },
  about: (s, t) => `its tracer is task ${s.task(t).tracer}`,
})

/** A zombie traces nobody. */
export const aZombieHasNoTracees = invariant(aTaskIsAZombie, {
  name: 'a zombie has no tracees',
  says: 'A task that has become a zombie traces nobody any more.',
  clauses: {
    'no task has it as tracer': (s, t) => !someTask(s, c => s.task(c).tracer === t),
    'it lists no tracees': (s, t) => s.task(t).tracees.size === 0,
  },
})

/** Whoever is dead has no tracer. */
export const theDeadHaveNoTracer = invariant(aTaskIsDead, {
  name: 'a dead task has no tracer',
  says: 'A dead task has no tracer.',
  clauses: { 'it has no tracer': (s, t) => s.task(t).tracer === null },
})

/** Whoever is dead is nobody's tracee, and traces nobody. */
export const theDeadAreNobodysTracees = invariant(aTaskIsDead, {
  name: 'a dead task is nobody’s tracee',
  says: 'No task has a dead task among its tracees, or as its tracer.',
  clauses: {
    'nobody lists it as a tracee': (s, t) => !someTask(s, p => s.task(p).tracees.has(t)),
    'nobody has it as tracer': (s, t) => !someTask(s, c => s.task(c).tracer === t),
  },
  about: (s, t) => `listed by ${listTasks(s, p => s.task(p).tracees.has(t))}`,
})

export const aTaskIsInAPtraceStop = tasks(
  { name: 'a task is in a ptrace-stop', says: 'Some task is in a ptrace-stop.' },
  (s, t) => s.task(t).stop === 'ptrace' || s.task(t).stop === 'ptraceFrozen',
)

/** Only a tracer ends a ptrace-stop, so there has to be one. */
export const aPtraceStopHasATracer = invariant(aTaskIsInAPtraceStop, {
  name: 'a task in a ptrace-stop has a tracer',
  says: 'A task in a ptrace-stop has a tracer, who can end the stop, and has not begun to exit.',
  clauses: {
    'it has a tracer': (s, t) => s.task(t).tracer !== null,
    'it has not begun to exit': (s, t) => exitRank(s, t) === 0,
  },
})

export const aTraceeIsFrozen = tasks(
  { name: 'a tracee is frozen', says: 'A tracer operates on a stopped tracee.' },
  (s, t) => s.task(t).stop === 'ptraceFrozen',
)

/** A frozen ptrace-stop is not killable, so whoever froze it has to be there to thaw it. */
export const aFrozenTraceeIsBeingOperatedOn = invariant(aTraceeIsFrozen, {
  name: 'a frozen tracee is in the hands of its tracer',
  says: 'A task whose ptrace-stop is frozen has a tracer that is carrying out a request on it.',
  clauses: {
    'its tracer is carrying out a request on it': (s, t) => {
      const { tracer } = s.task(t)
      if (tracer === null) return false
      const { runState, request } = s.task(tracer)
      return runState === 'ptraceRequest' && request !== null && request.target === t
    },
  },
  about: (s, t) => `its tracer is task ${s.task(t).tracer}`,
})

export const aTracerCarriesOutARequest = tasks(
  {
    name: 'a tracer carries out a request',
    says: 'A tracer has frozen a tracee and not yet carried out its request.',
  },
  (s, t) => s.task(t).runState === 'ptraceRequest',
)

/** Nobody takes a tracee away from a request. */
export const aRequestHasItsTracee = invariant(aTracerCarriesOutARequest, {
  name: 'the target of a ptrace request stays frozen',
  says: 'The target of a ptrace request that is being carried out is a frozen tracee of the caller, and not dead.',
  clauses: {
    'the target is a frozen tracee of the caller': (s, t) => {
      const { request } = s.task(t)
      if (request === null) return false
      const { tracer, stop } = s.task(request.target)
      return tracer === t && stop === 'ptraceFrozen' && !isDead(s, request.target)
    },
  },
  about: (s, t) => `the target is task ${s.task(t).request?.target}`,
})
