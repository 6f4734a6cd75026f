/**
 * Is TRACEABILITY.md true to spec/: is every function of the seed there, and does everything exist that it names?
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rules } from '../../spec/next.js'
import { branches } from '../../spec/properties/branches/index.js'
import { covers } from '../../spec/properties/index.js'

const spec = join(import.meta.dirname, '..', '..', 'spec')

/** Every `func` of task_exit.go at commit 57d0fcbdb, in the order of the source. */
const seedFunctions = [
  'ExitStatus.Signaled',
  'ExitStatus.Status',
  'ExitStatus.ShellExitCode',
  'TaskExitState.String',
  'Task.killLocked',
  'Task.killed',
  'Task.killedLocked',
  'Task.PrepareExit',
  'Task.PrepareGroupExit',
  'TaskSet.Kill',
  'Task.advanceExitStateLocked',
  'runExit.execute',
  'runExitMain.execute',
  'Task.exitThreadGroup',
  'Task.exitChildren',
  'Task.findReparentTargetLocked',
  'ThreadGroup.anyNonExitingTaskLocked',
  'Task.reparentLocked',
  'runExitNotify.execute',
  'Task.exitNotifyLocked',
  'Task.exitNotificationSignal',
  'Task.ExitStatus',
  'ThreadGroup.ExitStatus',
  'ThreadGroup.TerminationSignal',
  'WaitOptions.matchesTask',
  'Task.Wait',
  'Task.waitOnce',
  'Task.waitCollectZombieLocked',
  'Task.updateRSSLocked',
  'Task.waitCollectChildGroupStopLocked',
  'Task.waitCollectGroupContinueLocked',
  'Task.waitCollectTraceeStopLocked',
  'Task.ExitState',
  'Task.ParentDeathSignal',
  'Task.SetParentDeathSignal',
]

type Row = { readonly branch: string; readonly places: string; readonly covers: string }

/** The page: for each heading the rows of its table. */
const page = new Map(
  readFileSync(join(spec, 'TRACEABILITY.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section): [string, readonly Row[]] => {
      const [heading = '', ...lines] = section.split('\n')
      const cells = lines
        .filter(line => /^\| (?!branch)/.test(line))
        .map(line => line.split('|').map(it => it.trim()))
      return [
        heading,
        cells.map(([, branch = '', places = '', named = '']) => ({ branch, places, covers: named })),
      ]
    }),
)

const rows = [...page].flatMap(([name, its]) => its.map(row => ({ function: name, ...row })))
const namedCovers = rows.flatMap(row => (row.covers.startsWith('none: ') ? [] : row.covers.split('; ')))

/** Why a place does not exist; undefined if it does. */
function whyNoPlace(place: string): string | undefined {
  const rule = /^rule (\w+)$/.exec(place)?.[1]
  if (rule !== undefined) return rules.some(({ name }) => name === rule) ? undefined : `no rule ${rule}`
  const [file = '', name = ''] = place.split(': ')
  if (!existsSync(join(spec, file))) return `no file ${file}`
  const declares = new RegExp(`^(export )?(function|const|type) ${name}\\b`, 'm')
  return declares.test(readFileSync(join(spec, file), 'utf8')) ? undefined : `${file} declares no ${name}`
}

describe('TRACEABILITY.md', () => {
  it('has every function of the seed, in the order of the source, and no other', () => {
    expect([...page.keys()]).toEqual(seedFunctions)
  })

  it('has a branch at least of every function', () => {
    expect(seedFunctions.filter(name => page.get(name)?.length === 0)).toEqual([])
  })

  it('names rules and functions that there are', () => {
    const places = rows.flatMap(row => (row.places === '—' ? [] : row.places.split(', ')))
    expect(places.map(whyNoPlace).filter(why => why !== undefined)).toEqual([])
  })

  it('names covers that there are', () => {
    const known = new Set(covers.map(({ name }) => name))
    expect(namedCovers.filter(name => !known.has(name))).toEqual([])
  })

  it('gives a reason where there is no cover, and has a cover where there is no reason', () => {
    expect(rows.filter(row => !/^(none: )?\S.*$/.test(row.covers))).toEqual([])
    expect(rows.filter(row => row.places === '—' && !row.covers.startsWith('none: '))).toEqual([])
  })

  it('has a place for every cover of a branch', () => {
    expect(branches.map(({ name }) => name).filter(name => !namedCovers.includes(name))).toEqual([])
  })
})

describe('the source of a rule', () => {
  const functions = seedFunctions.map(name => name.replace(/^.*\./, ''))

  it.each(rules.map(({ name, source }) => ({ name, source })))('$name: $source', ({ source }) => {
    // A file of the source, or a function of the seed.
    const words = source.split(/[^\w]+/)
    expect(/\w\.go\b/.test(source) || words.some(word => functions.includes(word))).toBe(true)
  })
})
