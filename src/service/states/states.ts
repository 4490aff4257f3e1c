/** Step Functions: one table of its operations. */
import { activityHandlers, tokenHandlers } from './activities.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { executionHandlers } from './executions.ts';
import { machineHandlers } from './machines.ts';
import { tagHandlers } from './tags.ts';
import { validationHandlers } from './validation.ts';

export function statesHandlers(deps: StatesDeps): StatesHandlers {
  return {
    ...machineHandlers(deps),
    ...executionHandlers(deps),
    ...activityHandlers(deps),
    ...tokenHandlers(deps),
    ...tagHandlers(deps),
    ...validationHandlers(),
  };
}
