/**
 * The engines of one process, put together: of Standard and of Express executions, the Map Runs
 * between them, and who skips over waits. The server, `steplight run`, the tests and the simulator
 * have this one composition; nothing is started here.
 */
import type { ExecutionStore } from '../../store/executions/store.ts';
import type { MapRunStore } from '../../store/mapruns/store.ts';
import type { Service } from '../lifecycle.ts';
import type { LimitWatch } from '../limits/watch.ts';
import type { ObjectStore } from '../ports/objects.ts';
import type { Projector } from '../ports/projector.ts';
import type { RetryingWrites } from '../retrying-writes.ts';
import { Engine, type EngineDeps } from './engine.ts';
import type { Engines } from './engines.ts';
import { ExpressRunner } from './express.ts';
import { MapRuns } from './mapruns/service.ts';
import { OpenExecutions } from './open-executions.ts';
import { type SkipDeps, TimeSkips } from './time-skips.ts';

/** What both engines have alike. */
type Common = Omit<EngineDeps, 'store' | 'projectors' | 'open' | 'mapRuns' | 'queued' | 'foreign'>;

export interface EngineParts extends Common {
  /** Filled here. */
  readonly engines: Engines;
  readonly executions: ExecutionStore;
  /** Express executions with their histories: in memory, and of these engines alone. */
  readonly expressStore: ExecutionStore;
  readonly mapRunStore: MapRunStore;
  /** What Distributed Maps read and write. */
  readonly objects: ObjectStore;
  readonly retryingWrites: RetryingWrites;
  readonly projectors: Record<'standard' | 'express', readonly Projector[]>;
  /** Hears what comes near its limit; absent: executions are not counted. */
  readonly watch?: LimitWatch;
  /** An activity's queue has grown. */
  queued?(activity: string): void;
  /** Absent: time passes as it does. */
  readonly skips?: Skips | undefined;
}

/** How waits are skipped over. */
export interface Skips
  extends Pick<SkipDeps, 'real' | 'clock' | 'quietMs' | 'patienceMs' | 'stuck'> {
  /** True while others than the engines work. */
  busy(): boolean;
}

export interface AssembledEngines {
  readonly mapRuns: MapRuns;
  readonly express: ExpressRunner;
  readonly engine: Engine;
  /** In the order in which they start. */
  readonly running: readonly Service[];
}

export function assembleEngines(parts: EngineParts): AssembledEngines {
  const { engines, watch, limits, queued, projectors } = parts;
  const mapRuns = mapRunsOf(parts);
  const timeSkips = parts.skips && timeSkipsOf(parts, parts.skips, mapRuns);
  const watchers = [...parts.watchers];
  if (watch) watchers.push(watch);
  if (timeSkips) watchers.push({ project: () => timeSkips.sign() });
  const common = { ...commonOf(parts), watchers };
  const express = new ExpressRunner({
    ...common,
    mapRuns,
    store: parts.expressStore,
    ledger: parts.executions,
    retryingWrites: parts.retryingWrites,
    projectors: projectors.express,
  });
  const engine = new Engine({
    ...common,
    mapRuns,
    store: parts.executions,
    projectors: projectors.standard,
    ...(watch && { open: new OpenExecutions({ limits, watch }) }),
    ...(queued && { queued }),
    foreign: (row) => express.recover(row),
  });
  engines.fill(engine, express);
  const running: Service[] = [express, engine, mapRuns];
  if (timeSkips) running.push(timeSkips);
  return { engine, express, mapRuns, running };
}

function commonOf(parts: EngineParts): Common {
  return {
    clock: parts.clock,
    tools: parts.tools,
    log: parts.log,
    epoch: parts.epoch,
    live: parts.live,
    limits: parts.limits,
    integrations: parts.integrations,
    machine: parts.machine,
    activityExists: parts.activityExists,
    evaluate: parts.evaluate,
    request: parts.request,
    mocked: parts.mocked,
    synchronous: parts.synchronous,
    watchers: parts.watchers,
    backlog: parts.backlog,
    redeliver: parts.redeliver,
    stateBytesMax: parts.stateBytesMax,
    observe: parts.observe,
    drainMs: parts.drainMs,
  };
}

function mapRunsOf(parts: EngineParts): MapRuns {
  return new MapRuns({
    engines: parts.engines,
    mapRuns: parts.mapRunStore,
    executions: parts.executions,
    objects: parts.objects,
    machine: parts.machine,
    evaluate: parts.evaluate,
    limits: parts.limits,
    epoch: parts.epoch,
    live: parts.live,
    clock: parts.clock,
    tools: parts.tools,
    log: parts.log,
    ...(parts.watch && { watch: parts.watch }),
  });
}

function timeSkipsOf(parts: EngineParts, skips: Skips, mapRuns: MapRuns): TimeSkips {
  const { engines, executions, expressStore, machine, log } = parts;
  const { real, clock, quietMs, patienceMs, stuck } = skips;
  const isBusy = ({ counts }: Pick<Engine, 'counts'>): boolean =>
    counts.tasks > 0 || counts.deciding > 0;
  return new TimeSkips({
    real,
    clock,
    stores: [executions, expressStore],
    log,
    machine,
    busy: () => isBusy(engines.standard) || isBusy(engines.express) || mapRuns.busy || skips.busy(),
    quietMs,
    patienceMs,
    stuck,
  });
}
