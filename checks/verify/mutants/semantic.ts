/**
 * Faults in the core that somebody could make, and that no operator makes: kept as data.
 *
 * Each is a piece of the source, which is there once, and what stands in its place.
 */
export interface SemanticMutant {
  readonly says: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** The check that shows it as a whole, where no step near an initial state does. */
  readonly check: string | undefined
}

const fault = (
  says: string,
  file: string,
  find: string,
  replace: string,
  check?: string,
): SemanticMutant => ({ says, file, find, replace, check })

export const semanticMutants: readonly SemanticMutant[] = [
  // Notifications.
  fault(
    'the parent is not woken by an exit, only signalled',
    'exit-notify.ts',
    '  if (!ignores) sendSignal(toLeader ? parent.group.leader : parent, group.announcedBy, true)\n  parent.group.eventQueue.notify(eventsForParent)',
    '  if (!ignores) sendSignal(toLeader ? parent.group.leader : parent, group.announcedBy, true)',
  ),
  fault(
    'a wait for stops is not woken by an exit',
    'exit-notify.ts',
    'const eventsForParent = EventExit | EventChildGroupStop | EventGroupContinue',
    'const eventsForParent = EventExit | EventGroupContinue',
  ),
  fault(
    'a tracer that waits for stops is not woken by the exit of its tracee',
    'exit-notify.ts',
    'const eventsForTracer = EventExit | EventTraceeStop',
    'const eventsForTracer = EventExit',
    'stop-watchers',
  ),
  fault(
    'the exit is announced to the thread that is the parent, and not through its leader',
    'exit-notify.ts',
    'sendSignal(toLeader ? parent.group.leader : parent, group.announcedBy, true)',
    'sendSignal(parent, group.announcedBy, true)',
  ),
  fault(
    'the exit of a traced leader is announced by the termination signal although threads are left',
    'exit-notify.ts',
    'isAlone(task) ? group.announcedBy : SIGCHLD',
    'group.announcedBy',
    'traced-clones',
  ),
  fault(
    'a tracer in another group is not told when it traces a leader',
    'exit-notify.ts',
    'tracer.group === parent.group) {',
    'tracer.group !== null) {',
  ),
  fault(
    'a group that continues tells its parent even where the tracer in the same group was told',
    'interrupt.ts',
    'parent !== null && tracer?.group !== parent.group',
    'parent !== null',
    'traced-stops',
  ),
  fault(
    'a wait for stops is not woken when a group stop is completed by an exit',
    'exit.ts',
    '  signalStop(parent)\n  parent.group.eventQueue.notify(EventChildGroupStop)',
    '  signalStop(parent)',
  ),
  fault(
    'the old tracer of a leader that an execve replaces is not woken',
    'exec.ts',
    '    tracer.group.eventQueue.notify(EventExit | EventTraceeStop | EventGroupContinue)\n',
    '',
    'stop-watchers',
  ),
  // Reparenting.
  fault(
    'orphans go to the grandparent',
    'exit-notify.ts',
    '  const sibling = anyNonExitingTask(task.group)\n  if (sibling !== null) return sibling',
    '  if (task.parent !== null) return task.parent',
  ),
  fault(
    'orphans go to the init of the root namespace',
    'exit-notify.ts',
    'const { init } = task.group.pidns',
    'const { init } = task.taskSet.root',
  ),
  fault(
    'orphans go to the leader of the init, even if it exits',
    'exit-notify.ts',
    'return anyNonExitingTask(init.group) ?? dyingReaper(init.group, task)',
    'return init',
  ),
  fault(
    'a new parent does not list its adopted children',
    'exit.ts',
    "    if (adoptedAndReaped === 'is listed' || child.exitState !== 'Dead') newParent?.children.add(child)\n",
    '',
  ),
  fault(
    'an adopted zombie is not announced to its new parent',
    'exit-notify.ts',
    '    task.exitParentNotified = false\n    exitNotify(task, false)',
    '',
  ),
  fault(
    'a child keeps its termination signal when it is adopted',
    'exit-notify.ts',
    '  task.group.terminationSignal = SIGCHLD\n',
    '',
  ),
  // Flags.
  fault(
    'acknowledged by the tracer instead of by the parent',
    'wait.ts',
    '    task.exitParentAcked = true',
    '    task.exitTracerAcked = true',
  ),
  fault(
    'SA_NOCLDSTOP is read where SA_NOCLDWAIT counts',
    'exit-notify.ts',
    'const { handler, noCldWait } = parent.group.sigchldAction',
    'const { handler, noCldStop: noCldWait } = parent.group.sigchldAction',
  ),
  fault(
    'clone and non-clone tasks are mixed up',
    'wait.ts',
    'task.group.terminationSignal === SIGCHLD ? nonCloneTasks : cloneTasks',
    'task.group.terminationSignal === SIGCHLD ? cloneTasks : nonCloneTasks',
  ),
  fault(
    'a group stop that was continued is told as if it had been completed',
    'send-signal.ts',
    "group.groupContInterrupted = phase === 'Initiated'",
    "group.groupContInterrupted = phase === 'Complete'",
  ),
  // Lost wakeups.
  fault('a blocked wait that is woken forgets it', 'waiting.ts', '    this.notified = true\n', ''),
  fault('a restarted wait does not look', 'wait.ts', '  waiting.notified = true\n', ''),
  fault(
    'a wait that looks in vain is not registered again',
    'wait.ts',
    '    waiting.sleep()\n    return\n',
    '    waiting.leaveQueue()\n    return\n',
  ),
  fault(
    'a task that exits does not pass on the signal that it was woken for',
    'exit.ts',
    '  for (let left = group.pendingSignals; left !== 0; left &= left - 1) interruptSomebody(group)',
    '',
  ),
  fault(
    'nobody is interrupted for a signal of the group if the leader cannot be',
    'send-signal.ts',
    '  else if (toGroup) interruptSomebody(group)\n',
    '',
  ),
  fault(
    'the last zombie does not free the sibling that executes a program',
    'exit.ts',
    '  endExecStop(group)\n',
    '',
  ),
  fault(
    'a vfork parent is not freed by the exit of its child',
    'exit.ts',
    "  if (vforkParent.stop === 'vfork') endInternalStop(vforkParent)\n",
    '',
  ),
  // Counters.
  fault('the tasks of a group are not counted down', 'exit-notify.ts', '  group.tasksCount--\n', ''),
  fault('the live tasks of a group are not counted down', 'exit.ts', '  group.liveTasks--\n', ''),
  fault('the active tasks of a group are not counted down', 'exit.ts', '  task.group.activeTasks--\n', ''),
  fault(
    'a task that leaves does not take its acknowledgement of a group stop along',
    'exit.ts',
    '    group.groupStopCount--\n',
    '',
  ),
  fault('a session is not counted down', 'process-group.ts', '  session.refs--\n', ''),
  // Statuses.
  fault(
    'a collected process reports the status of its leader',
    'wait.ts',
    'const ofGroup = group.exiting ? group.exitStatus.status : ofTask',
    'const ofGroup = ofTask',
  ),
  fault(
    'a collected thread reports the status of its leader',
    'wait.ts',
    'const ofTask = task.exitStatus.status',
    'const ofTask = group.leader.exitStatus.status',
  ),
  fault(
    'a second exit_group replaces the status of the first',
    'exit.ts',
    '  if (group.exiting || group.execing !== null) {\n    task.exitStatus = group.exitStatus',
    '  if (group.exiting || group.execing !== null) {\n    task.exitStatus = group.exitStatus = status',
  ),
  fault(
    'the siblings of a task that executes a program leave with its status',
    'exit.ts',
    '  if (group.exiting || group.execing !== null) {\n    task.exitStatus = group.exitStatus',
    '  if (group.exiting || group.execing !== null) {\n    task.exitStatus = status',
  ),
  fault(
    'SIGKILL replaces the status of a group that exits',
    'send-signal.ts',
    '    if (!group.exiting && !(group.activeTasks === 0 && mayBeLate))\n',
    '',
  ),
  fault(
    'a child reports the usage of its waiter',
    'wait.ts',
    'addTime(group.childCPUStats, child.cpuStats,',
    'addTime(group.childCPUStats, waiter.cpuStats,',
  ),
  // Stops.
  fault(
    'a stop is not ended by a kill',
    'send-signal.ts',
    '  if (isKillable(task)) endInternalStop(task)\n',
    '',
  ),
  fault(
    'a kill ends a ptrace-stop that the tracer has frozen',
    'stop.ts',
    'task.stop !== null && !task.stopFrozen',
    'task.stop !== null',
  ),
  fault(
    'a killed tracee stays in its stop when its tracer is done with it',
    'ptrace.ts',
    '  if (isKilled(target)) endInternalStop(target)\n',
    '',
  ),
  fault('a killed task enters a ptrace-stop', 'ptrace.ts', '  if (isKilled(task)) return false\n', ''),
  fault(
    'a killed task enters a group stop',
    'interrupt.ts',
    'if (!isKilled(task) && isStillToEnter(task))',
    'if (isStillToEnter(task))',
  ),
  fault(
    'a group that exits can be stopped',
    'interrupt.ts',
    "group.groupStopPhase !== 'Dequeued' || group.exiting || group.execing !== null",
    "group.groupStopPhase !== 'Dequeued' || group.execing !== null",
  ),
  fault(
    'SIGCONT does not take pending stop signals away',
    'send-signal.ts',
    '  discard(group, stopSignals)\n',
    '',
  ),
  fault(
    'a detached tracee does not join the group stop',
    'ptrace.ts',
    "  if (task.exitState === 'None' && isGroupStopOn(task.group)) joinGroupStop(task)\n",
    '',
  ),
  fault(
    'EXITKILL is forgotten with the other options before it is looked at',
    'ptrace.ts',
    "    if ((target.ptraceOpts & PTRACE_O_EXITKILL) !== 0) sendSignal(target, SIGKILL, false, 'the kernel')\n    forgetTracer(target)",
    "    forgetTracer(target)\n    if ((target.ptraceOpts & PTRACE_O_EXITKILL) !== 0) sendSignal(target, SIGKILL, false, 'the kernel')",
  ),
  // Ids, namespaces, jobs.
  fault('the new leader keeps its own id', 'exec.ts', '  group.pidns.exchange(task, old)\n', ''),
  fault(
    'a reaped task keeps its ids in outer namespaces',
    'pid-namespace.ts',
    '    for (const ns of this.up()) {\n      ns.tasks.delete(ns.idOf(task))',
    '    for (const ns of [this]) {\n      ns.tasks.delete(ns.idOf(task))',
  ),
  fault(
    'a dying namespace takes only its direct children along',
    'exit.ts',
    'of pidns.tids.keys()) killFor',
    'of task.taskSet.ordered(task.children)) killFor',
  ),
  fault(
    'orphaned jobs are hung up and not continued',
    'process-group.ts',
    '    sendSignal(leader, SIGCONT, true)\n',
    '',
  ),
  fault(
    'jobs are orphaned without being told',
    'process-group.ts',
    '  else if (pg.ancestors === 0 && isCounted(pg)) hangUpIfStopped(pg)\n',
    '',
  ),
]
