/**
 * Smaller topologies to try a trace in: for the minimizer.
 *
 * Every topology with fewer tasks, named or not, with every way to say which of its tasks stands for which of the
 * original ones. Most of them are nonsense, and cost one short replay each.
 */
import type { BuildOptions, SmallerConfiguration } from '../checker/suite.js'
import { topologies as namedTopologies } from '../spec/topologies.js'
import type { Topology } from '../spec/topology.js'
import { topologiesOf } from '../spec/topology-enumerate.js'

/** Beyond so many tasks, there are too many topologies to try. */
const mostTasks = 3

/** The fewest tasks first; of those, named ones first. */
export function* smallerTopologies(
  options: BuildOptions,
  topology: Topology,
): Generator<SmallerConfiguration> {
  for (let size = 1; size < topology.tasks.length; size++) {
    for (const { topologies, build } of ofSize(size, options)) {
      for (const smaller of topologies) {
        for (const places of assignments(size, topology.tasks.length)) {
          // Slots that are free at the start come after those of the topology.
          const renamed = new Map(places.map((was, is) => [was, is]))
          const shift = topology.tasks.length - size
          const rename = (id: number): number | undefined =>
            id >= topology.tasks.length ? id - shift : renamed.get(id)
          yield { build, topology: smaller.name, rename: choice => renamedChoice(choice, rename) }
        }
      }
    }
  }
}

/** Topologies of one size, which are built together. */
interface OfSize {
  readonly topologies: readonly Topology[]
  readonly build: BuildOptions
}

function ofSize(size: number, options: BuildOptions): readonly OfSize[] {
  const isOfSize = ({ tasks }: Topology): boolean => tasks.length === size
  const named = namedTopologies.filter(isOfSize)
  const enumerated = size > mostTasks ? [] : topologiesOf(size).filter(isOfSize)
  const together = (topologies: readonly Topology[], tasks: number | undefined): OfSize => ({
    topologies,
    build: { ...options, tasks, topologies: topologies.map(({ name }) => name) },
  })
  return [together(named, undefined), together(enumerated, size)].filter(
    ({ topologies }) => topologies.length > 0,
  )
}

/** Every way to choose `size` of `of` things, in every order. */
function* assignments(size: number, of: number): Generator<readonly number[]> {
  if (size === 0) {
    yield []
    return
  }
  for (const shorter of assignments(size - 1, of))
    for (let next = 0; next < of; next++) if (!shorter.includes(next)) yield [...shorter, next]
}

/** Fields of choices, and of what is in them, that are ids. */
const idFields: readonly string[] = [
  ...['task', 'caller', 'target', 'group', 'processGroup', 'pick'],
  ...['specificTID', 'specificPGID'],
]

/** The choice with other ids, as plain data; undefined if one of them is gone. */
function renamedChoice(choice: unknown, rename: (id: number) => number | undefined): unknown {
  let isWhole = true
  const renamed: unknown = JSON.parse(JSON.stringify(choice), (field, value: unknown) => {
    if (typeof value !== 'number' || !idFields.includes(field)) return value
    const id = rename(value)
    isWhole &&= id !== undefined
    return id ?? null
  })
  return isWhole ? renamed : undefined
}
