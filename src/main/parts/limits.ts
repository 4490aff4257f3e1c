/** Who minds the limits, put together. */
import type { Logger } from '../../ground/log.ts';
import type { Clock } from '../../ground/tools.ts';
import { OpenExecutions } from '../../service/engine/open-executions.ts';
import { LimitWatch } from '../../service/limits/watch.ts';
import type { Config } from '../config.ts';

interface Deps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
}

export function limitParts({ config, clock, log }: Deps) {
  const { limits } = config;
  const watch = new LimitWatch({ limits, clock, log });
  return { limits, watch, open: new OpenExecutions({ limits, watch }) };
}
