#!/usr/bin/env node
// The program is TypeScript. What runs is built from it (build.js), or translated as it is loaded (translate.js).
// So it is with models of the user's (model.js).
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { built } from './build.js'
import { importing } from './model.js'
import { translate } from './translate.js'

const root = join(import.meta.dirname, '..')
const source = pathToFileURL(join(root, 'checks', 'main.ts')).href
const files = await built(root)
if (files === undefined) await translate()
const { run } = await import(files?.get(source) ?? source)
process.exitCode = await run(process.argv.slice(2), importing(files), files)
