/** Errors that a user can cause: what is wrong, what is likely, what to do next. Shown without a stack trace, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  constructor(
    readonly what: string,
    readonly next?: string,
    readonly likely?: string,
  ) {
    super([what, likely, next].filter(Boolean).join('\n'))
  }
}

/** What something says that was thrown: an error, as a rule. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
