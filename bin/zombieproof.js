#!/usr/bin/env node
// The program is TypeScript and stays so: tsx translates it as it is loaded, in this very process, so
// that a signal arrives once and the exit status is the program's own.
import { register as registerRequire } from 'tsx/cjs/api'
import { register } from 'tsx/esm/api'

// A model of one's own (--model) need not lie in a package: Node.js then takes it for CommonJS, and loads it so.
registerRequire()
register({ tsconfig: false }) // whatever tsconfig.json lies in the folder it is started from
await import('../checks/main.ts')
