/** Every known counterexample still shows what it says, has its page, and is in the catalogue. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fitTrace } from '../checker/cli/fit.js'
import { readTrace } from '../checker/itf/read.js'
import { suite } from '../checks/suite.js'
import { traceSection } from './counterexample-page.js'

const folder = suite.counterexamples
const names = readdirSync(folder)
  .filter(file => file.endsWith('.itf.json'))
  .map(file => file.replace('.itf.json', ''))
const catalogue = readFileSync(join(folder, 'README.md'), 'utf8')

it('there are known counterexamples', () => {
  expect(names.length).toBeGreaterThan(30)
})

describe.each(names)('%s', name => {
  it('shows its violation', async () => {
    const file = `${name}.itf.json`
    const document = await readTrace(join(folder, file), file)
    expect(document['#meta'].zombieproof.profile).toBe('gvisor-2018')
    expect(fitTrace(suite, document, file, 'compared').shows).toBe(true)
  })

  it('has its page, with its steps, and is in the catalogue', async () => {
    const page = readFileSync(join(folder, `${name}.md`), 'utf8')
    const document = await readTrace(join(folder, `${name}.itf.json`), name)
    expect(page).toContain(`${traceSection(document)}\n\n##`)
    for (const section of ['What a program sees', 'In the kernel', 'At fault', 'Since then', 'Fix'])
      expect(page).toContain(`## ${section}\n`)
    expect(catalogue).toContain(`[${name}](${name}.md)`)
  })
})
