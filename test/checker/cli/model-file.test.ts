/**
 * `--model FILE`: which exports are checked, and what is said of files that have none.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, bench, lines } from './run.js'

/** Inside the project, so that the modules may import it by its name. */
let folder: string
let b: Bench
beforeEach(() => {
  b = bench()
  folder = mkdtempSync(join(import.meta.dirname, 'tmp-'))
})
afterEach(() => {
  b.remove()
  rmSync(folder, { recursive: true, force: true })
})

const file = (name: string, source: string): string => {
  const path = join(folder, name)
  writeFileSync(path, source)
  return path
}

const toggle = (name: string, more = '') => `model({
  name: '${name}', state: { on: false }, rules: { toggle: { effect: s => ({ on: !s.on }) } }, ${more}
})`
const imports = "import { model } from 'zombieproof/checker'\n"

const namesIn = (out: string): readonly string[] =>
  (JSON.parse(out) as { checks: { name: string }[] }).checks.map(({ name }) => name)

describe('what is checked', () => {
  it('is every model that the module exports', async () => {
    const path = file(
      'two.ts',
      `${imports}export const one = ${toggle('one')}\nexport default ${toggle('two')}\nexport const other = 3\n`,
    )
    const { status, out } = await b.run('check', '--model', path, '--json')
    expect({ status, names: namesIn(out).toSorted() }).toEqual({ status: 0, names: ['one', 'two'] })
    expect(namesIn((await b.run('check', 'two', '--model', path, '--json')).out)).toEqual(['two'])
  })

  it('is the list named checks, where there is one', async () => {
    const path = file(
      'listed.ts',
      `${imports}export const one = ${toggle('one')}\nconst two = ${toggle('two')}\nexport const checks = [two]\n`,
    )
    expect(namesIn((await b.run('check', '--model', path, '--json')).out)).toEqual(['two'])
  })

  it('is reported as any check, with the command that replays', async () => {
    const path = file(
      'lamp.ts',
      `${imports}export const lamp = ${toggle('lamp', "invariants: { 'never on': s => !s.on }")}\n`,
    )
    const saved = join(folder, 'counterexamples/unreviewed/lamp--never-on.itf.json')
    expect(await b.run('check', '--model', path)).toEqual({
      status: 1,
      out: lines(`
        lamp: lamp
          explored   2 states, 2 transitions, depth 1, frontier empty, 0.0 s
          violated   never on

              from       initial: as declared
              shortest trace, 1 step   what changed
              1 toggle                 on   false → true

              saved      ${saved}
              replay     pnpm replay --model ${path} ${saved}

          holds      no deadlock

        1 check, 2 states, 0.0 s: violated 1, holds 1
      `),
      err: '',
    })
    expect(await b.run('replay', '--model', path, saved)).toMatchObject({ status: 0, err: '' })
  })

  it('says how many states the constraint has kept out', async () => {
    const counter = `model({
      name: 'counter', state: { n: 0 }, rules: { add: { effect: s => ({ n: s.n + 1 }) } }, constraint: s => s.n < 3,
    })`
    const { out } = await b.run('check', '--model', file('c.ts', `${imports}export const c = ${counter}\n`))
    expect(out).toContain(
      'explored   3 states, 1 more outside the constraint, 3 transitions, depth 2, frontier empty',
    )
  })

  it('may start from some of the initial states', async () => {
    const path = file(
      'some.ts',
      `${imports}export const lamp = ${toggle('lamp', 'initial: [{}, { on: true }]')}\n`,
    )
    const { status, out } = await b.run(
      'check',
      '--model',
      path,
      '--topology',
      'initial-2',
      '--depth',
      '0',
      '--json',
    )
    expect({
      status,
      states: (JSON.parse(out) as { checks: [{ states: number }] }).checks[0].states,
    }).toEqual({
      status: 0,
      states: 1,
    })
  })

  it('need not lie in a package', async () => {
    const root = resolve(import.meta.dirname, '../../..')
    const path = join(b.folder, 'alone.ts')
    writeFileSync(
      path,
      `import { model } from '${root}/checker/index.ts'
      const most: number = 3
      export const counter = model({
        name: 'counter',
        state: { n: 0 },
        rules: { count: { effect: s => ({ n: (s.n + 1) % most }) } },
      })`,
    )
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(root, 'bin/zombieproof.js'), 'check', '--model', path, '--json'],
      { cwd: b.folder },
    )
    expect(JSON.parse(stdout)).toMatchObject({ exit: 0, checks: [{ name: 'counter', states: 3 }] })
  })

  it('is checked by the program itself, from TypeScript', async () => {
    const root = resolve(import.meta.dirname, '../../..')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['bin/zombieproof.js', 'check', '--model', 'examples/peterson.ts', '--json'],
      { cwd: root },
    )
    expect(JSON.parse(stdout)).toMatchObject({ exit: 0, checks: [{ name: 'peterson', states: 20 }] })
  })
})

describe('a file that cannot be checked', () => {
  const refused = async (path: string, ...more: string[]) => {
    const { status, out, err } = await b.runWith({ columns: 400 }, 'check', '--model', path, ...more)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    return err.replaceAll(folder, 'FOLDER')
  }

  it('is not there', async () => {
    expect(await refused('nowhere.ts')).toBe(
      lines(`
        error: There is no file nowhere.ts.
          Name a module that exports a model: --model examples/peterson.ts
      `),
    )
  })

  it('is a folder', async () => {
    expect(await refused(folder)).toContain('There is no file FOLDER.')
  })

  it('exports no model', async () => {
    expect(await refused(file('none.ts', 'export const model = 3\n'))).toBe(
      lines(`
        error: FOLDER/none.ts exports no model.
          Export what model({ … }) of zombieproof/checker gives, or a list of such models named checks.
      `),
    )
  })

  it('throws while it is loaded', async () => {
    expect(await refused(file('throws.ts', "throw new Error('no luck')\n"))).toBe(
      lines(`
        error: FOLDER/throws.ts cannot be loaded: no luck
          Correct the module, and try again.
      `),
    )
  })

  it('defines a model that cannot be', async () => {
    const source = `${imports}export const m = model({ name: 'm', state: {}, rules: {} })\n`
    // The path of the folder decides where the lines are broken.
    expect((await refused(file('empty.ts', source))).replace(/\s+/g, ' ')).toBe(
      "error: FOLDER/empty.ts cannot be loaded. The state of the model 'm' has no field. " +
        "Give each field its initial value: state: { turn: 0, pc: each(2, 'idle') } ",
    )
  })

  it('exports two models of one name', async () => {
    const source = `${imports}export const a = ${toggle('lamp')}\nexport const b = ${toggle('lamp')}\n`
    expect(await refused(file('twice.ts', source))).toBe(
      lines(`
        error: FOLDER/twice.ts exports two models named 'lamp'.
          Give each its own name: it is how one of them is asked for.
      `),
    )
  })

  it('is asked for topologies that it does not have', async () => {
    const path = file('lamp.ts', `${imports}export const lamp = ${toggle('lamp')}\n`)
    expect(await refused(path, '--tasks', '2')).toBe(
      lines(`
        error: The model lamp starts from the states that it lists, not from topologies of 2 tasks.
          Leave out --tasks; choose an initial state with --topology.
      `),
    )
  })
})

describe('a module that TypeScript has not seen', () => {
  const odd = (changes: string) =>
    file(
      'odd.js',
      `const counter = {
        name: 'counter',
        initial: [{ name: 'start', says: 'at 0', state: { cells: [0] } }],
        rules: [{
          name: 'count', feature: 'all', kind: 'internal', source: 'here', choices: [null],
          guard: ({ cells: [n] }) => n < 3,
          effect: ({ cells: [n] }) => ({ cells: [n + 1] }),
        }],
        cells: ({ cells }) => cells,
        restore: cells => ({ cells }),
        events: () => [],
        cellNames: () => ['n'],
        label: ({ name }) => name,
        isEnd: () => true,
        properties: [{ kind: 'invariant', name: 'low', says: 'It is low.', holds: ({ cells: [n] }) => n < 2 }],
      }
      ${changes}
      export { counter }`,
    )
  const inOneLine = (err: string) => err.replaceAll(folder, 'FOLDER').replace(/\s+/g, ' ')

  it.each`
    changes                                       | says
    ${'counter.rules[0].choices = undefined'}     | ${"the rule 'count' has no list of choices"}
    ${'counter.rules[0].guard = undefined'}       | ${"the rule 'count' has no guard"}
    ${'counter.rules[0] = null'}                  | ${'rule 1 has no name'}
    ${"counter.properties[0].kind = 'invarient'"} | ${'the property \'low\' is of no known kind (invariant, step, cover, possibility, liveness), but "invarient",'}
    ${'counter.properties[0].holds = undefined'}  | ${"the property 'low' has no function 'holds'"}
    ${'counter.label = undefined'}                | ${"there is no function 'label'"}
  `('is refused: $says', async ({ changes, says }) => {
    const { status, out, err } = await b.runWith({ columns: 400 }, 'check', '--model', odd(changes))
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(inOneLine(err)).toBe(
      `error: FOLDER/odd.js: ${says} in the model 'counter'. Correct the module, and try again. `,
    )
  })

  it('whose labels throw is refused, and not only where they are shown', async () => {
    const path = odd("counter.label = () => { throw new Error('no words') }")
    const { status, err } = await b.runWith({ columns: 400 }, 'check', '--model', path)
    expect(status).toBe(2)
    expect(inOneLine(err)).toContain("error: FOLDER/odd.js: label of the model 'counter' threw: no words")
  })

  it('cannot end the checker, when it is loaded or when it is asked', async () => {
    const atOnce = file('at-once.js', 'process.exit(0)\n')
    const refused = await b.runWith({ columns: 400 }, 'check', '--model', atOnce)
    expect({ ...refused, err: inOneLine(refused.err) }).toEqual({
      status: 2,
      out: '',
      err:
        'error: FOLDER/at-once.js cannot be loaded: it called process.exit(0), and a model must not end the checker ' +
        'Correct the module, and try again. ',
    })
    const later = odd('counter.rules[0].guard = ({ n }) => (n < 2 ? true : process.exit(0))')
    const { status, err } = await b.runWith({ columns: 400 }, 'check', '--model', later)
    expect(status).toBe(1)
    expect(inOneLine(err)).toContain('it called process.exit(0), and a model must not end the checker')
  })

  it('may export an object of a class of its own', async () => {
    const path = file(
      'class.js',
      `class Counter {
        name = 'of a class'
        initial = [{ name: 'start', says: 'at 0', state: { n: 0 } }]
        rules = [{
          name: 'count', feature: 'all', kind: 'internal', source: 'here', choices: [null],
          guard: ({ n }) => n < 3, effect: ({ n }) => ({ n: n + 1 }),
        }]
        #names = ['n']
        cells({ n }) { return [n] }
        restore([n]) { return { n } }
        events() { return [] }
        cellNames() { return this.#names }
        label({ name }) { return name }
        isEnd() { return true }
      }
      export const counter = new Counter()`,
    )
    const { status, out } = await b.run('check', '--model', path, '--json')
    expect({ status, found: JSON.parse(out) }).toMatchObject({
      status: 0,
      found: { checks: [{ states: 4 }] },
    })
  })
})
