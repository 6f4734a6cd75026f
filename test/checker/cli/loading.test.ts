/** What is loaded, and when: a command and the suite take a while, so only what is needed is loaded. */
import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import type { AddCommand } from '../../../checker/cli/command.js'
import { main } from '../../../checker/cli/main.js'
import { toySuite } from './toy.js'

const suite = toySuite('/nowhere')

/** Runs the program with one more command, `greet`; what was loaded, and what was written. */
async function running(...args: string[]) {
  const loaded: string[] = []
  const written = { out: '', err: '' }
  const addGreet: AddCommand = (program, { defaultProfile }, finish) => {
    program
      .command('greet')
      .summary('say hello')
      .option('--profile <NAME>', `the default is ${defaultProfile}`)
      .action(() => finish(0))
  }
  const status = await main(
    {
      defaultProfile: suite.defaultProfile,
      load: async () => {
        loaded.push('suite')
        return suite
      },
    },
    args,
    {
      stdout: { write: text => (written.out += text) },
      stderr: { write: text => (written.err += text) },
      cwd: '/',
      colour: false,
      now: () => 0,
      signalSource: new EventEmitter(),
      exit: () => undefined,
    },
    [
      {
        name: 'greet',
        load: async () => {
          loaded.push('greet')
          return addGreet
        },
      },
    ],
  )
  return { status, loaded, ...written }
}

it.each`
  args                                       | status | loaded
  ${['check', '--list']}                     | ${0}   | ${['suite']}
  ${['check', '--help']}                     | ${0}   | ${[]}
  ${['check', '--model', 'no-such-file.ts']} | ${2}   | ${[]}
  ${['greet']}                               | ${0}   | ${['greet']}
  ${['--help']}                              | ${0}   | ${['greet']}
  ${['gret']}                                | ${2}   | ${['greet']}
  ${[]}                                      | ${2}   | ${['greet']}
`('zombieproof $args loads $loaded', async ({ args, ...expected }) => {
  expect(await running(...args)).toMatchObject(expected)
})

it('lists every command where none is named', async () => {
  const names = /^ {2}(\w+) (\[options\]|<)/gm
  const { out } = await running('--help')
  expect([...out.matchAll(names)].map(([, name]) => name)).toEqual([
    'check',
    'compare',
    'explore',
    'minimize',
    'replay',
    'walk',
    'greet',
  ])
  const { err } = await running('gret')
  expect(err).toContain('Did you mean greet?')
})

it('says of a command what it says among all of them', async () => {
  expect((await running('greet', '--help')).out).toContain('Usage: zombieproof greet [options]')
  expect((await running('greet', '--help')).out).toContain('the default is patient')
})
