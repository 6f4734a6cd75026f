// A thread starts as a new program does: tsx translates what it loads (compare bin/zombieproof.js).
import { register } from 'tsx/esm/api'

register({ tsconfig: false })
await import('./worker.ts')
