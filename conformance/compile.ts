/**
 * A scenario as a script for the puppet: numbers in place of names, slots in place of actors.
 *
 * PROTOCOL.md describes the script. The puppet knows nothing of the grammar of scenarios, so that it stays
 * small enough to run anywhere.
 */
import { UsageError } from '../checker/errors.js'
import { type Call, CLONE_NEWPID, CLONE_THREAD, has, type Plain, parseCall } from './call.js'
import { constantNames, numberFrom, syscallNumbers } from './constants.js'
import type { Scenario, ScenarioStep } from './scenario.js'

/** How many actors and PID namespaces the puppet has room for. */
const slots = 40
const spaces = 16

type Actor = {
  readonly slot: number
  /** The PID namespace it is in. */
  readonly space: number
  /** The one that its children will be in. */
  childSpace: number
  /** Who creates it; undefined for INIT. */
  readonly creator?: Actor
  readonly isThread: boolean
}

/** An actor with what is fixed from the start. */
export type CastMember = {
  readonly name: string
  readonly space: number
  /** Where in the list its creator is; INIT is its own. */
  readonly creator: number
  readonly isThread: boolean
}

type Wire = { readonly format: string; readonly words: readonly string[] }

/** Milliseconds of quiet that count as rest: after a success, and while a call is blocked. */
export type Quiet = { readonly short: number; readonly long: number }

/** Throws `UsageError` for a scenario that cannot be understood. */
export function compile(scenario: Scenario, id: string, quiet?: Quiet): string {
  const compiler = new Compiler(scenario.id)
  const before = scenario.pre.map((step, i) => compiler.step(step, i - scenario.pre.length))
  const steps = scenario.steps.map((step, i) => compiler.step(step, i))
  const settle =
    quiet === undefined ? [] : [`quiet ${Math.round(quiet.short * 1000)} ${Math.round(quiet.long * 1000)}`]
  return [`begin ${id}`, ...settle, ...compiler.declarations(), 'start', ...before, ...steps, 'end', ''].join(
    '\n',
  )
}

/** All actors, in the order of their births, and which PID namespace each is in. */
export type Cast = {
  readonly members: readonly CastMember[]
  /** Of each PID namespace, the one that it is in; -1 for that of INIT. */
  readonly spacesAbove: readonly number[]
}

/** Throws `UsageError` for a scenario that cannot be understood. */
export function castOf({ id, pre, steps }: Scenario): Cast {
  const compiler = new Compiler(id)
  for (const [i, step] of [...pre, ...steps].entries()) compiler.step(step, i - pre.length)
  return compiler.cast()
}

class Compiler {
  private readonly actors = new Map<string, Actor>([
    ['INIT', { slot: 0, space: 0, childSpace: 0, isThread: false }],
  ])
  private readonly parents: number[] = [-1]

  constructor(private readonly id: string) {}

  declarations(): readonly string[] {
    return [
      ...this.parents.map((parent, space) => `space ${space} ${parent}`).slice(1),
      ...[...this.actors].map(([name, { slot, space }]) => `actor ${slot} ${name} ${space}`),
    ]
  }

  cast(): Cast {
    const members = [...this.actors].map(([name, { space, creator, isThread }]) => ({
      name,
      space,
      creator: creator?.slot ?? 0,
      isThread,
    }))
    return { members, spacesAbove: this.parents }
  }

  step({ actor: name, do: text }: ScenarioStep, index: number): string {
    const where = `${this.id}, step ${index + 1}`
    const actor = new Words(this.actors, where).actor(name)
    const call = parseCall(text, where)
    const { format, words } = this.wire(call, actor, where)
    return `step ${index} ${actor.slot} ${format} ${words.join(' ')} # ${text}`
  }

  private wire(call: Call, actor: Actor, where: string): Wire {
    if (call.kind === 'birth') {
      const { slot } = this.born(call.child, call.flags, actor, where)
      return { format: 'pid', words: ['clone', String(slot), String(call.flags)] }
    }
    const special = specials[call.name]
    if (special !== undefined) return special(call, actor, new Words(this.actors, where), this)
    return plain(call, new Words(this.actors, where), where)
  }

  private born(name: string, flags: number, by: Actor, where: string): Actor {
    if (this.actors.has(name))
      throw new UsageError(`${where}: there is a ${name} already.`, 'Give every actor a name of its own.')
    const slot = this.actors.size
    const space = has(flags, CLONE_NEWPID)
      ? this.newSpace(by)
      : has(flags, CLONE_THREAD)
        ? by.space
        : by.childSpace
    if (slot >= slots || space >= spaces)
      throw new UsageError(
        `${where}: too many actors or PID namespaces.`,
        `There is room for ${slots} and ${spaces}.`,
      )
    const childSpace = has(flags, CLONE_THREAD) ? by.childSpace : space
    const actor = { slot, space, childSpace, creator: by, isThread: has(flags, CLONE_THREAD) }
    this.actors.set(name, actor)
    return actor
  }

  private newSpace({ childSpace }: Actor): number {
    return this.parents.push(childSpace) - 1
  }

  /** Linux allows a second unshare only once the first has taken effect. */
  unshare(actor: Actor): void {
    if (actor.childSpace === actor.space) actor.childSpace = this.newSpace(actor)
  }
}

/** Arguments as words of the script. */
class Words {
  constructor(
    private readonly actors: ReadonlyMap<string, Actor>,
    private readonly where: string,
  ) {}

  slot(name: string): number | undefined {
    return this.actors.get(name)?.slot
  }

  actor(name: string): Actor {
    const actor = this.actors.get(name)
    if (actor !== undefined) return actor
    throw new UsageError(
      `${this.where}: there is no ${name} yet.`,
      `Created so far: ${[...this.actors.keys()].join(', ')}.`,
    )
  }

  /** An actor's pid, its negative, or a number. */
  of(arg: string): string {
    const named = /^(-?)([A-Za-z][A-Za-z0-9_]*)$/.exec(arg)
    const slot = this.slot(named?.[2] ?? '')
    if (slot !== undefined) return `${named?.[1] ?? ''}@${slot}`
    return String(this.number(arg))
  }

  number(arg: string): number {
    const value = numberFrom(arg)
    if (value !== undefined) return value
    throw new UsageError(
      `${this.where}: '${arg}' is neither a number, nor a constant, nor an actor created so far.`,
      `Constants: ${constantNames.slice(0, 8).join(', ')}, … (conformance/constants.ts).`,
    )
  }
}

const call = (format: string, name: keyof typeof syscallNumbers, ...words: readonly string[]): Wire => ({
  format,
  words: ['call', String(syscallNumbers[name]), ...words],
})

type Special = (call: Plain, actor: Actor, words: Words, compiler: Compiler) => Wire

/** The set that has this one signal. */
const setOf = (words: Words, args: readonly string[]): string =>
  `&set:0x${args.reduce((set, arg) => set | (1n << BigInt(words.number(arg) - 1)), 0n).toString(16)}`

/** Calls with buffers, and those that are more than one system call. */
const specials: Readonly<Record<string, Special>> = {
  execve: () => ({ format: 'number', words: ['exec'] }),
  setns: ({ args: [whose = ''] }, actor, words) => {
    const { slot, space } = words.actor(whose)
    actor.childSpace = space
    return { format: 'number', words: ['setns', String(slot)] }
  },
  unshare: ({ args: [flags = '0'] }, actor, words, compiler) => {
    if (has(words.number(flags), CLONE_NEWPID)) compiler.unshare(actor)
    return call('number', 'unshare', words.of(flags))
  },
  wait4: ({ args: [pid = '-1', options = '0'] }, _actor, words) =>
    call('status', 'wait4', words.of(pid), '&status', words.of(options), '0'),
  waitid: ({ args: [type = 'P_ALL', id = '0', options = '0'] }, _actor, words) =>
    call('info', 'waitid', words.of(type), words.of(id), '&info', words.of(options), '0'),
  sigaction: ({ args: [signal = '', how = '', flags = '0'] }, _actor, words) => {
    const kind = how === 'SIG_IGN' ? 'ign' : how === 'handler' ? 'handler' : 'dfl'
    return call(
      'number',
      'rt_sigaction',
      words.of(signal),
      `&action:${kind}:${words.number(flags)}`,
      '0',
      '8',
    )
  },
  sigblock: ({ args }, _actor, words) => call('number', 'rt_sigprocmask', '0', setOf(words, args), '0', '8'),
  sigunblock: ({ args }, _actor, words) =>
    call('number', 'rt_sigprocmask', '1', setOf(words, args), '0', '8'),
  sigpending: () => call('set', 'rt_sigpending', '&set', '8'),
  sigtimedwait0: ({ args }, _actor, words) =>
    call('siginfo', 'rt_sigtimedwait', setOf(words, args), '&info', '&zero', '8'),
  poll: ({ args: [fd = '0'] }, _actor, words) =>
    call('poll', 'poll', `&poll:${words.number(fd)}:1`, '1', '0'),
  prctl: ({ args }, _actor, words) => {
    const [option = '', ...rest] = args
    if (option.startsWith('PR_GET_')) return call('value', 'prctl', words.of(option), '&word')
    return call(
      'number',
      'prctl',
      ...(args.length === 0 ? [] : [words.of(option), ...rest.map(arg => words.of(arg))]),
    )
  },
  ptrace: ({ args: [request = '', target = '0', address = '0', data = '0'] }, _actor, words) => {
    const asked = [words.of(request), words.of(target)]
    const slot = words.slot(target)
    if (request === 'GETSIGINFO') return call('siginfo', 'ptrace', ...asked, '0', '&info')
    if (request === 'GETEVENTMSG') return call(`message:${slot ?? 0}`, 'ptrace', ...asked, '0', '&word')
    return call('number', 'ptrace', ...asked, words.of(address), words.of(data))
  },
}

/** Calls whose results are pids. */
export const returnsPid: readonly string[] = [
  'getpid',
  'getppid',
  'gettid',
  'getpgid',
  'getsid',
  'getpgrp',
  'setsid',
]
const returnsNothing: readonly string[] = ['exit', 'exit_group']

function plain({ name, args }: Plain, words: Words, where: string): Wire {
  if (!(name in syscallNumbers))
    throw new UsageError(
      `${where}: there is no call ${name} in scenarios.`,
      `Known: execve, setns, sigaction, sigblock, sigunblock, sigpending, sigtimedwait0, ${Object.keys(
        syscallNumbers,
      )
        .filter(known => !known.startsWith('rt_'))
        .join(', ')}.`,
    )
  const format = returnsPid.includes(name) ? 'pid' : returnsNothing.includes(name) ? 'none' : 'number'
  return call(format, name as keyof typeof syscallNumbers, ...args.map(arg => words.of(arg)))
}
