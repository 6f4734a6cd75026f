/**
 * PROFILES.md, made from the profiles and what is known of their switches.
 */
import { type Profile, profiles } from './profile.js'
import { answerEntries, type ShownStep, type SwitchEntry, switchEntries } from './switches.js'

const introduction = `# Profiles

A profile is a set of switches: the places where kernels differ, on purpose or by mistake. A rule asks a switch at that one place.
This page is made from \`profile.ts\` and \`switches.ts\` by \`profiles-page.ts\`; \`npx --yes pnpm vitest run test/spec/profiles-page.test.ts -u\`
writes it anew, and the same test fails when it is out of date, when a switch is missing, and when the steps given do not show it.

*Shown by* has the shortest known steps after which programs see the difference, from a start with INIT (pid 1) and its child P,
with rest between them; or, where only a race or the kernel's own records show it, a known counterexample. *Source* names what the seed
has, who mended it when, and what Linux does.`

export function profilesPage(): string {
  const parts = [
    introduction,
    '## The profiles',
    table(
      ['profile', 'what it is', 'switches that are not as in the seed'],
      profiles.map(profile => [`\`${profile.name}\``, profile.says, turnedIn(profile)]),
    ),
    '## What the rules ask',
    ...Object.entries(switchEntries).map(([name, entry]) =>
      section(name, entry, profile => profile.switches[name as keyof Profile['switches']]),
    ),
    '## What calls answer where no rule depends on it',
    ...Object.entries(answerEntries).map(([name, entry]) =>
      section(name, entry, profile => profile.answers[name as keyof Profile['answers']]),
    ),
  ]
  return `${parts.join('\n\n')}\n`
}

function section(
  name: string,
  { asks, values, source, ...shownBy }: SwitchEntry<string>,
  valueIn: (profile: Profile) => string,
): string {
  const rows = values.map(value => [
    value,
    profiles
      .filter(profile => valueIn(profile) === value)
      .map(profile => `\`${profile.name}\``)
      .join(', ') || 'none',
  ])
  return [
    `### ${name}`,
    asks,
    table(['value', 'profiles'], rows),
    shownIn(shownBy),
    `Source: ${source}.`,
  ].join('\n\n')
}

function shownIn({ scenario, another, counterexample, unseen }: Partial<SwitchEntry<string>>): string {
  if (scenario !== undefined)
    return `Shown by ${[scenario, ...(another === undefined ? [] : [another])].map(stepsText).join('; and by ')}.`
  return counterexample === undefined
    ? `No program sees it: ${unseen}.`
    : `Shown by [${counterexample}](../counterexamples/${counterexample}.md).`
}

const stepsText = (steps: readonly ShownStep[]): string =>
  steps.map(([actor, call]) => `\`${actor} ${call}\``).join(', ')

function turnedIn({ switches, answers }: Profile): string {
  const turned = [
    ...Object.entries(switchEntries).filter(
      ([name, { values }]) => switches[name as keyof typeof switches] !== values[0],
    ),
    ...Object.entries(answerEntries).filter(
      ([name, { values }]) => answers[name as keyof typeof answers] !== values[0],
    ),
  ].map(([name]) => `\`${name}\``)
  return turned.join(', ') || 'none'
}

/** A table of Markdown; a bar within a cell would end it. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
