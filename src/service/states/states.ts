/** Step Functions: one table of its operations. */
import { activityHandlers, tokenHandlers } from './activities.ts';
import { aliasHandlers } from './aliases.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { executionHandlers } from './executions.ts';
import { machineHandlers } from './machines.ts';
import { mapRunHandlers } from './map-runs.ts';
import { redriveHandlers } from './redrive.ts';
import { tagHandlers } from './tags.ts';
import { validationHandlers } from './validation.ts';
import { versionHandlers } from './versions.ts';

export function statesHandlers(deps: StatesDeps): StatesHandlers {
  return {
    ...machineHandlers(deps),
    ...versionHandlers(deps),
    ...aliasHandlers(deps),
    ...executionHandlers(deps),
    ...redriveHandlers(deps),
    ...activityHandlers(deps),
    ...tokenHandlers(deps),
    ...mapRunHandlers(deps),
    ...tagHandlers(deps),
    ...validationHandlers(deps),
  };
}
