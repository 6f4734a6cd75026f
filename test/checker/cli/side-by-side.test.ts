/**
 * Which thread does what makes no difference to what is told, and in which order.
 */
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sideBySide } from '../../../checker/cli/side-by-side.js'

describe('things that are done side by side', () => {
  it('are done one after the other by one thread', async () => {
    const log: string[] = []
    await sideBySide(
      {
        count: 3,
        threads: 1,
        async run(at, _enough, elsewhere) {
          log.push(`run ${at}`)
          await setTimeout(3 - at)
          expect(elsewhere).toBeUndefined()
          return at
        },
      },
      async (result, at) => {
        log.push(`done ${at} ${result}`)
        return true
      },
    )
    expect(log.filter(line => line.startsWith('run'))).toEqual(['run 0', 'run 1', 'run 2'])
    expect(log.filter(line => line.startsWith('done'))).toEqual(['done 0 0', 'done 1 1', 'done 2 2'])
  })

  it('are told in their order, whoever is faster', async () => {
    const done: number[] = []
    const others: number[] = []
    await sideBySide(
      {
        count: 8,
        threads: 3,
        async run(at, _enough, elsewhere) {
          if (elsewhere !== undefined) others.push(at)
          await setTimeout(elsewhere === undefined ? 700 : 5)
          return at
        },
      },
      async result => {
        done.push(result)
        return true
      },
    )
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    // The first was begun before there were others, and everything else was done while it was.
    expect(others).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('are not begun, or come to an end, when it is enough', async () => {
    const begun: number[] = []
    const ended: boolean[] = []
    await sideBySide(
      {
        count: 5,
        threads: 2,
        async run(at, enough, elsewhere) {
          begun.push(at)
          if (at === 0) await setTimeout(400)
          else if (elsewhere !== undefined)
            await setTimeout(60_000, undefined, { signal: enough }).catch(() => {})
          ended.push(enough.aborted)
          return at
        },
      },
      async () => false,
    )
    // The next may have been begun before it was said that it is enough.
    expect(begun.length).toBeLessThan(4)
    expect(ended.length).toBe(begun.length)
    expect(ended).toContain(true)
  })

  it('end with what the first of them throws that is told', async () => {
    const done: number[] = []
    const all = sideBySide(
      {
        count: 4,
        threads: 1,
        async run(at) {
          if (at > 0) throw new Error(`thing ${at}`)
          return at
        },
      },
      async result => {
        done.push(result)
        return true
      },
    )
    await expect(all).rejects.toThrow('thing 1')
    expect(done).toEqual([0])
  })
})
