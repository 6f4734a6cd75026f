/**
 * What questions answered, remembered by what they read.
 *
 * A question is a piece of the model: may this action be taken, and what does it do? Is this property broken? It is run
 * on a tracked state, and what it read, in order, leads from the root to its answer. From then on, whatever looks the
 * same has the same answer, because the piece is pure.
 *
 * Questions that have read the same so far share their way: a node lists the answers that are settled there, and one
 * branch for each thing that is read next, with the questions that read it. So one look at the run state of a task
 * dismisses all that a dead task could do.
 */
import { ImpureError } from '../explore/model-error.js'
import { NewCell } from './columns.js'
import type { FieldTable } from './field.js'
import { withRoom } from './ints.js'
import type { Reading } from './tracker.js'

/** What is asked, by number. */
export interface Questions<R> {
  readonly count: number
  /** Runs the piece on a tracked state; undefined is the answer that nobody needs to hear of. */
  ask(question: number, vector: Int32Array): R | undefined
  /** Adds to a vector that is not kept up to date what follows from the rest of it. */
  complete?(vector: Int32Array): void
  /** What `ask` has read. */
  readonly read: readonly Reading[]
  /** The same on the plain state, without remembering. */
  askPlainly(question: number, vector: Int32Array): R | undefined
}

/** A question that has read something else than before, where what it had read looked the same. */
export class NotPure extends ImpureError {
  constructor(
    readonly questions: unknown,
    readonly question: number,
  ) {
    super()
  }
}

interface Answer<R> {
  readonly question: number
  readonly read: readonly Reading[]
  readonly answer: R | undefined
}

/** What of a branch is needed only to learn. */
interface Branch {
  readonly reading: Reading
  /** How many readings lead to this one. */
  readonly depth: number
  readonly questions: readonly number[]
  /** What is seen above to get here; undefined at the root. */
  readonly from: From | undefined
  /** Where it stands, and where the nodes stand that it leads to. */
  at: number
  next: number
  /** The node that it is a branch of, unless that has no other. */
  readonly node: number | undefined
}

/** A branch, and one of the things that can be seen there. */
interface From {
  readonly branch: Branch
  readonly seen: number
}

/** Of so many states, a question that was run anew for more than this part of them is not worth remembering. */
const stretch = 4096
const worthless = 0.6

/*
 * Nodes are written into one array of integers, because walking them is most of what the engine does, and a walk is as
 * fast as its memory is near. A node is
 *
 *   the number of answers, the answers, the number of branches, the branches
 *
 * and a branch is these:
 */
const slotAt = 0
/** The field; or `itself`. */
const fieldAt = 1
/** The cells that are read here and further on, as bits. */
const readsAt = 2
/** The node that it led to when it was last followed, and the bits of the cells that were read here and from there on. */
const nodeAt = 3
const followedAt = 4
/** Where the nodes stand that it leads to, by what is read. */
const nextAt = 5
const branchLength = 6

/** Before a node: the cells that are read by its branches and further on. */
const readsBefore = 1

/* Before the nodes that a branch leads to, counted backwards: how many there is room for; */
const roomBefore = 1
/** where the questions stand that lead here: how many words of bits, and of each the place and the bits; */
const questionsBefore = 2
/** and the place of the branch in the list of branches. */
const branchBefore = 3
const heading = 3

/**
 * Most nodes have no answer and one branch. Such a node, unless it is the root, is this number, the branch as far as `nextAt`, and right after
 * it what the branch leads to.
 */
const only = -1
/** From the branch of such a node to what it leads to. */
const nextOfOnly = nextAt + heading

/** Instead of a node: nobody has been here yet; nothing is to be found here. */
const unknown = 0
const nothing = 1
/** Instead of a node with one answer and no branch: the answer. It is less than 0, and the same there and back. */
const leaf = (answer: number): number => -1 - answer

/** Instead of a field: what is read is the number in the slot. */
const itself = -1

/** There is room at first for so many of what a reader has been known to see. */
const firstRoom = 8

/** Every cell may differ from whatever is known. */
export const anything = -1

/**
 * The answers to all questions, kept up to date while what is asked about changes.
 *
 * Most of what was read before a small change is read after it as well, and has the same answers.
 */
export interface Standing<R> {
  /** By question; of those that have an answer now. */
  readonly answers: (R | undefined)[]
  /** Which those are, as bits. */
  readonly has: Int32Array
  /** Which were answered anew, and may be other answers, since whoever looks at them has cleared their bits. */
  readonly fresh: Int32Array
  /** By question that has an answer: the bits of the cells that were read for it. */
  readonly reads: Int32Array
}

/** Those that have read more than so much, by what they have read next. */
function byReading<R>(
  answers: readonly Answer<R>[],
  depth: number,
): readonly (readonly [Reading, readonly Answer<R>[]])[] {
  const [first] = answers
  const reading = first?.read[depth]
  // Most often there is one, and no need to sort.
  if (answers.length === 1) return reading === undefined ? [] : [[reading, answers]]
  const found = new Map<Reading, Answer<R>[]>()
  for (const it of answers) {
    const next = it.read[depth]
    if (next === undefined) continue
    const same = found.get(next)
    if (same === undefined) found.set(next, [it])
    else same.push(it)
  }
  return [...found]
}

export class Decisions<R> {
  #code: Int32Array = new Int32Array(1024)
  /** By slot: the bits that tell that something else may be read there. */
  #bits: Int32Array = new Int32Array(64)
  #used = 2
  #root = unknown
  #answers: R[] = []
  /** For each answer, the question. */
  #asked: number[] = []
  /** For each answer, the bits of the cells that were read. */
  #readFor: number[] = []
  /** By answer, and by question and bits: the place of the answer. */
  readonly #places = new Map<R, Map<string, number>>()
  #branches: Branch[] = []
  /** By question: where the list stands that has nothing but it; 0 where none was written. */
  readonly #lists: Int32Array
  /** Questions that are asked plainly each time. */
  #plain: readonly number[] = []
  readonly #runsBefore: number[]
  // The nodes yet to be walked, and for each the cells that are to be taken for changed there.
  readonly #stack: number[] = []
  readonly #changes: number[] = []
  readonly #standing: Standing<R>
  /** May what stands be relied on? */
  #stands = false
  /** How often each question was run on a tracked state, and the milliseconds that this has taken. */
  readonly runs: number[]
  readonly spent: number[]
  nodes = 0
  /** How many states, or steps, were asked about. */
  states = 0

  constructor(
    private readonly questions: Questions<R>,
    private readonly fields: FieldTable,
  ) {
    this.#standing = {
      answers: Array.from({ length: questions.count }, () => undefined),
      has: new Int32Array(Math.ceil(questions.count / 32)),
      fresh: new Int32Array(Math.ceil(questions.count / 32)),
      reads: new Int32Array(questions.count),
    }
    this.#lists = new Int32Array(questions.count)
    const none = () => Array.from({ length: questions.count }, () => 0)
    this.#runsBefore = none()
    this.runs = none()
    this.spent = none()
  }

  get bytes(): number {
    return this.#code.byteLength
  }

  /** Every answer about what the vector describes, in no particular order, into `answers`. What is followed stays as it is. */
  ask(vector: Int32Array, answers: R[]): void {
    this.questions.complete?.(vector)
    if (++this.states % stretch === 0) this.#drop(this.#worthless())
    do {
      answers.length = 0
      if (this.#root === unknown)
        this.#root = this.#build(this.#runAll(this.#remembered(), vector), undefined, vector)
      if (this.#root !== nothing && this.#root !== unknown) this.#walk(vector, answers)
      // A question may have turned out on the way to be one that cannot be tracked.
    } while (this.#root === unknown)
    for (const question of this.#plain) {
      const answer = this.questions.askPlainly(question, vector)
      if (answer !== undefined) answers.push(answer)
    }
  }

  /**
   * Every answer about what the vector describes.
   *
   * @param changed the bits of the cells that may differ from what was followed before
   */
  follow(vector: Int32Array, changed: number): Standing<R> {
    const standing = this.#standing
    if (++this.states % stretch === 0) this.#drop(this.#worthless())
    do {
      const mayDiffer = this.#stands ? changed : anything
      // Until all is done: somebody may throw.
      this.#stands = false
      if (mayDiffer === anything) standing.has.fill(0)
      if (this.#root === unknown)
        this.#root = this.#build(this.#runAll(this.#remembered(), vector), undefined, vector)
      if (this.#root > nothing) this.#update(vector, standing, mayDiffer)
      else if (this.#root < 0 && mayDiffer === anything) this.#settle(this.#root, standing)
      // A question may have turned out on the way to be one that cannot be tracked.
    } while (this.#root === unknown)
    for (const question of this.#plain) {
      const answer = this.questions.askPlainly(question, vector)
      const bit = 1 << (question & 31)
      const word = question >>> 5
      standing.has[word] = ((standing.has[word] as number) & ~bit) | (answer === undefined ? 0 : bit)
      standing.fresh[word] = (standing.fresh[word] as number) | bit
      standing.answers[question] = answer
      standing.reads[question] = anything
    }
    this.#stands = true
    return standing
  }

  /** Goes wherever something else may be found than before. */
  #update(vector: Int32Array, standing: Standing<R>, changed: number): void {
    const stack = this.#stack
    const changes = this.#changes
    let bits = this.#bits
    const { has } = standing
    let code = this.#code
    let { numbers, starts } = this.fields
    stack[0] = this.#root
    changes[0] = changed
    let height = 1
    while (height > 0) {
      height--
      let branch = stack[height] as number
      const changedHere = changes[height] as number
      const settled = code[branch++] as number
      if (changedHere === anything)
        for (let of = 0; of < settled; of++) this.#settle(leaf(code[branch + of] as number), standing)
      branch += settled
      for (let left = code[branch++] as number; left > 0; left--, branch += branchLength) {
        if (((code[branch + followedAt] as number) & changedHere) === 0) continue
        let at = branch
        let next = code[branch + nextAt] as number
        let mayDiffer = changedHere
        do {
          const slot = code[at + slotAt] as number
          let node = code[at + nodeAt] as number
          // Otherwise it leads where it led.
          if (((bits[slot] as number) & mayDiffer) !== 0) {
            const before = node
            const field = code[at + fieldAt] as number
            let seen = vector[slot] as number
            if (field !== itself) seen = numbers[(starts[field] as number) + seen] as number
            node = seen < (code[next - roomBefore] as number) ? (code[next + seen] as number) : unknown
            if (node === unknown) {
              const learnt = this.#branches[code[next - branchBefore] as number] as Branch
              node = this.#learn(learnt, seen, vector)
              if (this.#root === unknown) return
              code = this.#code
              at = learnt.at
              next = learnt.next
              bits = this.#bits
              numbers = this.fields.numbers
              starts = this.fields.starts
            }
            if (node !== before) {
              code[at + nodeAt] = node
              code[at + followedAt] = (bits[slot] as number) | this.#readsOf(node)
              if (mayDiffer !== anything) {
                mayDiffer = anything
                let of = code[next - questionsBefore] as number
                for (let words = code[of++] as number; words > 0; words--, of += 2) {
                  const word = code[of] as number
                  has[word] = (has[word] as number) & ~(code[of + 1] as number)
                }
              }
            }
          }
          if (node <= nothing) {
            if (node < 0 && mayDiffer === anything) this.#settle(node, standing)
            break
          }
          if (code[node] !== only) {
            stack[height] = node
            changes[height++] = mayDiffer
            break
          }
          at = node + 1
          next = at + nextOfOnly
        } while (((code[at + followedAt] as number) & mayDiffer) !== 0)
      }
    }
  }

  /** The bits of the cells that are read from a node on. */
  #readsOf(node: number): number {
    if (node <= nothing) return 0
    const code = this.#code
    return (code[node] === only ? code[node + 1 + readsAt] : code[node - readsBefore]) as number
  }

  /** @param node a leaf */
  #settle(node: number, { answers, has, fresh, reads }: Standing<R>): void {
    const question = this.#asked[leaf(node)] as number
    answers[question] = this.#answers[leaf(node)] as R
    reads[question] = this.#readFor[leaf(node)] as number
    const word = question >>> 5
    const bit = 1 << (question & 31)
    has[word] = (has[word] as number) | bit
    fresh[word] = (fresh[word] as number) | bit
  }

  /** Forgets everything, because what is read of a cell is another thing from now on. */
  forget(): void {
    this.#stands = false
    this.#root = unknown
    this.#used = 2
    this.#code.fill(0)
    this.#answers = []
    this.#asked = []
    this.#readFor = []
    this.#places.clear()
    this.#branches = []
    this.#lists.fill(0)
    this.nodes = 0
  }

  #walk(vector: Int32Array, answers: R[]): void {
    const stack = [this.#root]
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node === nothing) continue
      if (node < 0) {
        answers.push(this.#answers[leaf(node)] as R)
        continue
      }
      for (const answer of this.#answersAt(node)) answers.push(this.#answers[answer] as R)
      for (const branch of this.#branchesAt(node)) {
        const next = this.#next(branch, vector)
        if (this.#root === unknown) return
        stack.push(next)
      }
    }
  }

  /** The node to which a branch leads. */
  #next(branch: Branch, vector: Int32Array): number {
    const { numbers, starts } = this.fields
    const { slot, field } = branch.reading
    const seen = numbers[(starts[field.index] as number) + (vector[slot] as number)] as number
    const code = this.#code
    const room = code[branch.next - roomBefore] as number
    const node = seen < room ? (code[branch.next + seen] as number) : unknown
    return node === unknown ? this.#learn(branch, seen, vector) : node
  }

  /** The places of the answers that are settled at a node that is no leaf. */
  #answersAt(node: number): Int32Array {
    const code = this.#code
    return code[node] === only
      ? code.subarray(0, 0)
      : code.subarray(node + 1, node + 1 + (code[node] as number))
  }

  #branchesAt(node: number): readonly Branch[] {
    const code = this.#code
    const branchAt = (next: number) => this.#branches[code[next - branchBefore] as number] as Branch
    if (code[node] === only) return [branchAt(node + 1 + nextOfOnly)]
    const at = node + 1 + (code[node] as number)
    return Array.from({ length: code[at] as number }, (_, nth) =>
      branchAt(code[at + 1 + nth * branchLength + nextAt] as number),
    )
  }

  /** The node to which the branch leads for what is seen, where nobody has been yet. */
  #learn(branch: Branch, seen: number, vector: Int32Array): number {
    const { questions, reading, depth } = branch
    const answers = this.#runAll(questions, vector)
    if (this.#root === unknown) return unknown
    for (const { read, question } of answers)
      if (read[depth] !== reading) throw new NotPure(this.questions, question)
    const node = this.#build(answers, { branch, seen }, vector)
    this.#lead(branch, seen, node)
    return node
  }

  /** From now on the branch leads to this node for what is seen. */
  #lead(branch: Branch, seen: number, node: number): void {
    if (seen >= (this.#code[branch.next - roomBefore] as number)) this.#enlarge(branch, seen + 1)
    this.#code[branch.next + seen] = node
  }

  /** Makes room for what a branch leads to. Nodes with more than one branch stay where they are. */
  #enlarge(branch: Branch, least: number): void {
    const { at, next, from } = branch
    const room = this.#code[next - roomBefore] as number
    const larger = Math.max(least + 1, 2 * room)
    const isOnly = next === at + nextOfOnly
    const start = isOnly ? at - 1 : next - heading
    const to = this.#reserve(next - start + larger)
    this.#code.copyWithin(to, start, next + room)
    branch.next = to + next - start
    this.#code[branch.next - roomBefore] = larger
    if (!isOnly) this.#code[at + nextAt] = branch.next
    else if (from !== undefined) {
      branch.at = to + 1
      this.#code[from.branch.next + from.seen] = to
      // Who was led here, is led there.
      const led = from.branch.at + nodeAt
      if (this.#code[led] === at - 1) this.#code[led] = to
    }
  }

  #build(answers: readonly Answer<R>[], from: From | undefined, vector: Int32Array): number {
    const depth = from === undefined ? 0 : from.branch.depth + 1
    const settled: number[] = []
    for (const { question, answer, read } of answers)
      if (read.length === depth && answer !== undefined) settled.push(this.#keep(question, answer, read))
    const open = byReading(answers, depth)
    if (settled.length === 0 && open.length === 0) return nothing
    this.nodes++
    if (settled.length === 1 && open.length === 0) return leaf(settled[0] as number)
    const isOnly = from !== undefined && settled.length === 0 && open.length === 1
    // What stands in an only branch's node is as long as its branch: what it leads to comes next.
    const node = isOnly
      ? this.#reserve(1 + nextAt)
      : this.#reserve(readsBefore + 2 + settled.length + branchLength * open.length) + readsBefore
    let at = node
    if (isOnly) this.#code[at++] = only
    else {
      this.#code[at++] = settled.length
      for (const answer of settled) this.#code[at++] = answer
      this.#code[at++] = open.length
    }
    for (const [reading, its] of open) {
      this.#branch(at, reading, its, from, vector, isOnly ? undefined : node)
      at += branchLength
    }
    return node
  }

  /** Writes a branch, and all that it leads to. */
  #branch(
    at: number,
    reading: Reading,
    its: readonly Answer<R>[],
    from: From | undefined,
    vector: Int32Array,
    node: number | undefined,
  ): void {
    const { slot, field } = reading
    const { numbers, starts } = this.fields
    const seen = numbers[(starts[field.index] as number) + (vector[slot] as number)] as number
    const room = Math.max(seen + 1, Math.min(firstRoom, field.seen.length))
    const next = this.#reserve(heading + room) + heading
    const depth = from === undefined ? 0 : from.branch.depth + 1
    const branch = { reading, depth, questions: its.map(({ question }) => question), from, at, next, node }
    this.#code[next - roomBefore] = room
    this.#code[next - branchBefore] = this.#branches.push(branch) - 1
    this.#code[at + slotAt] = slot
    this.#code[at + fieldAt] = field.isItself ? itself : field.index
    if (node !== undefined) this.#code[at + nextAt] = next
    // What is written further on may move all the code.
    const list = this.#listed(branch.questions)
    this.#code[next - questionsBefore] = list
    this.#bits = withRoom(this.#bits, slot + 1)
    this.#bits[slot] = reading.changes
    this.#mark(branch, reading.changes)
    this.#lead(branch, seen, this.#build(its, { branch, seen }, vector))
  }

  /** The place of an answer; of what is the same in every respect, there is one. */
  #keep(question: number, answer: R, read: readonly Reading[]): number {
    let places = this.#places.get(answer)
    if (places === undefined) {
      places = new Map()
      this.#places.set(answer, places)
    }
    const bits = read.reduce((all, { cells }) => all | cells, 0)
    const key = `${question} ${bits}`
    const known = places.get(key)
    if (known !== undefined) return known
    this.#asked.push(question)
    this.#readFor.push(bits)
    const place = this.#answers.push(answer) - 1
    places.set(key, place)
    return place
  }

  /** Where a list of these questions stands, as bits. Most lists are of one question: of each, there is one. */
  #listed(questions: readonly number[]): number {
    const [first] = questions
    if (questions.length > 1 || first === undefined) return this.#writeList(questions)
    const known = this.#lists[first] as number
    if (known > 0) return known
    const list = this.#writeList(questions)
    this.#lists[first] = list
    return list
  }

  #writeList(questions: readonly number[]): number {
    const bits = new Map<number, number>()
    for (const it of questions) bits.set(it >>> 5, (bits.get(it >>> 5) ?? 0) | (1 << (it & 31)))
    const list = this.#reserve(1 + 2 * bits.size)
    this.#code.set([bits.size, ...[...bits].flat()], list)
    return list
  }

  /** What is read at a branch is read further on by all that lead to it. */
  #mark(branch: Branch | undefined, bits: number): void {
    const code = this.#code
    for (let it = branch; it !== undefined; it = it.from?.branch) {
      code[it.at + readsAt] = (code[it.at + readsAt] as number) | bits
      code[it.at + followedAt] = (code[it.at + followedAt] as number) | bits
      if (it.node !== undefined) code[it.node - readsBefore] = (code[it.node - readsBefore] as number) | bits
    }
  }

  #reserve(length: number): number {
    const at = this.#used
    this.#used += length
    this.#code = withRoom(this.#code, this.#used)
    return at
  }

  #runAll(questions: readonly number[], vector: Int32Array): Answer<R>[] {
    const answers: Answer<R>[] = []
    for (const question of questions) {
      const answer = this.#run(question, vector)
      if (answer !== undefined) answers.push(answer)
    }
    return answers
  }

  #run(question: number, vector: Int32Array): Answer<R> | undefined {
    this.runs[question] = (this.runs[question] as number) + 1
    const started = performance.now()
    try {
      const answer = this.questions.ask(question, vector)
      return { question, read: this.questions.read, answer }
    } catch (error) {
      if (error instanceof NewCell) throw error
      // What throws on the plain state as well is a fault of the model, and ends the search. What does not, cannot
      // cope with being tracked.
      this.questions.askPlainly(question, vector)
      this.#drop([question])
      return undefined
    } finally {
      this.spent[question] = (this.spent[question] as number) + performance.now() - started
    }
  }

  #remembered(): readonly number[] {
    return this.runs.map((_, question) => question).filter(question => !this.#plain.includes(question))
  }

  /** These questions are asked plainly from now on. */
  #drop(questions: readonly number[]): void {
    if (questions.length === 0) return
    this.#plain = [...this.#plain, ...questions]
    this.forget()
  }

  #worthless(): readonly number[] {
    const found: number[] = []
    for (const question of this.#remembered()) {
      const runs = this.runs[question] as number
      if (runs - (this.#runsBefore[question] as number) > worthless * stretch) found.push(question)
      this.#runsBefore[question] = runs
    }
    return found
  }
}
