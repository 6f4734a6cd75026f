/**
 * Values of options: whole numbers, sizes, times. Each refuses what it does not understand, and says what it does.
 */
import { availableParallelism } from 'node:os'
import { UsageError } from '../errors.js'

/** What follows an option, as a number of at least `least`. */
export const wholeNumber =
  (option: string, least: number) =>
  (text: string): number => {
    const n = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(n) && n >= least) return n
    throw new UsageError(
      `${option} takes a whole number of at least ${least}, not '${text}'.`,
      `For example: ${option} ${Math.max(8, least)}`,
    )
  }

/** Threads: as many as a machine may have a use for, and a few more to try out on a small one. */
export const threads = (option: string) => {
  const most = Math.max(8, 4 * availableParallelism())
  return (text: string): number => {
    const n = wholeNumber(option, 1)(text)
    if (n <= most) return n
    throw new UsageError(
      `${option} takes at most ${most} on this machine, not '${text}'.`,
      `For example: ${option} ${availableParallelism()}`,
    )
  }
}

const sizes: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** `512M`, `2G`: bytes. */
export const size =
  (option: string) =>
  (text: string): number => {
    const [, n, unit] = /^(\d+(?:\.\d+)?)([kmgt])(?:i?b)?$/i.exec(text) ?? []
    const bytes = Math.round(Number(n) * (sizes[unit?.toLowerCase() ?? ''] ?? Number.NaN))
    if (bytes > 0) return bytes
    throw new UsageError(
      `${option} takes a size with its unit, not '${text}'.`,
      `For example: ${option} 512M, ${option} 2G`,
    )
  }

const seconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 }

/** `30s`, `5m`, `1h`: seconds. A number alone is seconds. */
export const time =
  (option: string) =>
  (text: string): number => {
    const [, n, unit] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text) ?? []
    const value = Number(n) * (seconds[unit ?? '-'] ?? Number.NaN)
    if (value > 0) return value
    throw new UsageError(`${option} takes a time, not '${text}'.`, `For example: ${option} 30s, ${option} 5m`)
  }

/** For options that may be given more than once. */
export const collected = (text: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  text,
]
