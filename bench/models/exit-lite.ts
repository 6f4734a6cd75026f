/** A small model of process exit, only a yardstick for speed, as in peers/ExitLite.tla: three groups of two threads. */
import { each, model, upTo } from 'zombieproof/checker'

type Run = 'run' | 'killed' | 'exiting' | 'zombie' | 'dead'

const exitLite = (name: string, groups: number, members: number, anyTracer: boolean) => {
  const from1 = (n: number) => upTo(n).map(i => i + 1)
  const tasks = from1(groups * members)
  const allGroups = from1(groups)
  const groupOf = (t: number) => Math.floor((t - 1) / members) + 1
  const leader = (g: number) => (g - 1) * members + 1
  const threads = (g: number) => tasks.filter(t => groupOf(t) === g)
  const isLeader = (t: number) => t === leader(groupOf(t))
  const others = (g: number) => threads(g).filter(t => !isLeader(t))
  const state = {
    st: each<number, Run>(tasks, 'run'),
    /** 0: init, or nobody. */
    tracer: each(tasks, 0),
    parent: each(allGroups, g => (g === 1 ? 0 : leader(g - 1))),
    note: each(allGroups, false),
  }
  type State = typeof state
  const othersDead = (s: State, g: number) => others(g).every(u => s.st.is(u, 'dead'))
  const isLive = (run: Run) => run === 'run' || run === 'killed'
  const hasTracerRunning = (s: State, t: number) => s.tracer.get(t) !== 0 && s.st.is(s.tracer.get(t), 'run')
  const isPresent = (s: State, t: number) => ['run', 'killed', 'exiting'].includes(s.st.get(t))
  const heirOf = (s: State, t: number) =>
    threads(groupOf(t)).find(u => u !== t && (s.st.is(u, 'run') || s.st.is(u, 'killed'))) ?? 0
  /** A thread that loses its tracer: a zombie that is no leader is released at once. */
  const isReleased = (s: State, t: number) => !isLeader(t) && s.st.is(t, 'zombie')
  /** An invariant thing by thing, so that a change to one thing is no reason to look at the others again. */
  const ofEach = (things: readonly number[], isSo: (s: State, thing: number) => boolean) => ({
    holds: (s: State) => things.every(thing => isSo(s, thing)),
    each: { count: () => things.length, isSo: (s: State, at: number) => isSo(s, things[at] as number) },
  })
  return model({
    name,
    says: `exit-lite, ${groups} groups of ${members}, ${anyTracer ? 'any thread may trace' : 'leaders may trace'}`,
    state,
    rules: {
      kill: {
        choices: allGroups,
        guard: (s, g) => threads(g).some(t => s.st.get(t) === 'run'),
        effect: (s, g) => ({
          st: threads(g).reduce((st, t) => (s.st.get(t) === 'run' ? st.set(t, 'killed') : st), s.st),
        }),
      },
      exit: {
        choices: tasks,
        guard: (s, t) => isLive(s.st.get(t)),
        effect: (s, t) => ({ st: s.st.set(t, 'exiting') }),
      },
      die: {
        choices: tasks,
        guard: (s, t) => s.st.get(t) === 'exiting',
        effect: (s, t) => {
          const children = s.parent.where(t)
          const heir = children.length > 0 ? heirOf(s, t) : 0
          const tracees = s.tracer.where(t)
          const own: Run = isLeader(t) || !s.tracer.is(t, 0) ? 'zombie' : 'dead'
          return {
            parent: children.reduce((parent, g) => parent.set(g, heir), s.parent),
            note: heir === 0 ? children.reduce((note, g) => note.set(g, false), s.note) : s.note,
            tracer: tracees.reduce((tracer, u) => tracer.set(u, 0), s.tracer),
            st: tracees.reduce((st, u) => (isReleased(s, u) ? st.set(u, 'dead') : st), s.st).set(t, own),
          }
        },
      },
      attach: {
        choices: tasks.flatMap(a =>
          tasks.filter(t => groupOf(a) !== groupOf(t) && (anyTracer || isLeader(a))).map(t => ({ a, t })),
        ),
        guard: (s, { a, t }) => s.st.get(a) === 'run' && s.st.get(t) === 'run' && s.tracer.get(t) === 0,
        effect: (s, { a, t }) => ({ tracer: s.tracer.set(t, a) }),
      },
      detach: {
        choices: tasks,
        guard: hasTracerRunning,
        effect: (s, t) => ({
          tracer: s.tracer.set(t, 0),
          st: isReleased(s, t) ? s.st.set(t, 'dead') : s.st,
        }),
      },
      ack: {
        choices: tasks,
        guard: (s, t) =>
          s.st.get(t) === 'zombie' && hasTracerRunning(s, t) && (!isLeader(t) || othersDead(s, groupOf(t))),
        effect: (s, t) => ({ tracer: s.tracer.set(t, 0), st: isLeader(t) ? s.st : s.st.set(t, 'dead') }),
      },
      notify: {
        choices: allGroups,
        guard: (s, g) =>
          s.st.get(leader(g)) === 'zombie' &&
          othersDead(s, g) &&
          s.tracer.get(leader(g)) === 0 &&
          !s.note.get(g),
        effect: (s, g) => ({ note: s.note.set(g, true) }),
      },
      reap: {
        choices: allGroups,
        guard: (s, g) =>
          s.note.get(g) &&
          (s.parent.get(g) === 0 || threads(groupOf(s.parent.get(g))).some(t => s.st.get(t) === 'run')),
        effect: (s, g) => ({
          st: s.st.set(leader(g), 'dead'),
          note: s.note.set(g, false),
          parent: s.parent.set(g, 0),
        }),
      },
    },
    invariants: {
      'a leader is reaped last': ofEach(
        allGroups,
        (s, g) => s.st.get(leader(g)) !== 'dead' || othersDead(s, g),
      ),
      'a tracer is alive': ofEach(tasks, (s, t) => s.tracer.get(t) === 0 || isPresent(s, s.tracer.get(t))),
      'a parent is alive': ofEach(
        allGroups,
        (s, g) => s.parent.get(g) === 0 || isPresent(s, s.parent.get(g)),
      ),
      'who is told of is an untraced zombie': ofEach(
        allGroups,
        (s, g) =>
          !s.note.get(g) ||
          (s.st.get(leader(g)) === 'zombie' && s.tracer.get(leader(g)) === 0 && othersDead(s, g)),
      ),
    },
    isEnd: () => true,
  })
}

export const checks = [exitLite('exit-lite', 3, 2, false), exitLite('exit-lite-any', 3, 2, true)]
