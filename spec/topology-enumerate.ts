/**
 * Every topology of at most n tasks, up to renaming.
 *
 * Here: all ways to divide tasks into thread groups, all parent trees, all tracer edges (each task has at
 * most one tracer, not of its own group; tasks may trace each other).
 * Not here: nested namespaces, process groups, sessions, stopped jobs, and vfork. Those are in the named
 * topologies (topologies.ts), and rules reach them from here.
 *
 * Tasks are numbered in an order in which they can have been born: parents before children, the threads of a
 * group by age. A group lists its tasks by age, and the kernel asks them in that order, so a renaming has to
 * keep it; and it keeps the init first. Of all numberings of one topology the smallest encoding is kept.
 */
import type { Topology, TopologyTask } from './topology.js'
import { TopologyError } from './topology-error.js'

/** What to leave out. */
export type EnumerateOptions = {
  /** Topologies with tracer edges, besides those without; else only the latter. */
  readonly tracers?: boolean | undefined
  /** Topologies with threads beside the leaders, besides those without; else only the latter. */
  readonly threads?: boolean | undefined
}

/** More would be millions. */
const mostTasks = 5

/** Smaller ones first; of one size in the order of their encodings. */
export function topologiesOf(n: number, options: EnumerateOptions = {}): readonly Topology[] {
  if (!Number.isInteger(n) || n < 1 || n > mostTasks)
    throw new TopologyError(
      `Every topology of at most ${n} tasks cannot be listed.`,
      `Ask for 1 to ${mostTasks} tasks; those of ${mostTasks + 1} are millions.`,
    )
  return upTo(n).flatMap(size => topologiesOfSize(size + 1, options))
}

/** 0 to n - 1. */
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

/** How a task was born: into the group of which leader, and as whose child; a thread repeats its leader's. */
type Birth = { readonly group: number; readonly parent: number | null }

/** The tracer of each task. */
type Tracers = readonly (number | null)[]

/** New names: task i becomes task renaming[i]. */
type Renaming = readonly number[]

function topologiesOfSize(
  n: number,
  { tracers = true, threads = true }: EnumerateOptions,
): readonly Topology[] {
  return birthsOf(n, threads)
    .map(births => ({ births, encoding: encodeBirths(births) }))
    .toSorted((a, b) => (a.encoding < b.encoding ? -1 : 1))
    .flatMap(({ births, encoding }) => {
      const renamings = renamingsOf(n).filter(to => keepsBirthOrder(births, to))
      const again = renamings.map(to => ({ to, encoding: encodeBirths(renameBirths(births, to)) }))
      if (again.some(other => other.encoding < encoding)) return []
      // Two choices of tracers are one topology if a renaming that keeps the births takes one to the other.
      const symmetries = again.filter(other => other.encoding === encoding).map(({ to }) => to)
      return (tracers ? tracersOf(births) : [births.map(() => null)])
        .filter(edges => symmetries.every(to => encode(edges) <= encode(renameTracers(edges, to))))
        .map(edges => topologyOf(births, edges))
    })
}

/** Every history of births: each task is a thread of an older group, or a child of an older task. */
function birthsOf(n: number, threads: boolean): readonly (readonly Birth[])[] {
  if (n === 1) return [[{ group: 0, parent: null }]]
  return birthsOf(n - 1, threads).flatMap(older => {
    const asThread = threads ? older.filter(({ group }, i) => group === i) : []
    const asChild = older.map((_, parent) => ({ group: n - 1, parent }))
    return [...asThread, ...asChild].map(youngest => [...older, youngest])
  })
}

/** Every choice of tracers: none, or a task of another group. */
function tracersOf(births: readonly Birth[]): readonly Tracers[] {
  return births.reduce<readonly Tracers[]>(
    (chosen, { group }) => {
      const others = upTo(births.length).filter(i => births[i]?.group !== group)
      return chosen.flatMap(edges => [null, ...others].map(tracer => [...edges, tracer]))
    },
    [[]],
  )
}

/** Every renaming that keeps the init first. */
function renamingsOf(n: number): readonly Renaming[] {
  if (n === 1) return [[0]]
  // The last task goes to any place but the first; what stood there and after it moves up.
  return renamingsOf(n - 1).flatMap(to =>
    upTo(n)
      .slice(1)
      .map(place => [...to.map(i => (i < place ? i : i + 1)), place]),
  )
}

const rename = (to: Renaming, i: number | null): number | null => (i === null ? null : (to[i] as number))

/** Are the renamed tasks still numbered by age? */
const keepsBirthOrder = (births: readonly Birth[], to: Renaming): boolean =>
  births.every(({ group, parent }, i) => {
    const elder = births.findLastIndex((other, j) => j < i && other.group === group)
    return [elder, group === i ? parent : null].every(
      before => before === null || before < 0 || (to[before] as number) < (to[i] as number),
    )
  })

const renameBirths = (births: readonly Birth[], to: Renaming): readonly Birth[] =>
  renamed(births, to).map(({ group, parent }) => ({ group: to[group] as number, parent: rename(to, parent) }))

const renameTracers = (edges: Tracers, to: Renaming): Tracers =>
  renamed(edges, to).map(tracer => rename(to, tracer))

/** What stood at i, at the new place of i. */
const renamed = <T>(all: readonly T[], to: Renaming): readonly T[] =>
  all.map((_, place) => all[to.indexOf(place)] as T)

/** One character for each task, so that encodings of one size compare as text. */
const encode = (ids: readonly (number | null)[]): string => ids.map(id => id ?? '-').join('')

const encodeBirths = (births: readonly Birth[]): string =>
  encode(births.map(({ group }) => group)) + encode(births.map(({ parent }) => parent))

/**
 * `t0+t1` are threads of one group, the leader first; `t2<t1` is a child of t1; `t2~t0` is traced by t0.
 * So `4 tasks: t0+t1~t2, t2<t1~t0+t3` has two groups of two.
 */
function topologyOf(births: readonly Birth[], edges: Tracers): Topology {
  const tasks = births.map(({ group, parent }, i): TopologyTask => {
    const tracer = edges[i] ?? null
    return {
      name: `t${i}`,
      ...(group !== i && { group: `t${group}` }),
      ...(group === i && parent !== null && { parent: `t${parent}` }),
      ...(tracer !== null && { tracer: `t${tracer}` }),
    }
  })
  const groups = tasks
    .filter(({ group }) => group === undefined)
    .map(leader =>
      tasks
        .filter(task => task === leader || task.group === leader.name)
        .map(notation)
        .join('+'),
    )
  const count = tasks.length === 1 ? '1 task' : `${tasks.length} tasks`
  return { name: `${count}: ${groups.join(', ')}`, says: `${tasks.map(sentence).join('; ')}.`, tasks }
}

const notation = ({ name, parent, tracer }: TopologyTask): string =>
  name + (parent === undefined ? '' : `<${parent}`) + (tracer === undefined ? '' : `~${tracer}`)

const sentence = ({ name, group, parent, tracer }: TopologyTask): string => {
  const is =
    group !== undefined
      ? `a thread beside ${group}`
      : parent !== undefined
        ? `a child of ${parent}`
        : 'the init'
  return `${name} is ${is}${tracer === undefined ? '' : `, traced by ${tracer}`}`
}
