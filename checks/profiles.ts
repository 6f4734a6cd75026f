/**
 * Profiles by name, and those in between: `gvisor-2018+dyingInit@linux` is gvisor-2018 with one switch of linux.
 */
import { UsageError } from '../checker/errors.js'
import type { Named, Variant } from '../checker/suite.js'
import { type Profile, profiles, type Switches } from '../spec/profile.js'

/** Throws `UsageError` for a name that is none. */
export function profileNamed(name: string): Profile {
  const found = plain(name) ?? inBetween(name)
  if (found !== undefined) return found
  throw new UsageError(`There is no profile ${name}.`, `Known: ${profiles.map(p => p.name).join(', ')}.`)
}

/** A profile in between, as a thing that a user may name; undefined for a name that is none. */
export const variantNamed = (name: string): Named | undefined => inBetween(name)

const plain = (name: string): Profile | undefined => profiles.find(profile => profile.name === name)

function inBetween(name: string): Profile | undefined {
  const [, ofBase = '', key = '', ofOther = ''] = /^(.+)\+(\w+)@(.+)$/.exec(name) ?? []
  const [base, other] = [plain(ofBase), plain(ofOther)]
  if (base === undefined || other === undefined || !(key in base.switches)) return undefined
  const value = other.switches[key as keyof Switches]
  return {
    ...base,
    name,
    says: `${base.name}, but ${key} as in ${other.name}: ${value}`,
    switches: { ...base.switches, [key]: value },
  }
}

/** The switches on which two profiles differ, in their order. Throws `UsageError` for a profile that does not exist. */
export function variantsBetween(first: string, second: string): readonly Variant[] {
  const [from, to] = [profileNamed(first).switches, profileNamed(second).switches]
  return (Object.keys(from) as (keyof Switches)[])
    .filter(key => from[key] !== to[key])
    .map(key => ({ name: key, says: `${from[key]} → ${to[key]}`, profile: `${first}+${key}@${second}` }))
}

/** The profile, and the names of the switches that were asked of it so far. */
export function watched(profile: Profile): {
  readonly profile: Profile
  readonly asked: ReadonlySet<string>
} {
  const asked = new Set<string>()
  const switches = new Proxy(profile.switches, {
    get(all, key) {
      asked.add(String(key))
      return all[key as keyof Switches]
    },
  })
  return { profile: { ...profile, switches }, asked }
}
