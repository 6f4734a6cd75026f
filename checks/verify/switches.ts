/**
 * Which switches of the profile explain a difference between two cores: with these set otherwise, the other core does
 * the same.
 *
 * There are too many sets of switches to try all of them. Tried are: each switch alone; the other profiles, and as
 * little of one of them as is enough; two switches together.
 */
import type { Core, CoreModule } from './world.js'

export type Setting = Partial<Core.Switches>

/** What may be asked of two cores that differ. */
export interface Differing {
  /** Those of the settings with which the difference that was found first is gone. */
  promising(settings: readonly Setting[]): Promise<readonly Setting[]>
  /** Is every difference gone with it? */
  agree(setting: Setting): Promise<boolean>
}

/** As much as is needed of a core, which may be an older one. */
export type Switched = Pick<CoreModule, 'switchValues' | 'gvisor2018'> & Partial<CoreModule>

/**
 * A setting that explains the difference, and can do without none of its switches; undefined: none was found.
 *
 * @param profile the name of the one in which they differ
 */
export async function explaining(
  core: Switched,
  profile: string,
  differing: Differing,
): Promise<Setting | undefined> {
  const alone = singles(core, profile)
  return (
    (await firstOf(alone, differing)) ??
    (await reduced(await firstOf(wholeProfiles(core, profile), differing), differing)) ??
    (await firstOf(pairs(alone), differing))
  )
}

async function firstOf(settings: readonly Setting[], differing: Differing): Promise<Setting | undefined> {
  for (const setting of await differing.promising(settings))
    if (await differing.agree(setting)) return setting
  return undefined
}

/** One switch after the other is left out, where that is enough. */
async function reduced(setting: Setting | undefined, differing: Differing): Promise<Setting | undefined> {
  if (setting === undefined) return undefined
  let least = setting
  for (const name of Object.keys(setting) as (keyof Setting)[]) {
    const { [name]: _, ...less } = least
    if ((await differing.promising([less])).length > 0 && (await differing.agree(less))) least = less
  }
  return least
}

const profilesOf = ({ gvisor2018, gvisorFixed, gvisor2022, linux }: Switched): readonly Core.Profile[] =>
  [gvisor2018, gvisorFixed, gvisor2022, linux].filter(it => it !== undefined)

const switchesOf = (core: Switched, profile: string): Core.Switches =>
  (profilesOf(core).find(({ name }) => name === profile) ?? core.gvisor2018).switches

const namesIn = ({ switchValues }: Switched) => Object.keys(switchValues) as (keyof Core.Switches)[]

/** Each other value of each switch. */
export function singles(core: Switched, profile: string): readonly Setting[] {
  const now = switchesOf(core, profile)
  return namesIn(core).flatMap(name =>
    core.switchValues[name].filter(value => value !== now[name]).map(value => ({ [name]: value })),
  )
}

/** What the other profiles set otherwise, where that is more than one switch. */
export function wholeProfiles(core: Switched, profile: string): readonly Setting[] {
  const now = switchesOf(core, profile)
  return profilesOf(core)
    .map(({ switches }) =>
      Object.fromEntries(
        Object.entries(switches).filter(([name, value]) => now[name as keyof Setting] !== value),
      ),
    )
    .filter(setting => Object.keys(setting).length > 1)
}

/** Every two that are about two switches. */
export const pairs = (alone: readonly Setting[]): readonly Setting[] =>
  alone.flatMap((one, i) =>
    alone.slice(i + 1).flatMap(other => {
      const both = { ...one, ...other }
      return Object.keys(both).length === 2 ? [both] : []
    }),
  )

export const settingText = (setting: Setting): string =>
  Object.entries(setting)
    .map(([name, value]) => `${name} '${value}'`)
    .join(', ')
