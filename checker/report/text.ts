/**
 * Pieces of text that every report is made of: numbers, plurals, columns and wrapped lines.
 */

/** `12 345`: digits in groups of three. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ' ')

/** `1 state`, `12 345 states`. */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`

/** `0.4 s`, `75 s`, `12 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return whole < 120 ? `${whole} s` : `${grouped(Math.floor(whole / 60))} min ${whole % 60} s`
}

/** `512 MB`, `2.1 GB`: powers of 1024. */
export function bytes(n: number): string {
  const mega = n / 1024 ** 2
  return mega < 1024 ? `${Math.round(mega)} MB` : `${(mega / 1024).toFixed(1)} GB`
}

/** Labels stand in a column of this width, two spaces in. */
const labelWidth = 11

/** `  holds      a leader is reaped last`: a label, and text that may wrap under itself. */
export function labelled(label: string, text: string, width: number): string[] {
  const indent = ' '.repeat(2 + labelWidth)
  return wrapped(text, width - indent.length).map((line, i) =>
    i === 0 ? `  ${`${label} `.padEnd(labelWidth)}${line}` : indent + line,
  )
}

/** Not between the groups of digits of one number. */
const breaks = /(?<!\d) | (?!\d{3}(?!\d))/

/** Lines of at most `width` characters, broken at spaces; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(breaks)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/**
 * Text that others wrote, such as a name in a file, as a terminal may be shown it: what would steer the terminal is
 * written out, `\u001b` for an escape. Line ends stay.
 */
export const harmless = (text: string): string =>
  text.replace(/(?!\n)\p{Cc}/gu, it => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** `a leader is reaped last` as a file name: `a-leader-is-reaped-last`. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
