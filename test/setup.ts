/**
 * What every test file starts with: random tests draw the same cases in each run, so that a change is judged by the
 * change alone. ZOMBIEPROOF_SEED=N draws others; ZOMBIEPROOF_SEED=random, others in each run, and a failure names its seed.
 */
import fc from 'fast-check'

const { ZOMBIEPROOF_SEED: asked = '20180601' } = process.env
if (asked !== 'random') {
  const seed = Number(asked)
  if (!Number.isInteger(seed)) throw new Error(`ZOMBIEPROOF_SEED is a whole number or random, not ${asked}`)
  fc.configureGlobal({ seed })
}
