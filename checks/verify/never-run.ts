/**
 * Lines of the core that `pnpm verify` never runs, each with the reason why: kept as data, held against every run. A line
 * that is listed here and runs is an error: its reason is not true any more.
 *
 * A statement, or a function, is named by the beginning of its first line, which is there once in its file; or once `after`
 * a line that begins so.
 */
interface Reason {
  readonly reason: string
  /** What a profile other than that of the seed does. */
  readonly elsewhere?: true
  readonly statements: Readonly<Record<string, readonly string[]>>
}

/** The profile in which nothing runs that is for others only. */
const seed = 'gvisor-2018'

const reasons: readonly Reason[] = [
  {
    reason: 'Words an error for who breaks the rules, or whose document is damaged: test/src.',
    statements: {
      'document.ts': [
        'fail(problem: string): never',
        'get #path(): string',
        "return this.fail('is not an object')",
        ": this.fail('is not a whole number')",
      ],
      'errors.ts': [
        "override readonly name = 'RestoreError'",
        "constructor( after override readonly name = 'RestoreError'",
        'super(`the saved task set is damaged',
      ],
      'exit-notify.ts': ['throw new Error(`'],
      'restore.ts': [
        "top.at('namespaces').fail(",
        "place.at('stopFrozen').fail(",
        "place.at('signalMask').fail(",
        "place.at('runState').fail(",
      ],
      'save.ts': ["throw new Error('a process group or session is registered"],
      'stop.ts': ['throw new Error(`'],
      'task.ts': ['throw new Error('],
    },
  },
  {
    reason: 'The scheduler, where the comparison steps by hand: test/src/task.test.ts.',
    statements: {
      'task-set.ts': ['run(): number', 'nextChange(): Promise<void>', '#runSoon(): void'],
      'task.ts': ['async returned(): Promise<void>'],
    },
  },
  {
    reason: 'Promises that are taken up again or cancelled are not part of the spec: test/src/task.test.ts.',
    statements: {
      'wait.ts': ['function abortable(', 'function cancel('],
      'task.ts': ['get pendingWait(): Promise<WaitResult>'],
    },
  },
  {
    reason: 'The comparison begins in states that it restores, where nobody is to be the first: test/src.',
    statements: {
      'task-set.ts': ['createInit(): Task'],
      'process-group.ts': ['export function foundFirstSession('],
      'restore.ts': ['restoreAll(document, options).taskSet'],
    },
  },
  {
    reason:
      'Every process of a dying namespace is gone through where somebody observes, as the comparison does: test/src.',
    statements: { 'exit.ts': ['for (const group of moved)'] },
  },
  {
    reason:
      'Only the exit path masks signals, and from there nobody gets here; kept because the source asks.',
    statements: { 'interrupt.ts': ['} else if (masksEverything(task)) {'] },
  },
  {
    reason: 'A switch of other profiles, in which the comparison runs it: --profile.',
    elsewhere: true,
    statements: {
      'clone.ts': [
        'thread.groupStopRequired = true',
        'thread.groupStopAcknowledged = ',
        'else child.seized = ',
      ],
      'dying-init.ts': [
        'task.group.pidns.serial === task.group.serial &&',
        'findReparentTarget(task) === null',
        'export const seesNamespaceDie = (',
        'export const isNamespaceEmpty = (',
        'const nextToReap = (',
        'export function reapAll(',
        '!seesNamespaceDie(task) ||',
        'isNamespaceEmpty(task) ||',
        'nextToReap(task) !== undefined',
      ],
      'exec.ts': ["return execveWaits === 'for live tasks'", 'function estrange('],
      'exit-notify.ts': [
        'for (const member of init.tasks)',
        'return null after return member === task',
        'recount(task.group',
        'function offerStop(',
        'export function isFreeToExec(',
        'for (const { init } of pidns.up()) if (init',
        'leader.exitTracerNotified &&=',
        'leader.exitParentNotified &&=',
      ],
      'exit.ts': [
        "if (lastExit === 'ends the group if alone'",
        'function isLastToCall(',
        'if (leader.exitTracerNotified) leader.tracer?.group',
        "exitState !== 'None' || runState === 'exit' ||",
        'function settleLastExit(',
        'function settleExit(',
        'if (outlivesItsNamespace(task)) {',
        'function reapNamespace(',
        'const { pidns, liveTasks, tasks } = group',
        'if (pidns.serial !== group.serial || liveTasks > 1)',
        'return pidns.tids.size > tasks.size',
      ],
      'interrupt.ts': [
        'function trap(',
        'task.inHand = 0 after // Who has a tracer',
        "goTo(task, last ? 'groupStopEntered'",
        'if (isRefusedByInit(task, sig)) {',
        'return groupStopAcknowledged && isGroupStopOn(group)',
        'export function tellGroupStop(',
      ],
      'process-group.ts': [
        'const other = father ??',
        'if (other === undefined || !isTie(pg, other)) return',
        'for (const member of pg.members)',
        'hangUpIfStopped(pg)',
        'const isTie = (',
        'function tiesTheGroup(',
        'export const isOrphaned = (',
        'export function recount(',
        '? group.processGroup',
        "throw new SyscallError('EACCES', 'setpgid') after if (group !== by",
      ],
      'ptrace.ts': [
        'if (task.taskSet.profile.switches.letGoInGroupStop',
        'if (task.taskSet.profile.switches.ptraceKill',
        'tracer?.group.eventQueue.notify(EventExit |',
        'if (target.seized === null) throw',
        'trapStop(target)',
        "target.seized = { ...seized, listen: 'does' }",
        'if (seized.trapNotify) endInternalStop(target)',
      ],
      'restore.ts': ['const readSeized = ('],
      'seize.ts': [
        'const isStopEvent = (',
        'export const stopCodeOf = (',
        'task.seized = isStopEvent(code)',
        'export const trapStop = (',
        'task.seized = { ...seized, [trap]: true }',
        "if (seized.listen === 'does') endInternalStop(task)",
        'else if (task.stop === null) interrupt(task)',
      ],
      'send-signal.ts': [
        'if (group.pidns.serial !== group.serial) return false',
        'const action = computeAction(sig, group.handlerOf(sig))',
        "return action === 'terminate'",
        'if (task.tracer !== null && sig !== SIGKILL) return false',
        'return !isKernelOnly(sig) || (task.group',
        'if (group.exiting || tracer !== null || computeAction',
        'if (!toGroup) return wantsSignal(task, sig)',
        'for (const other of group.tasks) if (wantsSignal',
        'return false after for (const other of group.tasks) if (wantsSignal',
        'function wantsSignal(',
        'function killGroup(',
      ],
      'stop.ts': ['if (seized !== null) {', 'if ((task.pendingSignals | task.group.pendingSignals)'],
      'task.ts': ['this.group.childSubreaper = adopts', 'endSyscall(this) after this.group.childSubreaper'],
      'thread-group.ts': ['private forgetChanges()'],
      'wait.ts': [
        'function lookToTheEnd(',
        'const all = [...tasks]',
        'const at = all.indexOf',
        'return [...all.slice(at)',
      ],
    },
  },
  {
    reason: 'Says in one word what can be said in others, which the comparison does: test/src.',
    statements: {
      'exit-status.ts': ['get shellExitCode(): number'],
      'pid-namespace.ts': ['threadGroupWithID('],
      'task-set.ts': ['get tasks(): Iterable<Task>', 'taskWithID('],
      'task.ts': ['get tid(): ThreadID', 'fork(): Task', 'vfork(): Task', 'cloneThread(): Task'],
      'thread-group.ts': ['get reportedStatus()', 'sendSignal(sig: Signal): void'],
    },
  },
]

export interface Known {
  /** The reason why a line is never run, by its number. */
  readonly lines: ReadonlyMap<number, string>
  /** What is looked for, and is not in the file exactly once. */
  readonly lost: readonly string[]
}

/**
 * @param file in `src/` @param source its text, as it is
 * @param profile where it is not run; undefined is anywhere
 */
export function knownNeverRun(file: string, source: string, profile: string | undefined): Known {
  const text = source.split('\n')
  const lines = new Map<number, string>()
  const lost: string[] = []
  for (const { reason, elsewhere, statements } of reasons)
    if (elsewhere !== true || profile === seed)
      for (const from of statements[file] ?? []) {
        const found = statement(text, from)
        if (found === undefined) lost.push(from)
        else for (const line of found) lines.set(line, reason)
      }
  return { lines, lost }
}

/** Files of which something is known. */
export const filesWithReasons = (): ReadonlySet<string> =>
  new Set(reasons.flatMap(({ statements }) => Object.keys(statements)))

/**
 * The numbers of the lines of a statement: its first, and those behind it that are indented more; of a branch only these,
 * since its condition is asked. Undefined if it is not there once.
 */
function statement(lines: readonly string[], from: string): readonly number[] | undefined {
  const [head = '', before] = from.split(' after ')
  const isThere = (line: string, i: number): boolean =>
    line.trim().startsWith(head) && (before === undefined || lines[i - 1]?.trim().startsWith(before) === true)
  const [first, ...more] = lines.flatMap((line, i) => (isThere(line, i) ? [i] : []))
  if (first === undefined || more.length > 0) return undefined
  const indent = (line: string): number => line.search(/\S|$/)
  let last = first
  for (let i = first + 1; i < lines.length; i++) {
    const line = lines[i] as string
    if (line.trim() !== '' && indent(line) <= indent(lines[first] as string)) break
    last = i
  }
  const isBranch = /^(\} else )?if \(.*\{$/.test((lines[first] as string).trim())
  const begin = isBranch ? first + 1 : first
  return Array.from({ length: last - begin + 1 }, (_, i) => begin + i + 1)
}
