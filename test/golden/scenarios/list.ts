/** All scenarios, by the name of the journal that is cut of each. */
import type { Scenario } from '../play.ts';
import { CHILDREN } from './children.ts';
import { EXECUTIONS } from './executions.ts';
import { MAP_RUNS } from './map-runs.ts';
import { STATES } from './states.ts';
import { TASKS } from './tasks.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...STATES,
  ...TASKS,
  ...CHILDREN,
  ...EXECUTIONS,
  ...MAP_RUNS,
];
