/** X-Ray: its operations, and what the rest of the server needs of it. */
import type { Logger } from '../ground/log.ts';
import type { Clock, Tools } from '../ground/tools.ts';
import type { TraceStore } from '../store/traces.ts';
import type { XraySettings } from '../store/xray-settings.ts';
import { GRAPH_RANGE_MS_MAX, SUMMARIES_RANGE_MS_MAX } from '../trace/limits.ts';
import type { Persistence } from './persistence.ts';
import type { TraceRecorder } from './ports.ts';
import { configurationHandlers } from './xray/configuration.ts';
import type { XrayHandlers, XrayLimits, XrayParts } from './xray/deps.ts';
import { graphHandlers } from './xray/graphs.ts';
import { Groups } from './xray/groups.ts';
import { TraceIntake } from './xray/intake.ts';
import { traceRecorder } from './xray/recorder.ts';
import { SamplingRules } from './xray/rules.ts';
import { Sampler } from './xray/sampler.ts';
import { samplingHandlers } from './xray/sampling.ts';
import { SettingsCache } from './xray/settings.ts';
import { SamplingTargets } from './xray/targets.ts';
import { traceHandlers } from './xray/traces.ts';

export interface XrayOptions {
  readonly store: TraceStore;
  readonly settings: XraySettings;
  readonly persistence: Persistence;
  readonly clock: Clock;
  readonly tools: Tools;
  readonly log: Logger;
  /** How our own work is sampled. */
  readonly sampling: 'all' | 'aws';
  readonly limits?: Partial<XrayLimits>;
}

export interface Xray {
  readonly handlers: XrayHandlers;
  readonly intake: TraceIntake;
  readonly recorder: TraceRecorder;
  readonly sampler: Sampler;
}

export async function openXray(options: XrayOptions): Promise<Xray> {
  const { store, persistence, clock, tools, log, limits } = options;
  const settings = await SettingsCache.load(options.settings);
  const rules = new SamplingRules(settings, () => clock.now());
  const intake = new TraceIntake({ store, persistence, clock, log });
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
