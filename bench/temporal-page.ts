/**
 * bench/TEMPORAL.md, made from what bench/temporal.ts has recorded.
 */
import { grouped } from '../checker/report/text.js'

/** A temporal property in one check, under one profile. */
export interface Asked {
  readonly property: string
  readonly kind: 'possibility' | 'liveness'
  readonly check: string
  readonly profile: string
  /** Their names. */
  readonly topologies: string
  /** Tasks that may be born beyond those of the topology. */
  readonly births: number
  readonly verdict: string
  /** Of a violation: with those of the loop. */
  readonly steps?: number | undefined
  readonly loop?: number | undefined
  readonly states: number
  readonly seconds: number
}

export interface Walked {
  /** The first seed of which a walk comes to it, and how many steps that walk takes. */
  readonly seed: number
  readonly steps: number
  /** What minimizing makes of this walk. */
  readonly minimized: number
  readonly minimality: string
  readonly tasks: number
  readonly seconds: number
}

/** A counterexample of the catalogue. */
export interface Shown {
  readonly name: string
  readonly property: string
  readonly kind: string
  readonly check: string
  readonly topology: string
  readonly tasks: number
  readonly steps: number
  readonly loop?: number | undefined
  /** A shortest trace that breadth-first search of the check finds for the property, by whatever clause and cause. */
  readonly breadthFirst: number | undefined
  /** Undefined: no walk came to it in the time. Null: a walk does not judge what is said of behaviours. */
  readonly walked?: Walked | null | undefined
}

export interface Recorded {
  readonly machine: string
  readonly walkSeconds: number
  readonly asked: readonly Asked[]
  readonly shown: readonly Shown[]
}

export function temporalPage({ machine, walkSeconds, asked, shown }: Recorded): string {
  const profiles = [...new Set(asked.map(({ profile }) => profile))]
  return [
    '# Temporal properties, and counterexamples before and after minimizing',
    '',
    'Made by `pnpm exec tsx bench/temporal.ts` from searches and walks of its own; `temporal.json` has the figures.',
    `Machine: ${machine}. Others used it as well: the counts are exact, the times are not.`,
    '',
    '## Temporal properties',
    '',
    'Each is asked in every check in which what it is about can come up, of the whole space of that check. The time is that of one',
    'search that judges this property alone. Of a violation, the steps of a shortest counterexample; of a lasso, how many of them come',
    'before its loop, if it has one.',
    ...profiles.flatMap(profile => [
      '',
      `### \`${profile}\``,
      '',
      ...sums(asked.filter(it => it.profile === profile)),
      '',
      row(['property', 'check', 'topologies', 'births', 'verdict', 'steps', 'states', 's']),
      row(['---', '---', '---', '---:', '---', '---:', '---:', '---:']),
      ...asked.filter(it => it.profile === profile).map(askedRow),
    ]),
    '',
    '## Counterexamples',
    '',
    'Before: the steps of a shortest trace that a breadth-first search of the check finds for the property (by whatever cause, so that',
    'another counterexample may be shorter), and those of the first seeded walk of at most 1 000 steps from the same topology that breaks the same clause.',
    `Seeds are tried from 1 on for ${walkSeconds} s. After: what \`pnpm minimize\` makes of that walk, with its tasks at the start, and what is in`,
    '`counterexamples/`. A walk judges states and steps, and no behaviour as a whole. The minimized walk may be shorter than the catalogue,',
    'from a smaller start that no check has, or longer with fewer tasks or features, which come before steps.',
    '',
    row([
      'counterexample',
      'breadth-first',
      'walk',
      'seed',
      'walk minimized',
      'tasks',
      'in the catalogue',
      'tasks',
    ]),
    row(['---', '---:', '---:', '---:', '---', '---:', '---:', '---:']),
    ...shown.map(shownRow),
    '',
  ].join('\n')
}

function sums(asked: readonly Asked[]): readonly string[] {
  const properties = [...new Set(asked.map(({ property }) => property))]
  const broken = new Set(asked.filter(({ verdict }) => verdict === 'violated').map(it => it.property))
  const open = asked.filter(({ verdict }) => verdict === 'stopped').length
  return [
    `${properties.length} properties, asked ${asked.length} times: ${broken.size === 0 ? 'none is' : `${broken.size} are`} violated${
      open === 0 ? ', and every other verdict is `holds`' : `, ${open} verdicts are open`
    }.`,
  ]
}

const askedRow = ({ property, check, topologies, births, verdict, steps, loop, states, seconds }: Asked) =>
  row([
    property,
    `\`${check}\``,
    topologies,
    births === 0 ? '' : `${births}`,
    verdict === 'violated' ? '**violated**' : verdict,
    stepsText(steps, loop),
    grouped(states),
    seconds.toFixed(1),
  ])

const stepsText = (steps: number | undefined, loop: number | undefined): string =>
  steps === undefined ? '' : loop === undefined || loop === steps ? `${steps}` : `${loop} + ${steps - loop}`

const shownRow = ({ name, tasks, steps, loop, breadthFirst, walked }: Shown): string =>
  row([
    `[${name}](../counterexamples/${name}.md)`,
    breadthFirst === undefined ? '' : `${breadthFirst}`,
    ...(walked === null
      ? ['not judged', '', '', '']
      : walked === undefined
        ? ['not found', '', '', '']
        : [
            grouped(walked.steps),
            `${walked.seed}`,
            `${walked.minimized}, ${walked.minimality}`,
            `${walked.tasks}`,
          ]),
    stepsText(steps, loop),
    `${tasks}`,
  ])

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
