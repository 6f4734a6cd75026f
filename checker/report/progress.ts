/**
 * What a running search tells, on one line.
 */
import type { Progress } from '../explore/result.js'
import { bytes, count, duration, grouped } from './text.js'

export function progressText(check: string, progress: Progress): string {
  const { states, depth, frontier, seconds, memory, branching, room } = progress
  const rate = seconds > 0 ? Math.round(states / seconds) : 0
  return [
    `${check}: ${count(states, 'state')}`,
    `${grouped(rate)}/s`,
    `depth ${depth}`,
    `frontier ${grouped(frontier)}${branching === undefined ? '' : ` (×${branching.toFixed(1)} a level)`}`,
    room === undefined ? bytes(memory) : `${bytes(memory)} (room for ${grouped(room)} more states)`,
    duration(seconds),
  ].join(', ')
}
