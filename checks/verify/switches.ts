/**
 * Which switches of the profile explain a difference between two cores: with these set otherwise, the other core does
 * the same.
 */
import type { Core, CoreModule } from './world.js'

export type Setting = Partial<Core.Switches>

/** Every way to set some switches otherwise, the fewest first. */
export function settingsOf({ switchValues, gvisor2018 }: CoreModule): readonly Setting[] {
  const names = Object.keys(switchValues) as (keyof Core.Switches)[]
  let settings: readonly Setting[] = [{}]
  for (const name of names) {
    const others = switchValues[name].filter(value => value !== gvisor2018.switches[name])
    settings = settings.flatMap(setting => [setting, ...others.map(value => ({ ...setting, [name]: value }))])
  }
  const size = (setting: Setting) => Object.keys(setting).length
  return settings.filter(setting => size(setting) > 0).toSorted((a, b) => size(a) - size(b))
}

export const settingText = (setting: Setting): string =>
  Object.entries(setting)
    .map(([name, value]) => `${name} '${value}'`)
    .join(', ')
