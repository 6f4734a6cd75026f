/**
 * A search with the reductions that its model allows, whichever engine searches.
 */
import type { Model, Property } from '../model.js'
import { ordering, type PartialOrder } from '../por/partial-order.js'
import { type MakeReduction, reducing } from '../symmetry/reduction.js'
import type { Exploration, ExploreOptions } from './result.js'

/** One search; what is undefined leaves nothing out. */
export type SearchOnce<S> = (
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions,
  reduction: MakeReduction<S> | undefined,
  partialOrder: PartialOrder<S> | undefined,
) => Promise<Exploration<S>>

/** Searches again with less left out, where a reduction shows on the way that it must not be trusted. */
export const reduced = <S>(
  searchOnce: SearchOnce<S>,
  model: Model<S>,
  properties: readonly Property<S>[],
  options: ExploreOptions,
): Promise<Exploration<S>> =>
  ordering(model, properties, options, partialOrder =>
    reducing(model, properties, options, reduction =>
      searchOnce(model, properties, options, reduction, partialOrder),
    ),
  )
