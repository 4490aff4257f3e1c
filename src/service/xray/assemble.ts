/** X-Ray, put together: its operations, and what the rest of the server needs of it. */
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { ResourceStore } from '../../store/resources/store.ts';
import type { TraceStore } from '../../store/traces/store.ts';
import { GRAPH_RANGE_MS_MAX, SUMMARIES_RANGE_MS_MAX } from '../../trace/limits.ts';
import type { TraceRecorder } from '../ports/traces.ts';
import type { RetryingWrites } from '../retrying-writes.ts';
import { configurationHandlers } from './configuration.ts';
import type { XrayHandlers, XrayLimits, XrayParts } from './deps.ts';
import { graphHandlers } from './graphs.ts';
import { Groups } from './groups.ts';
import { TraceIntake } from './intake.ts';
import { traceRecorder } from './recorder.ts';
import { SamplingRules } from './rules.ts';
import { Sampler } from './sampler.ts';
import { samplingHandlers } from './sampling.ts';
import { SettingsCache } from './settings.ts';
import { SamplingTargets } from './targets.ts';
import { traceHandlers } from './traces.ts';

export interface XrayOptions {
  readonly store: TraceStore;
  readonly resources: ResourceStore;
  readonly retryingWrites: RetryingWrites;
  readonly clock: Clock;
  readonly tools: Tools;
  readonly log: Logger;
  /** How our own work is sampled. */
  readonly sampling: 'all' | 'aws';
  readonly limits?: Partial<XrayLimits>;
}

export interface AssembledXray {
  readonly handlers: XrayHandlers;
  readonly intake: TraceIntake;
  readonly recorder: TraceRecorder;
  readonly sampler: Sampler;
}

export async function assembleXray(options: XrayOptions): Promise<AssembledXray> {
  const { store, retryingWrites, clock, tools, log, limits } = options;
  const settings = await SettingsCache.open(options.resources);
  const rules = new SamplingRules(settings, () => clock.now());
  const intake = new TraceIntake({ store, retryingWrites, clock, log });
  const parts: XrayParts = {
    store,
    intake,
    rules,
    targets: new SamplingTargets(),
    groups: new Groups(settings, tools),
    settings,
    clock,
    tools,
    limits: {
      summariesRangeMs: SUMMARIES_RANGE_MS_MAX,
      graphRangeMs: GRAPH_RANGE_MS_MAX,
      ...limits,
    },
  };
  return {
    handlers: {
      ...traceHandlers(parts),
      ...graphHandlers(parts),
      ...samplingHandlers(parts),
      ...configurationHandlers(parts),
    },
    intake,
    recorder: traceRecorder(intake),
    sampler: new Sampler({ mode: options.sampling, rules, tools }),
  };
}
