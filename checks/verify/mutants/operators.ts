/**
 * Faults in the core that operators make: one change of one expression or statement of its source.
 *
 * Here: which places of a file are changed, and into what.
 * Not here: faults that somebody has thought of (semantic.ts).
 */
import { type Node, parseSync } from 'oxc-parser'

export interface Mutant {
  /** `exit.ts runExitNotify: group.liveTasks-- → group.liveTasks++`, with a number if there are several. */
  readonly name: string
  /** In `src/`. */
  readonly file: string
  /** The probe that tells of it: the expression or function that must run for the fault to show. None outside of functions. */
  readonly inside: string | undefined
  readonly start: number
  readonly end: number
  readonly text: string
  /** The check that shows it as a whole, where it is known that no step near an initial state does. */
  readonly check?: string | undefined
}

/** Operators and what stands in their place. */
const swapped: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '&': '|',
  '|': '&',
  '+': '-',
  '-': '+',
  '<<': '>>',
  '+=': '-=',
  '-=': '+=',
  '|=': '&=',
  '&=': '|=',
  '++': '--',
  '--': '++',
}

type Visit = (node: Node, parents: readonly Node[]) => void

function visit(node: unknown, parents: readonly Node[], seen: Visit): void {
  if (Array.isArray(node)) {
    for (const it of node) visit(it, parents, seen)
  } else if (isNode(node)) {
    seen(node, parents)
    for (const [key, value] of Object.entries(node))
      if (key !== 'parent') visit(value, [...parents, node], seen)
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** Whose names the reader knows: functions, methods, constants. */
function nameOf(parents: readonly Node[]): string {
  for (const node of parents.toReversed()) {
    if (node.type === 'FunctionDeclaration' && node.id) return node.id.name
    if (node.type === 'MethodDefinition' && 'name' in node.key) return String(node.key.name)
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') return node.id.name
  }
  return 'the file'
}

/** What is gone at run time, and what only words an error. */
const isIdle = (parents: readonly Node[]): boolean =>
  parents.some(
    ({ type }) => type.startsWith('TS') || type === 'ImportDeclaration' || type === 'ThrowStatement',
  )

type Change = readonly [at: { readonly start: number; readonly end: number }, text: string]

function changesOf(node: Node, parent: Node | undefined, source: string): readonly Change[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression': {
      const text = swapped[node.operator]
      if (text === undefined) return []
      const from = source.indexOf(node.operator, node.left.end)
      return [[{ start: from, end: from + node.operator.length }, text]]
    }
    case 'UpdateExpression': {
      const start = node.prefix ? node.start : node.end - 2
      return [[{ start, end: start + 2 }, swapped[node.operator] ?? '']]
    }
    case 'Literal':
      if (typeof node.value === 'boolean') return [[node, String(!node.value)]]
      if (node.value === 0) return [[node, '1']]
      return node.value === 1 ? [[node, '0']] : []
    case 'UnaryExpression':
      return node.operator === '!' ? [[node, source.slice(node.argument.start, node.argument.end)]] : []
    case 'ConditionalExpression':
      return conditions(node.test)
    case 'IfStatement':
      return conditions(node.test)
    case 'ExpressionStatement':
      // A statement that is the whole body of an arrow or a branch is deleted all the same.
      return parent?.type === 'Program' ? [] : [[node, '{}']]
    default:
      return []
  }
}

const conditions = (test: { readonly start: number; readonly end: number }): readonly Change[] => [
  [test, '(true as boolean)'],
  [test, '(false as boolean)'],
]

/** The expression that runs whenever the changed piece of a node does. */
const runsIn = (node: Node): Node => {
  if (node.type === 'ConditionalExpression' || node.type === 'IfStatement') return node.test
  return node.type === 'ExpressionStatement' ? node.expression : node
}

const nameOfProbe = (file: string, { start, end }: Node): string => `${file} ${start}-${end}`

/** A key of an object is no expression. */
const isKey = (node: Node, parent: Node | undefined): boolean =>
  parent !== undefined && 'key' in parent && parent.key === node

export function operatorMutants(file: string, source: string): readonly Mutant[] {
  const mutants: Mutant[] = []
  const times = new Map<string, number>()
  const { program } = parseSync(file, source)
  visit(program, [], (node, parents) => {
    if (isIdle(parents) || isKey(node, parents.at(-1))) return
    for (const [{ start, end }, text] of changesOf(node, parents.at(-1), source)) {
      const shown = `${file} ${nameOf(parents)}: ${words(source, node, start, end, text)}`
      const n = (times.get(shown) ?? 0) + 1
      times.set(shown, n)
      const name = n === 1 ? shown : `${shown} (${n})`
      const inside = parents.some(isFunction) ? nameOfProbe(file, runsIn(node)) : undefined
      mutants.push({ name, file, inside, start, end, text })
    }
  })
  return mutants
}

const isFunction = ({ type }: Node): boolean =>
  type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression'

/** The innermost function that a piece of the source is in, by its probe. */
export function functionAround(file: string, source: string, start: number, end: number): string | undefined {
  let found: string | undefined
  visit(parseSync(file, source).program, [], node => {
    if (isFunction(node) && node.start <= start && end <= node.end) found = nameOfProbe(file, node)
  })
  return found
}

/** The source in which every function, and every expression that a mutant changes, says that it runs. */
export function withProbes(file: string, source: string): string {
  const at: { readonly offset: number; readonly text: string }[] = []
  const known = new Set<string>()
  visit(parseSync(file, source).program, [], (node, parents) => {
    if (isFunction(node) && 'body' in node && isNode(node.body)) {
      const probe = `globalThis.probe?.('${nameOfProbe(file, node)}')`
      const { body } = node
      if (body.type === 'BlockStatement') at.push({ offset: body.start + 1, text: `${probe};` })
      else at.push({ offset: body.start, text: `(${probe}, ` }, { offset: body.end, text: ')' })
    }
    const parent = parents.at(-1)
    if (isIdle(parents) || isKey(node, parent) || !parents.some(isFunction)) return
    if (changesOf(node, parent, source).length === 0) return
    const runs = runsIn(node)
    const name = nameOfProbe(file, runs)
    if (known.has(name)) return
    known.add(name)
    // Without it the line before would call the expression in brackets.
    const begin = node.type === 'ExpressionStatement' && isInList(node, parent) ? ';' : ''
    at.push(
      { offset: runs.start, text: `${begin}(globalThis.probe?.('${name}'), ` },
      { offset: runs.end, text: ')' },
    )
  })
  return inserted(source, at)
}

/** Is the statement one of several, and not the branch of another? */
const isInList = (node: Node, parent: Node | undefined): boolean =>
  parent !== undefined &&
  (('body' in parent && Array.isArray(parent.body)) ||
    ('consequent' in parent && Array.isArray(parent.consequent))) &&
  node.type === 'ExpressionStatement'

function inserted(
  source: string,
  pieces: readonly { readonly offset: number; readonly text: string }[],
): string {
  return pieces
    .map((it, order) => ({ ...it, order }))
    .toSorted((a, b) => b.offset - a.offset || b.order - a.order)
    .reduce((text, { offset, text: piece }) => text.slice(0, offset) + piece + text.slice(offset), source)
}

/** The changed piece with what is around it, on one line. */
function words(source: string, node: Node, start: number, end: number, text: string): string {
  const whole = (of: string) => of.replace(/\s+/g, ' ').slice(0, 70)
  if (text === '{}') return `${whole(source.slice(start, end))} → nothing`
  const [before, after] = [source.slice(node.start, start), source.slice(end, node.end)]
  const isSmall = start === node.start && end === node.end
  const old = isSmall ? source.slice(start, end) : before + source.slice(start, end) + after
  const now = isSmall ? text : before + text + after
  return `${whole(old)} → ${whole(now.replace(' as boolean', ''))}`
}

/** The source with a limit in every loop, so that one that does not end is an error. */
export function withFuel(file: string, source: string): string {
  const at: { readonly offset: number; readonly text: string }[] = []
  const { program } = parseSync(file, source)
  visit(program, [], node => {
    if (!/^(For|While|DoWhile)/.test(node.type) || !('body' in node) || !isNode(node.body)) return
    const { body } = node
    at.push({ offset: body.start, text: '{ (globalThis as never as { burn?(): void }).burn?.();' })
    at.push({ offset: body.end, text: '}' })
  })
  return inserted(source, at)
}
