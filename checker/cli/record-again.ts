/**
 * How a trace is recorded once more that does not fit any longer.
 */
import type { TraceDocument } from '../itf/document.js'

/** The command that has made the file. */
export function recordAgain({ '#meta': meta }: TraceDocument): string {
  const { check, kind, profile, other } = meta.zombieproof
  const command = kind === 'difference' && other !== undefined ? `compare ${profile} ${other}` : 'check'
  return `Record it again with: pnpm ${command} ${check}`
}
