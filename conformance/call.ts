/**
 * The words in `do`: one system call of one actor.
 *
 * Here: the grammar, and who is created by what.
 * Not here: what the puppet is told (compile.ts), what the spec makes of it (oracle/).
 */
import { UsageError } from '../checker/errors.js'
import { numberFrom } from './constants.js'

/** A clone by any name, with its flags and exit signal. */
export type Birth = { readonly kind: 'birth'; readonly child: string; readonly flags: number }
/** Any other call. */
export type Plain = { readonly kind: 'call'; readonly name: string; readonly args: readonly string[] }
export type Call = Birth | Plain

const threadFlags = 'CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM'
/** What the births without flags of their own stand for. */
export const births: Readonly<Record<string, string>> = {
  fork: 'SIGCHLD',
  vfork: 'CLONE_VM|CLONE_VFORK|SIGCHLD',
  thread: threadFlags,
}

/** `fork C`, `clone C FLAGS`, `wait4(-1, WNOHANG)`. Throws `UsageError`; `where` is named in it. */
export function parseCall(text: string, where: string): Call {
  const birth = /^(fork|vfork|thread|clone) ([A-Za-z][A-Za-z0-9_]*)(?: (\S+))?$/.exec(text)
  if (birth !== null) {
    const [, how = '', child = '', given] = birth
    const words = how === 'clone' ? given : births[how]
    const flags = words === undefined ? undefined : numberFrom(words)
    if (flags !== undefined && (how === 'clone') === (given !== undefined))
      return { kind: 'birth', child, flags }
  }
  const call = /^([a-z][a-z0-9_]*)\((.*)\)$/.exec(text)
  if (call !== null) {
    const [, name = '', inside = ''] = call
    const args = inside.trim() === '' ? [] : inside.split(',').map(arg => arg.trim())
    return { kind: 'call', name, args }
  }
  throw new UsageError(
    `${where}: '${text}' is no call.`,
    'A call is: fork X, vfork X, thread X, clone X FLAGS, or name(arguments).',
  )
}

export const CLONE_VM = 0x100
export const CLONE_VFORK = 0x4000
export const CLONE_PARENT = 0x8000
export const CLONE_PTRACE = 0x2000
export const CLONE_THREAD = 0x1_0000
export const CLONE_UNTRACED = 0x80_0000
export const CLONE_CHILD_CLEARTID = 0x20_0000
export const CLONE_NEWPID = 0x2000_0000

/** Is this bit among the flags? */
export const has = (flags: number, bit: number): boolean => (flags & bit) !== 0
