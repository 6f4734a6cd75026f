// A thread starts as a new program does: tsx translates what it loads (compare bin/zombieproof.js).
import { register as registerRequire } from 'tsx/cjs/api'
import { register } from 'tsx/esm/api'

registerRequire()
register({ tsconfig: false })
await import('./worker.ts')
