/**
 * The model in the README is checked, and its output is what stands there.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bench } from './checker/cli/run.js'

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
const [, source = '', shown = ''] =
  /```ts\n(.+?)```.+?```\n\$ pnpm check --model lock\.ts\n(.+?)```/s.exec(readme) ?? []

/** Without the time, and without where the trace is kept. */
const lasting = (text: string) =>
  text
    .replaceAll(/\d+\.\d s/g, 'some time')
    .replaceAll(/ +(saved|replay) .+\n/g, '')
    .replaceAll(/\n{2,}/g, '\n\n')

it("the model of one's own in the README does what is said there", async () => {
  const b = bench()
  // Inside the project, so that the module may import it by its name.
  const folder = mkdtempSync(join(import.meta.dirname, 'tmp-'))
  try {
    const file = join(folder, 'lock.ts')
    writeFileSync(file, source)
    const { status, out } = await b.run('check', '--model', file)
    expect(status).toBe(1)
    expect(lasting(out)).toBe(lasting(shown))
  } finally {
    b.remove()
    rmSync(folder, { recursive: true })
  }
})
