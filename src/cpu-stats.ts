/**
 * CPU time: immutable, in units that the embedder chooses. Source: usage.CPUStats.
 */
export interface CPUStats {
  readonly userTime: number
  readonly sysTime: number
}

export const noTime: CPUStats = { userTime: 0, sysTime: 0 }

export const addTime = (a: CPUStats, ...others: readonly CPUStats[]): CPUStats =>
  others.reduce(
    (sum, { userTime, sysTime }) => ({ userTime: sum.userTime + userTime, sysTime: sum.sysTime + sysTime }),
    a,
  )
