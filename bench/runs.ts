/** What every benchmark asks and says: how often, and on which machine. */
import { cpus, release, totalmem } from 'node:os'
import { InvalidArgumentError } from 'commander'

/** What follows `--runs`. */
export const wholeNumber = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number of at least 1.')
}

export const machine = (): string =>
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Node.js ${process.version}`

/** The one in the middle; of an even number, halfway between the two in the middle. */
export const median = (all: readonly number[]): number => {
  const sorted = all.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
