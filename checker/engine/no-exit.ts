/**
 * What a model must not do to the checker: end it.
 *
 * A search that ends in the middle without a word, with whatever status the model has chosen, would look like an answer.
 */

/**
 * From now on, `process.exit` throws.
 *
 * @returns allows it again: Node.js itself ends a thread with it that something was thrown on
 */
export function forbidExit(): () => void {
  const { exit } = process
  process.exit = status => {
    throw new Error(`it called process.exit(${status ?? ''}), and a model must not end the checker`)
  }
  return () => {
    process.exit = exit
  }
}
