/**
 * Colours, where a terminal shows the report; elsewhere the text is plain.
 */
import pc from 'picocolors'

export interface Style {
  /** The characters of a line. */
  readonly width: number
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
}

/** No line is longer than this, however wide the terminal is. */
const widest = 110
/** Narrower than this, nothing is readable, and lines may as well run over. */
const narrowest = 60

export function styleOf({ colour, columns }: { colour: boolean; columns?: number | undefined }): Style {
  const { green, red, yellow, bold, dim } = pc.createColors(colour)
  const width = Math.max(narrowest, Math.min(widest, columns ?? widest))
  return { width, good: green, bad: red, warn: yellow, strong: bold, faint: dim }
}
