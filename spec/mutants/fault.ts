/**
 * Faults: what can go wrong in one rule, as a change of the rule.
 *
 * Here: the ways in which an effect goes wrong (a write is lost or is another, something is read wrongly, an event is
 * not told, a step too many or another one) and a guard lets too much pass.
 * Not here: the mutants that are made of them.
 *
 * A rule reads and writes nothing but the State that it is given, so a fault is a State that misleads it.
 */
import type { Event } from '../events.js'
import { isField, passes } from '../immutable-state.js'
import type { Rule } from '../rule.js'
import type { Scope } from '../scope.js'
import type {
  Asked,
  GroupId,
  NamespaceId,
  PIDNamespaceFields,
  ProcessGroupFields,
  ProcessGroupId,
  SessionFields,
  SessionId,
  State,
  TaskFields,
  TaskId,
  TaskTest,
  ThreadGroupFields,
} from '../state.js'

/** A rule with any type of choices. A rule fits because its guard and effect are methods. */
export type AnyRule = Rule<unknown>

/** A rule with a fault, made from the rule without it. */
export type Fault = (rule: AnyRule) => AnyRule

type ByTask = { readonly task: TaskId }

/** How a rule is misled; whatever is not mentioned goes right. */
export interface Misled {
  /** What is read differently of a task, or of a thread group. */
  readTask?(fields: Readonly<TaskFields>, t: TaskId): Partial<TaskFields>
  readGroup?(fields: Readonly<ThreadGroupFields>, g: GroupId): Partial<ThreadGroupFields>
  /** What is written instead; `s` is the state that is written to. */
  writeTask?(changes: Partial<TaskFields>, t: TaskId, s: State): Partial<TaskFields>
  writeGroup?(changes: Partial<ThreadGroupFields>, g: GroupId, s: State): Partial<ThreadGroupFields>
  writeNamespace?(
    changes: Partial<PIDNamespaceFields>,
    ns: NamespaceId,
    s: State,
  ): Partial<PIDNamespaceFields>
  writeProcessGroup?(changes: Partial<ProcessGroupFields>, pg: ProcessGroupId): Partial<ProcessGroupFields>
  writeSession?(changes: Partial<SessionFields>, session: SessionId): Partial<SessionFields>
  /** What is told instead; null is nothing. */
  tell?(event: Event): Event | null
}

/** A state as a misled rule sees it: `real` is what there is. */
class MisledState implements State {
  constructor(
    readonly real: State,
    private readonly how: Misled,
  ) {}

  get scope(): Scope {
    return this.real.scope
  }
  task(id: TaskId) {
    const fields = this.real.task(id)
    return this.how.readTask ? this.real.withTask(id, this.how.readTask(fields, id)).task(id) : fields
  }
  taskIs<F extends keyof TaskFields>(id: TaskId, field: F, asked: Asked<TaskFields[F]>) {
    return isField(this.task(id), field, asked)
  }
  taskPasses(id: TaskId, test: TaskTest) {
    return passes(this.task(id), test)
  }
  groupIs<F extends keyof ThreadGroupFields>(id: GroupId, field: F, asked: Asked<ThreadGroupFields[F]>) {
    return isField(this.group(id), field, asked)
  }
  processGroupIs<F extends keyof ProcessGroupFields>(
    id: ProcessGroupId,
    field: F,
    asked: Asked<ProcessGroupFields[F]>,
  ) {
    return isField(this.processGroup(id), field, asked)
  }
  group(id: GroupId) {
    const fields = this.real.group(id)
    return this.how.readGroup ? this.real.withGroup(id, this.how.readGroup(fields, id)).group(id) : fields
  }
  namespace(id: NamespaceId) {
    return this.real.namespace(id)
  }
  processGroup(id: ProcessGroupId) {
    return this.real.processGroup(id)
  }
  session(id: SessionId) {
    return this.real.session(id)
  }
  withTask(id: TaskId, changes: Partial<TaskFields>) {
    return this.with(this.real.withTask(id, this.how.writeTask?.(changes, id, this.real) ?? changes))
  }
  withGroup(id: GroupId, changes: Partial<ThreadGroupFields>) {
    return this.with(this.real.withGroup(id, this.how.writeGroup?.(changes, id, this.real) ?? changes))
  }
  withNamespace(id: NamespaceId, changes: Partial<PIDNamespaceFields>) {
    return this.with(
      this.real.withNamespace(id, this.how.writeNamespace?.(changes, id, this.real) ?? changes),
    )
  }
  withProcessGroup(id: ProcessGroupId, changes: Partial<ProcessGroupFields>) {
    return this.with(this.real.withProcessGroup(id, this.how.writeProcessGroup?.(changes, id) ?? changes))
  }
  withSession(id: SessionId, changes: Partial<SessionFields>) {
    return this.with(this.real.withSession(id, this.how.writeSession?.(changes, id) ?? changes))
  }
  emit(event: Event) {
    const told = this.how.tell ? this.how.tell(event) : event
    return told === null ? this : this.with(this.real.emit(told))
  }

  private with(real: State): MisledState {
    return new MisledState(real, this.how)
  }
}

/** The rule is misled, in its guard and in its effect. */
export const misled =
  <C = ByTask>(how: (choice: C, before: State) => Misled): Fault =>
  rule => {
    const mislead = (s: State, choice: unknown) => new MisledState(s, how(choice as C, s))
    return {
      ...rule,
      guard: (s, choice) => rule.guard(mislead(s, choice), choice),
      // Every method of a MisledState that changes it gives a MisledState.
      effect: (s, choice) => (rule.effect(mislead(s, choice), choice) as MisledState).real,
    }
  }

type Fields = {
  readonly task?: readonly (keyof TaskFields)[]
  readonly group?: readonly (keyof ThreadGroupFields)[]
  readonly namespace?: readonly (keyof PIDNamespaceFields)[]
  readonly processGroup?: readonly (keyof ProcessGroupFields)[]
  readonly session?: readonly (keyof SessionFields)[]
}

/** The changes without those of some fields. */
export const without = <F extends object>(
  changes: Partial<F>,
  fields: readonly (keyof F)[] = [],
): Partial<F> => {
  const left = { ...changes }
  for (const field of fields) delete left[field]
  return left
}

/** The effect never writes these fields. */
export const forgets = ({ task, group, namespace, processGroup, session }: Fields): Fault =>
  misled(() => ({
    writeTask: changes => without(changes, task),
    writeGroup: changes => without(changes, group),
    writeNamespace: changes => without(changes, namespace),
    writeProcessGroup: changes => without(changes, processGroup),
    writeSession: changes => without(changes, session),
  }))

/** The effect does something more, or undoes something, at its end. */
export const afterwards =
  <C = ByTask>(patch: (after: State, choice: C, before: State) => State): Fault =>
  rule => ({ ...rule, effect: (s, choice) => patch(rule.effect(s, choice), choice as C, s) })

/** The guard lets more pass. */
export const allowing =
  <C = ByTask>(also: (s: State, choice: C) => boolean): Fault =>
  rule => ({ ...rule, guard: (s, choice) => rule.guard(s, choice) || also(s, choice as C) })

/** The rule acts as if it had been given another choice. */
export const mistaking =
  <C>(other: (choice: C) => C): Fault =>
  rule => ({
    ...rule,
    guard: (s, choice) => rule.guard(s, other(choice as C)),
    effect: (s, choice) => rule.effect(s, other(choice as C)),
  })

/** First one fault, then, around it, the next. */
export const both =
  (first: Fault, second: Fault): Fault =>
  rule =>
    second(first(rule))
