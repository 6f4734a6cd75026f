/**
 * The next-state relation: all rules, on one screen.
 */
import { cloneRules } from './rules/clone.js'
import { execRules } from './rules/exec.js'
import { exitRules } from './rules/exit.js'
import { interruptRules } from './rules/interrupt.js'
import { jobRules } from './rules/jobs.js'
import { ptraceRules } from './rules/ptrace.js'
import { seizeRules } from './rules/seize.js'
import { settingsRules } from './rules/settings.js'
import { signalRules } from './rules/signals.js'
import { waitRules } from './rules/wait.js'

/** In the order in which a reader meets them: how a task leaves, is waited for, is signalled, traced, born. */
export const rules = [
  ...exitRules,
  ...waitRules,
  ...signalRules,
  ...interruptRules,
  ...settingsRules,
  ...ptraceRules,
  ...seizeRules,
  ...execRules,
  ...cloneRules,
  ...jobRules,
]
