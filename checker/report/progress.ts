/**
 * What a running search tells, on one line.
 */
import type { Progress } from '../explore/result.js'
import { bytes, count, duration, grouped } from './text.js'

export function progressText(check: string, { states, depth, frontier, seconds, memory }: Progress): string {
  const rate = seconds > 0 ? Math.round(states / seconds) : 0
  return [
    `${check}: ${count(states, 'state')}`,
    `${grouped(rate)}/s`,
    `depth ${depth}`,
    `frontier ${grouped(frontier)}`,
    bytes(memory),
    duration(seconds),
  ].join(', ')
}
