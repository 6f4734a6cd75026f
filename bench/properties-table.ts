/**
 * The table of README.md that says which properties hold under which profile, made from what was recorded.
 */
import { grouped } from '../checker/report/text.js'

export type Verdict = 'holds' | 'violated' | 'stopped'

export interface Found {
  /** Of all checks together. */
  readonly states: number
  /** By the name of the property: violated if it is in any check; holds if it does in one that was searched to the end. */
  readonly verdicts: Readonly<Record<string, Verdict>>
}

export interface Recorded {
  /** Those that were searched. */
  readonly checks: readonly string[]
  readonly profiles: Readonly<Record<string, Found>>
}

const [begin, end] = ['<!-- properties by profile -->', '<!-- /properties by profile -->']

/** The text with its table made anew. Throws where there is no place for it. */
export function inReadme(text: string, recorded: Recorded): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`there is no place between ${begin} and ${end}`)
  return `${text.slice(0, from + begin.length)}\n${table(recorded)}\n${text.slice(to)}`
}

function table({ profiles }: Recorded): string {
  const all = Object.entries(profiles)
  const names = [...new Set(all.flatMap(([, { verdicts }]) => Object.keys(verdicts)))]
  const isBroken = (name: string) => all.some(([, { verdicts }]) => verdicts[name] === 'violated')
  const shown = names.filter(isBroken).sort()
  const sums = all.map(([, { verdicts }]) => {
    const count = Object.values(verdicts).filter(verdict => verdict === 'violated').length
    return count === 0 ? 'none' : String(count)
  })
  return [
    row(['property', ...all.map(([profile]) => `\`${profile}\``)]),
    row(['---', ...all.map(() => '---')]),
    ...shown.map(name => row([name, ...all.map(([, { verdicts }]) => said(verdicts[name]))])),
    row([`violated, of ${names.length}`, ...sums]),
    row(['states searched', ...all.map(([, { states }]) => grouped(states))]),
  ].join('\n')
}

const said = (verdict: Verdict | undefined): string =>
  verdict === 'violated' ? '**violated**' : (verdict ?? 'not asked')

const row = (cells: readonly string[]): string =>
  `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
