/**
 * Behaviours written by hand: a topology, and rules of the spec applied to it by name.
 *
 * Every step is one that the search could take too: the choice is one of the rule's, and its guard holds.
 */
import { is } from 'immutable'
import type { Event } from '../../spec/events.js'
import { ImmutableState } from '../../spec/immutable-state.js'
import { fullMenu, type Menu, type WaitForm } from '../../spec/menu.js'
import { rules } from '../../spec/next.js'
import { gvisor2018, type Switches } from '../../spec/profile.js'
import type { Cover, Step } from '../../spec/properties/property.js'
import type { Rule } from '../../spec/rule.js'
import type { Scope } from '../../spec/scope.js'
import type { RunState, Task, ThreadGroup } from '../../spec/state.js'
import { initialState, type TopologyTask } from '../../spec/topology.js'

/** A rule with any type of choices; it is given none but its own. */
type AnyRule = Rule<unknown>

/** A choice, with the names of tasks for ids; or the name of the task that acts, where that is all. */
export type NamedChoice = string | { readonly [field: string]: unknown }

type Options = {
  /** Tasks that may be born; they are named new1, new2, … */
  readonly births?: number
  readonly menu?: Partial<Menu>
  readonly accounting?: boolean
  readonly switches?: Partial<Switches>
}

const idFields: readonly string[] = ['task', 'target', 'pick', 'group', 'processGroup']

const sameValue = (a: unknown, b: unknown): boolean =>
  is(a, b) || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))

/** The first task is the init, and need not be said. */
export function scenario(tasks: readonly TopologyTask[], options: Options = {}): Scenario {
  const { births = 0, menu, accounting = false, switches } = options
  const all = [{ name: 'init' }, ...tasks]
  const scope: Scope = {
    slots: all.length + births,
    profile: { ...gvisor2018, switches: { ...gvisor2018.switches, ...switches } },
    menu: { ...fullMenu, ...menu },
    accounting,
  }
  const names = [...all.map(({ name }) => name), ...Array.from({ length: births }, (_, i) => `new${i + 1}`)]
  return new Scenario(initialState({ name: 'scenario', says: '', tasks: all }, scope), names)
}

export class Scenario {
  private readonly steps: Step[] = []

  constructor(
    private state: ImmutableState,
    private readonly names: readonly string[],
  ) {}

  /** Takes a step that has to be enabled. */
  does(rule: string, choice: NamedChoice): this {
    const step = this.find(rule, choice)
    if (step === undefined)
      throw new Error(
        `${rule}(${JSON.stringify(choice)}) is not enabled. Enabled: ${this.enabled().join('; ')}`,
      )
    return this.take(step.rule, step.choice)
  }

  /** Could it take this step? */
  can(rule: string, choice: NamedChoice): boolean {
    return this.find(rule, choice) !== undefined
  }

  /** `task` goes through its own steps, and nobody else does anything, until it is there. */
  goesOn(task: string, until: RunState): this {
    const id = this.id(task)
    while (this.state.task(id).runState !== until) {
      const next = this.internalSteps().find(({ choice }) => choice.task === id)
      if (next === undefined) throw new Error(`${task} does not get to ${until}: it is ${this.where(task)}`)
      this.take(next.rule, next.choice)
    }
    return this
  }

  /** exit(2), to the end of the exit path. */
  exits(task: string, code = 0): this {
    return this.does('exit', { task, code }).goesOn(task, 'exited')
  }

  /** A wait that returns something of `pick`; without `pick`, one that returns no event. */
  waits(task: string, form: WaitForm, pick: string | null = null): this {
    return this.does('wait', { task, options: form.options, pick })
  }

  task(name: string): Task {
    return this.state.task(this.id(name))
  }

  /** The thread group that the task is in. */
  group(name: string): ThreadGroup {
    return this.state.group(this.task(name).group)
  }

  /** What everything is after the last step. */
  get now(): ImmutableState {
    return this.state
  }

  /** What the outside saw of the last step. */
  get seen(): readonly Event[] {
    return this.state.events
  }

  /** Signals sent by the last step, as `SIGCHLD to init`. */
  get signals(): readonly string[] {
    return this.seen.flatMap(event =>
      event.kind === 'signal' ? [`${event.signal} to ${this.names[event.to]}`] : [],
    )
  }

  /** The status of the event that the last step, a wait, has returned. */
  get waited(): { readonly task: string | undefined; readonly status: number } | undefined {
    const event = this.seen.find(({ kind }) => kind === 'waited')
    return event?.kind === 'waited'
      ? { task: this.names[event.result.task], status: event.result.status }
      : undefined
  }

  /** How the wait of the last step failed, or that it sleeps. */
  get refused(): string | undefined {
    for (const event of this.seen) {
      if (event.kind === 'wait failed') return event.error
      if (event.kind === 'wait blocked') return 'sleeps'
    }
    return undefined
  }

  /** Has some state or step so far been what the cover asks for? */
  hasReached({ reached, reachedBy }: Cover): boolean {
    const states = [...this.steps.map(({ before }) => before), this.state]
    return states.some(s => reached?.(s)) || this.steps.some(step => reachedBy?.(step))
  }

  /** The state with cells changed, for what no short behaviour leads to. */
  given(change: (s: ImmutableState, id: (name: string) => number) => ImmutableState): this {
    this.state = change(this.state, name => this.id(name))
    return this
  }

  id(name: string): number {
    const id = this.names.indexOf(name)
    if (id < 0) throw new Error(`there is no task ${name}; there are ${this.names.join(', ')}`)
    return id
  }

  private where(task: string): string {
    const { runState, stop } = this.task(task)
    return stop === null ? runState : `${runState}, stop ${stop}`
  }

  private take(rule: AnyRule, choice: unknown): this {
    const before = this.state
    const fresh = new ImmutableState(before.scope, before.cells)
    const after = rule.effect(fresh, choice) as ImmutableState
    this.steps.push({ before, rule, choice, after, events: after.events })
    this.state = after
    return this
  }

  private find(name: string, wanted: NamedChoice): { rule: AnyRule; choice: unknown } | undefined {
    const rule: AnyRule | undefined = rules.find(other => other.name === name)
    if (rule === undefined) throw new Error(`there is no rule ${name}`)
    const fields = Object.entries(typeof wanted === 'string' ? { task: wanted } : wanted).map(
      ([field, value]): [string, unknown] => [
        field,
        idFields.includes(field) && typeof value === 'string' ? this.id(value) : value,
      ],
    )
    const choices = rule.choices(this.state.scope) as readonly { readonly [field: string]: unknown }[]
    const choice = choices.find(
      other =>
        fields.every(([field, value]) => sameValue(other[field], value)) && rule.guard(this.state, other),
    )
    return choice && { rule, choice }
  }

  private internalSteps(): { rule: AnyRule; choice: { readonly task?: number } }[] {
    return rules
      .filter(({ kind }) => kind === 'internal')
      .flatMap((rule: AnyRule) =>
        (rule.choices(this.state.scope) as readonly { readonly task?: number }[])
          .filter(choice => rule.guard(this.state, choice))
          .map(choice => ({ rule, choice })),
      )
  }

  private enabled(): readonly string[] {
    return this.internalSteps().map(
      ({ rule, choice }) => `${rule.name}(${this.names[choice.task ?? -1] ?? ''})`,
    )
  }
}
