/**
 * Scenarios that nobody wrote: every sequence of external steps, or a seeded sample of them.
 *
 * Actors are named in the order of their birth, so that sequences that differ in names only are one. A step
 * that changes nothing in the spec is tried at the end of a sequence and not built upon where all are listed: what
 * comes after it comes as well without it. Random sequences have a few of them, for what they show.
 * Not here: what the steps do (the oracle knows), playing them.
 */
import type { Profile } from '../spec/profile.js'
import type { Feature } from '../spec/rule.js'
import { canBeTold, type Hypothesis, keyOf } from './oracle/hypothesis.js'
import { Oracle } from './oracle/oracle.js'
import { nameOf, type Scenario, type ScenarioStep, standardStart } from './scenario.js'

export type Scope = {
  readonly profile: Profile
  /** Steps of a sequence, at most; of a sample, exactly, unless nobody can do anything before. */
  readonly steps: number
  readonly features: readonly Feature[]
  /** Actors beside INIT and P, at most. */
  readonly births: number
}

/** Names in the order of birth. */
const names = ['C', 'D', 'E', 'F'] as const
export const mostBirths = names.length

type Call = (actor: string, others: readonly string[]) => readonly string[]

const toEach =
  (call: (other: string) => readonly string[]): Call =>
  (_actor, others) =>
    others.flatMap(call)

const always =
  (...calls: readonly string[]): Call =>
  () =>
    calls

/** What an actor may do, by feature. `NEW` stands for the next name. */
const menu: { readonly [feature in Feature]?: Call } = {
  fork: always('fork NEW', 'clone NEW 0', 'clone NEW CLONE_PTRACE|SIGCHLD'),
  threads: always('thread NEW'),
  exit: always('exit(1)', 'exit_group(2)'),
  wait: always(
    'wait4(-1, 0)',
    'wait4(-1, WNOHANG)',
    'wait4(-1, WNOHANG|__WALL)',
    'wait4(-1, WUNTRACED|WCONTINUED)',
    'wait4(-1, __WCLONE|WNOHANG)',
    'waitid(P_ALL, 0, WEXITED|WNOHANG|WNOWAIT)',
    'waitid(P_ALL, 0, WSTOPPED|WCONTINUED|WNOHANG)',
  ),
  kill: toEach(other => [`kill(${other}, SIGKILL)`, `kill(${other}, SIGTERM)`, `tkill(${other}, SIGTERM)`]),
  stop: toEach(other => [`kill(${other}, SIGSTOP)`, `kill(${other}, SIGTSTP)`, `kill(${other}, SIGCONT)`]),
  sigchld: always(
    'sigaction(SIGCHLD, SIG_IGN)',
    'sigaction(SIGCHLD, handler)',
    'sigaction(SIGCHLD, SIG_DFL, SA_NOCLDWAIT)',
    'sigaction(SIGCHLD, handler, SA_NOCLDSTOP)',
  ),
  pdeathsig: always('prctl(PR_SET_PDEATHSIG, SIGKILL)', 'prctl(PR_SET_PDEATHSIG, SIGTERM)'),
  ptrace: (actor, others) => [
    'ptrace(TRACEME, 0)',
    ...others
      .filter(other => other !== actor)
      .flatMap(other => [
        `ptrace(ATTACH, ${other})`,
        `ptrace(CONT, ${other}, 0, 0)`,
        `ptrace(DETACH, ${other}, 0, 0)`,
        `ptrace(CONT, ${other}, 0, SIGSTOP)`,
        `ptrace(CONT, ${other}, 0, SIGTERM)`,
        `ptrace(SETOPTIONS, ${other}, 0, O_EXITKILL)`,
        `ptrace(SETOPTIONS, ${other}, 0, O_TRACEEXIT|O_TRACEEXEC)`,
        `ptrace(SETOPTIONS, ${other}, 0, O_TRACEFORK|O_TRACEVFORK|O_TRACECLONE)`,
      ]),
  ],
  subreaper: always('prctl(PR_SET_CHILD_SUBREAPER, 1)', 'prctl(PR_GET_CHILD_SUBREAPER)'),
  seize: (actor, others) =>
    others
      .filter(other => other !== actor)
      .flatMap(other => [
        `ptrace(SEIZE, ${other}, 0, 0)`,
        `ptrace(INTERRUPT, ${other})`,
        `ptrace(LISTEN, ${other})`,
      ]),
  exec: always('execve()'),
  vfork: always('vfork NEW'),
  pidns: always('clone NEW CLONE_NEWPID|SIGCHLD'),
  jobs: (_actor, others) => [
    'setsid()',
    'setpgid(0, 0)',
    ...others.flatMap(other => [`setpgid(0, ${other})`, `setpgid(${other}, ${other})`]),
  ],
  killmany: (_actor, others) => [
    'kill(-1, SIGKILL)',
    'kill(-1, SIGSTOP)',
    ...others.flatMap(other => [`kill(-${other}, SIGKILL)`, `kill(-${other}, SIGSTOP)`]),
  ],
}

/** Every feature that steps are made of here. */
export const enumerable: readonly Feature[] = Object.keys(menu) as Feature[]

/** Where a sequence has got to. */
type Node = { readonly steps: readonly ScenarioStep[]; readonly hypotheses: readonly Hypothesis[] }

export class Enumerator {
  private readonly oracle: Oracle
  private readonly root: Node

  constructor(private readonly scope: Scope) {
    this.oracle = new Oracle(scope.profile, 2 + scope.births)
    this.root = { steps: [], hypotheses: this.oracle.start(standardStart) }
  }

  /** All of them, the shortest first. */
  *all(): Generator<Scenario> {
    for (let length = 1; length <= this.scope.steps; length++) yield* this.ofLength(this.root, length)
  }

  private *ofLength(node: Node, left: number): Generator<Scenario> {
    for (const step of this.possible(node)) {
      if (left === 1) {
        yield this.scenario([...node.steps, step])
        continue
      }
      const next = this.after(node, step)
      if (next !== undefined && !sameFuture(node.hypotheses, next.hypotheses))
        yield* this.ofLength(next, left - 1)
    }
  }

  /** So many random ones, always the same for the same seed. */
  *sample(count: number, seed: number): Generator<Scenario> {
    const random = randomFrom(seed)
    const given = new Set<string>()
    // A small scope has fewer than were asked for: do not look for ever.
    for (let tries = 0; given.size < count && tries < 20 * count; tries++) {
      let node = this.root
      for (let look = 0; node.steps.length < this.scope.steps && look < looks * this.scope.steps; look++) {
        const possible = this.possible(node)
        const step = possible[Math.floor(random() * possible.length)]
        const next = step === undefined ? undefined : this.after(node, step)
        if (next === undefined) continue
        // What changes nothing tells little for each, and there is much of it.
        if (sameFuture(node.hypotheses, next.hypotheses) && random() > idleShare) continue
        node = next
      }
      const scenario = this.scenario(node.steps)
      if (node.steps.length === 0 || given.has(scenario.id)) continue
      given.add(scenario.id)
      yield scenario
    }
  }

  private scenario(steps: readonly ScenarioStep[]): Scenario {
    return {
      id: nameOf(steps),
      pre: [...standardStart],
      steps: [...steps],
    }
  }

  private possible({ steps, hypotheses }: Node): readonly ScenarioStep[] {
    const [first] = hypotheses
    if (first === undefined) return []
    const everybody = [...first.actors.keys()]
    // Counted by the steps: one that is stopped has not been born yet.
    const born = steps.filter(step => isBirth(step.do)).length
    return everybody
      .filter(actor => hypotheses.some(h => canBeTold(h, actor)))
      .flatMap(actor =>
        this.scope.features
          .flatMap(feature => menu[feature]?.(actor, everybody) ?? [])
          .filter(call => (!call.includes('NEW ') && !call.endsWith('NEW') ? true : born < this.scope.births))
          .map(call => ({ actor, do: call.replace(/\bNEW\b/, names[born] ?? '') })),
      )
  }

  /** Undefined where the spec does not know the step. */
  private after({ steps, hypotheses }: Node, step: ScenarioStep): Node | undefined {
    const next = this.oracle.next(hypotheses, step)
    if (typeof next === 'string' || next.length === 0) return undefined
    return { steps: [...steps, step], hypotheses: next }
  }
}

/** So many steps are looked at for each that is wanted, before a sequence is taken to be at its end. */
const looks = 20
/** This share of the steps that change nothing is taken into a random sequence. */
const idleShare = 0.3

const isBirth = (call: string): boolean => /^(fork|vfork|thread|clone) /.test(call)

const sameFuture = (a: readonly Hypothesis[], b: readonly Hypothesis[]): boolean =>
  a.length === b.length && a.map(keyOf).sort().join('\n') === b.map(keyOf).sort().join('\n')

/** Numbers from 0 up to 1. Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
