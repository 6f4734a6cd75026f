/**
 * What a question names and never asks: an entry of its menu of which no feature makes a call, a feature to which the
 * menu leaves nothing.
 */
import { UsageError } from '../checker/errors.js'
import { fullMenu, type Menu } from '../spec/menu.js'
import { rules } from '../spec/next.js'
import { linux } from '../spec/profile.js'
import type { Feature, Rule } from '../spec/rule.js'
import type { Question } from './build.js'
import { actionLabel } from './names.js'

/** Calls by how they are written, each with its feature. */
type Calls = ReadonlyMap<string, Feature>

const external: readonly Rule<unknown>[] = rules.filter(({ kind }) => kind === 'external')

/** Every call that programs can make by this menu, of two tasks. Of the profiles, linux knows every call. */
const callsBy = (menu: Menu): Calls =>
  new Map(
    external.flatMap(rule =>
      rule
        .choices({ slots: 2, profile: linux, menu, accounting: false })
        .map(
          choice =>
            [actionLabel(rule.name, choice, ['A', 'B']), rule.featureOf?.(choice) ?? rule.feature] as const,
        ),
    ),
  )

const nothing: Menu = {
  ...fullMenu,
  ...Object.fromEntries(
    Object.entries(fullMenu).flatMap(([key, it]) => (Array.isArray(it) ? [[key, []]] : [])),
  ),
}
/** The calls that every menu leaves; found when a question is first looked at, not by every command. */
let always: Calls | undefined

/** Questions that have been looked at: they are built again and again, when a trace is made smaller. */
const fine = new WeakSet<Question>()

/** Throws `UsageError`, for whoever has written the question. */
export function refuseIdle(question: Question): void {
  if (fine.has(question)) return
  const { name, features, menu = {} } = question
  always ??= callsBy(nothing)
  const given = always
  for (const [key, entries] of Object.entries(menu)) {
    if (!Array.isArray(entries)) continue
    for (const entry of entries) {
      const calls = [...callsBy({ ...nothing, [key]: [entry] })].filter(([call]) => !given.has(call))
      if (calls.some(([, feature]) => features.includes(feature))) continue
      const lacking = [...new Set(calls.map(([, feature]) => feature))]
      throw new UsageError(
        `The check '${name}' has ${calls[0]?.[0] ?? String(entry)} in its menu (${key}), and no feature to make that call.`,
        `Give it the feature ${lacking.join(' or ')}, or take that out of its menu.`,
      )
    }
  }
  const made = new Set(callsBy({ ...fullMenu, ...menu }).values())
  const idle = features.find(feature => !made.has(feature))
  if (idle !== undefined)
    throw new UsageError(
      `The check '${name}' has the feature '${idle}', and its menu leaves no call to it.`,
      'Take the feature away, or add to its menu.',
    )
  fine.add(question)
}
