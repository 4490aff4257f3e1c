/** What X-Ray's operations stand on. */
import type { Clock, Tools } from '../../ground/tools.ts';
import type { TraceStore } from '../../store/traces/store.ts';
import type { Handlers } from '../../wire/operations.ts';
import type { Groups } from './groups.ts';
import type { TraceIntake } from './intake.ts';
import type { SamplingRules } from './rules.ts';
import type { SettingsCache } from './settings.ts';
import type { SamplingTargets } from './targets.ts';

export type XrayHandlers = Handlers<typeof import('@aws-sdk/client-xray')>;

/** How long a window one question may ask for; AWS has 24 hours for lists and 6 for graphs. */
export interface XrayLimits {
  readonly summariesRangeMs: number;
  readonly graphRangeMs: number;
}

export interface XrayParts {
  readonly store: TraceStore;
  readonly intake: TraceIntake;
  readonly rules: SamplingRules;
  readonly targets: SamplingTargets;
  readonly groups: Groups;
  readonly settings: SettingsCache;
  readonly clock: Pick<Clock, 'now'>;
  readonly tools: Pick<Tools, 'uuid'>;
  readonly limits: XrayLimits;
}
