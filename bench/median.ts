/** The one in the middle; of an even number, halfway between the two in the middle. */
export const median = (all: readonly number[]): number => {
  const sorted = all.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
