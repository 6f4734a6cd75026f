/**
 * Models for tests of the comparison: graphs whose edges say what they show.
 *
 * `a>b` happens on its own and shows nothing; `a>b!call` is a call; `a>b?this?that` shows two things, one after the
 * other; `a>b!call?result` is a call that returns at once. At rest a node shows its last letter if that is a capital.
 */
import type { Observer } from '../../../checker/compare/observed.js'
import type { Model, StepEvent } from '../../../checker/model.js'

export interface Node {
  readonly name: string
  readonly events: readonly StepEvent[]
}

interface Edge {
  readonly text: string
  readonly from: string
  readonly to: string
  /** What is called, and then what is seen. */
  readonly call: string | undefined
  readonly seen: readonly string[]
}

/** By its place, so that an edge that leads elsewhere in another graph is the same action there. */
interface Choice {
  readonly at: number
  readonly from: string
  readonly call?: string
}

const edgeOf = (text: string): Edge => {
  const [, from = '', to = '', call, seen = ''] = /^(\w+)>(\w+)(?:!(\w+))?((?:\?\w+)*)$/.exec(text) ?? []
  return { text, from, to, call, seen: seen.split('?').slice(1) }
}

/** Starts at the first node named. */
export function visible(...edges: readonly string[]): Model<Node> {
  const all = edges.map(edgeOf)
  const rule = (name: string, kind: 'external' | 'internal') => ({
    name,
    kind,
    feature: 'any',
    source: 'the test',
    choices: all
      .map(({ call, from }, at): Choice => ({ at, from, ...(call === undefined ? {} : { call }) }))
      .filter(({ call }) => (call !== undefined) === (kind === 'external')),
    guard: ({ name }: Node, choice: unknown) => (choice as Choice).from === name,
    effect: (_state: Node, choice: unknown): Node => {
      const { to, seen } = all[(choice as Choice).at] as Edge
      return { name: to, events: seen.map(kind => ({ kind })) }
    },
  })
  const start = { name: all[0]?.from ?? 'a', events: [] }
  return {
    name: 'visible graph',
    initial: [{ name: 'start', says: '', state: start }],
    rules: [rule('calls', 'external'), rule('runs', 'internal')],
    cells: ({ name }) => [name],
    restore: ([name]) => ({ name: String(name), events: [] }),
    events: ({ events }) => events,
    cellNames: () => ['node'],
    label: (_rule, choice) => all[(choice as Choice).at]?.text ?? '',
  }
}

export const observer: Observer<Node> = {
  step(_model, { choice }, events) {
    const { call } = choice as Choice
    const seen = events.map(({ kind }) => kind)
    return call === undefined ? seen : [call, ...seen]
  },
  rest: (_model, { name }) => `at rest${/[A-Z]$/.exec(name)?.[0] ?? ''}`,
}

/** Everything that can be seen in at most so many steps: each word with the steps it takes. Nothing is remembered. */
export function words(model: Model<Node>, depth: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const walk = (state: Node, word: readonly string[], steps: number): void => {
    const taken = stepsOf(model, state)
    const isResting = taken.every(({ external }) => external)
    const here = isResting ? [...word, observer.rest(model, state, initialOf(model))] : word
    const known = found.get(here.join())
    if (known === undefined || steps < known) found.set(here.join(), steps)
    if (steps === depth) return
    for (const { after, shown } of taken) {
      // Whoever has seen a part of what a step shows has seen the step.
      for (let part = 1; part < shown.length; part++) {
        const so = [...here, ...shown.slice(0, part)].join()
        found.set(so, Math.min(found.get(so) ?? steps + 1, steps + 1))
      }
      walk(after, [...here, ...shown], steps + 1)
    }
  }
  walk(initialOf(model).state, [], 0)
  return found
}

/** Can this be seen of the model, in however many steps? */
export function canShow(model: Model<Node>, word: readonly string[]): boolean {
  const open = [{ state: initialOf(model).state, left: word, unshown: [] as readonly string[] }]
  const met = new Set<string>()
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const key = JSON.stringify([at.state.name, at.left, at.unshown])
    if (met.has(key)) continue
    met.add(key)
    const { state, left, unshown } = at
    if (left.length === 0) return true
    const [next, ...rest] = left
    if (unshown.length > 0) {
      if (unshown[0] === next) open.push({ state, left: rest, unshown: unshown.slice(1) })
      continue
    }
    const taken = stepsOf(model, state)
    const isResting = taken.every(({ external }) => external)
    if (isResting && observer.rest(model, state, initialOf(model)) === next)
      open.push({ state, left: rest, unshown: [] })
    for (const { after, shown } of taken) open.push({ state: after, left, unshown: shown })
  }
  return false
}

const initialOf = ({ initial: [first] }: Model<Node>) => first as Model<Node>['initial'][number]

const stepsOf = (model: Model<Node>, state: Node) =>
  model.rules.flatMap(rule =>
    rule.choices
      .filter(choice => rule.guard(state, choice))
      .map(choice => {
        const emitted = rule.effect(state, choice)
        const after = { name: emitted.name, events: [] }
        const shown = observer.step(model, { rule, choice }, emitted.events, initialOf(model))
        return { external: rule.kind === 'external', after, shown }
      }),
  )
