/**
 * A counterexample as the text of its file: one line for each action, each cell and each `#meta`, so that two files
 * can be compared line by line.
 */
import type { TraceDocument } from './document.js'

/** The document without its states and actions goes line by line; those have one line each. */
export function formatDocument(document: TraceDocument): string {
  return `${pretty(document, '', [])}\n`
}

function pretty(value: unknown, indent: string, path: readonly (string | number)[]): string {
  if (typeof value !== 'object' || value === null || isLeaf(path)) return JSON.stringify(value)
  const inner = `${indent}  `
  const isArray = Array.isArray(value)
  const parts = Object.entries(value)
    .filter(([, it]) => it !== undefined)
    .map(
      ([key, it]) =>
        `${inner}${isArray ? '' : `${JSON.stringify(key)}: `}${pretty(it, inner, [...path, key])}`,
    )
  const [open, close] = isArray ? '[]' : '{}'
  return parts.length === 0 ? `${open}${close}` : `${open}\n${parts.join(',\n')}\n${indent}${close}`
}

/** What stays on one line: lists of names, an action, the `#meta` of a state, a cell. */
function isLeaf(path: readonly (string | number)[]): boolean {
  const [first, second, third] = path
  if (first === '#meta' && second === 'zombieproof') {
    return third === 'actions' ? path.length === 4 : path.length === 3
  }
  return first === 'states' ? path.length === 3 : first === 'vars'
}
