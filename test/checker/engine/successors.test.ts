/** What a step adds to a fingerprint is right although the step makes a cell that the tables have no room for. */
import { expect, it } from 'vitest'
import { Column, Kinds } from '../../../checker/engine/columns.js'
import { FieldTable } from '../../../checker/engine/field.js'
import { Layout } from '../../../checker/engine/layout.js'
import { Patch } from '../../../checker/engine/patches.js'
import { fingerprint } from '../../../checker/engine/states.js'
import { Successors } from '../../../checker/engine/successors.js'
import { Values } from '../../../checker/engine/values.js'

it('reads the words of a new cell where the table is by then', () => {
  const fields = new FieldTable()
  const census = { cells: 0, isClosed: false }
  const column = new Column(0, new Values(), new Kinds(), census, fields)
  const layout = new Layout([1024])
  const successors = new Successors([column], fields, 1)
  let last = column.idOf(0)
  for (let value = 1; value < 600; value++) {
    const patch = new Patch(value, 0, () => column.idOf(value))
    const outcome = { action: 0, patches: [patch], constants: [0, -1], writes: 1, events: 0 }
    const standing = {
      answers: [outcome],
      has: Int32Array.of(1),
      fresh: Int32Array.of(1),
      reads: Int32Array.of(0),
    }
    const ids = Int32Array.of(last)
    const { low, high } = fingerprint([column], ids)
    successors.begin(layout)
    successors.take(standing, { ids, row: ids, low, high, moved: 1 }, layout, Int32Array.of(0))
    last = patch.after(last)
    expect({ low: successors.low[0], high: successors.high[0] }).toEqual(
      fingerprint([column], Int32Array.of(last)),
    )
  }
})
