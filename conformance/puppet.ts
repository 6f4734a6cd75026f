/**
 * One process of the puppet: scripts in, runs out.
 *
 * Here: starting it on Linux or in gVisor, one scenario after another, and what becomes of one that never ends.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type Kernel, LogReader, type Run } from './log.js'

export type Target = 'linux' | 'gvisor'

/** Longer than the puppet itself waits for anything without a word. */
const silenceLimit = 45_000

/** Why there is no run: the puppet, or the kernel below it, has ended or hangs. */
export class PuppetError extends Error {
  override readonly name = 'PuppetError'

  /** @param unfinished what was seen of the scenario that was under way */
  constructor(
    what: string,
    readonly unfinished?: Run,
  ) {
    super(what)
  }
}

const commandFor = (target: Target, path: string): readonly [string, readonly string[]] =>
  target === 'linux'
    ? [path, []]
    : ['runsc', ['--network=none', '--ignore-cgroups', '--platform=ptrace', 'do', path]]

type Waiting = { readonly resolve: (run: Run) => void; readonly reject: (error: PuppetError) => void }

export class Puppet {
  readonly kernel: Promise<Kernel>
  private readonly child: ChildProcessWithoutNullStreams
  private waiting: Waiting | undefined
  private ended: PuppetError | undefined
  private complaints = ''
  private silence: NodeJS.Timeout | undefined
  private readonly reader = new LogReader('the puppet')

  constructor(target: Target, path: string) {
    const [command, args] = commandFor(target, path)
    this.child = spawn(command, args, { stdio: 'pipe' })
    this.kernel = new Promise((resolve, reject) => {
      const fail = (what: string) => {
        this.ended ??= new PuppetError(what, this.reader.unfinished)
        reject(this.ended)
        this.waiting?.reject(this.ended)
      }
      createInterface({ input: this.child.stdout }).on('line', text => {
        this.silence?.refresh()
        try {
          const said = this.reader.line(text)
          if (said !== undefined && 'kernel' in said) resolve(said.kernel)
          else if (said !== undefined) this.waiting?.resolve(said.run)
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error))
        }
      })
      this.child.stderr.on('data', (chunk: Buffer) => {
        this.complaints = (this.complaints + chunk.toString()).slice(-500)
      })
      this.child.on('error', ({ message }) => fail(message))
      // Not 'exit': what it has written is still to be read then.
      this.child.on('close', (status, signal) =>
        fail(`the puppet has ended (${signal ?? `status ${status}`})${this.lastComplaint()}`),
      )
    })
    // Nobody may be listening when it ends: the next play() will tell.
    this.kernel.catch(() => {})
    this.child.stdin.on('error', () => {})
  }

  /** Plays one scenario. Rejects with `PuppetError`; then this puppet is of no more use. */
  async play(script: string): Promise<Run> {
    await this.kernel
    if (this.ended !== undefined) throw this.ended
    try {
      return await new Promise<Run>((resolve, reject) => {
        this.waiting = { resolve, reject }
        this.silence = setTimeout(() => {
          const { unfinished } = this.reader
          this.stop()
          reject(new PuppetError(`no word for ${silenceLimit / 1000} s`, unfinished))
        }, silenceLimit)
        this.child.stdin.write(script)
      })
    } finally {
      clearTimeout(this.silence)
      this.waiting = undefined
    }
  }

  /** Ends it, and with it everything it has started. */
  stop(): void {
    this.ended ??= new PuppetError('the puppet was stopped')
    this.child.stdin.end()
    this.child.kill('SIGKILL')
  }

  private lastComplaint(): string {
    const line = this.complaints.trim().split('\n').at(-1) ?? ''
    return line === '' ? '' : `: ${line}`
  }
}
