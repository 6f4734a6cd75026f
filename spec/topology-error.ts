/** A topology that cannot be: what is wrong with it, and what to change. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError'
  constructor(
    readonly what: string,
    readonly next: string,
  ) {
    super(`${what}\n${next}`)
  }
}
