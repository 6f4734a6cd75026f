/**
 * The model checker as a library: `import { each, model } from 'zombieproof/checker'`.
 *
 * Here: everything that a model of one's own needs, and how it is searched by a program. On the command line:
 * `zombieproof check --model FILE`, where FILE exports what `model` returns.
 *
 *     export const counter = model({
 *       name: 'counter',
 *       state: { value: each(2, 0), shared: 0 },
 *       rules: {
 *         read: { choices: [0, 1], effect: (s, i) => ({ value: s.value.set(i, s.shared) }) },
 *         write: { choices: [0, 1], guard: s => s.shared < 3, effect: (s, i) => ({ shared: s.value.get(i) + 1 }) },
 *       },
 *       invariants: { 'the counter stays small': s => s.shared <= 3 },
 *       covers: { 'the counter is full': s => s.shared === 3 },
 *       temporal: {
 *         'the counter can always become full': { can: s => s.shared === 3 },
 *         'the counter becomes full': { eventually: s => s.shared === 3, strong: ['read', 'write'] }, // no: updates are lost
 *       },
 *     })
 *     const { verdicts } = await explore(counter, counter.properties)
 *
 * `refines` asks whether one model does only what another allows; `refinementProperties` asks it on the command line.
 */
export { type Each, each, type Key, upTo } from './define/each.js'
export type { Changes, Fields, State } from './define/layout.js'
export {
  type Asked,
  type DefinedModel,
  type ModelDefinition,
  model,
  type RuleDefinition,
  type StateOf,
} from './define/model.js'
export type { Symmetric } from './define/symmetric.js'
export type { Fair, TemporalDefinition } from './define/temporal.js'
export { UsageError } from './errors.js'
export { explore } from './explore/explore.js'
export { ModelError } from './explore/model-error.js'
export { type Replay, replay } from './explore/replay.js'
export type {
  Action,
  Exploration,
  ExploreOptions,
  Progress,
  Stop,
  SymmetryFound,
  Trace,
  Verdict,
} from './explore/result.js'
export type {
  Assumption,
  Cover,
  Fairness,
  Initial,
  Invariant,
  Liveness,
  LivenessFormula,
  Model,
  Possibility,
  Property,
  Rule,
  Step,
  StepEvent,
  StepProperty,
  Symmetry,
  TemporalProperty,
} from './model.js'
export { type Refinement, type RefinementQuestion, refinementProperties, refines } from './refine/refine.js'
export type { CheckDefinition } from './suite.js'
export { eachActor, eachRule } from './temporal/fairness.js'
