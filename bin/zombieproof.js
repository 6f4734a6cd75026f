#!/usr/bin/env node
// The program is TypeScript and stays so: tsx translates it as it is loaded, in this very process, so
// that a signal arrives once and the exit status is the program's own.
import { register } from 'tsx/esm/api'

register({ tsconfig: false }) // whatever tsconfig.json lies in the folder it is started from
await import('../checks/main.ts')
