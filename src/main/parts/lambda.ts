/** Lambda, put together: its operations and the host of its processes. */
import { join } from 'node:path';
import { codeStore } from '../../edge/host/code-store.ts';
import { type ProcessHost, processHost } from '../../edge/host/process-host.ts';
import { virtualTimeHost, virtualTimeLogs } from '../../edge/host/virtual-time-host.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import { type LambdaService, lambdaService } from '../../service/lambda/service.ts';
import type { LogSink } from '../../service/ports/logs.ts';
import type { RetryingWrites } from '../../service/retrying-writes.ts';
import type { Xray } from '../../service/xray/service.ts';
import type { Config } from '../config.ts';
import type { Storage } from '../storage.ts';

export interface LambdaParts {
  readonly host: ProcessHost;
  readonly service: LambdaService;
}

interface Deps {
  readonly config: Config;
  readonly storage: Storage;
  readonly xray: Xray;
  readonly retryingWrites: RetryingWrites;
  readonly sink: LogSink;
  /** How far `clock` is ahead of the processes' time. */
  readonly aheadMs: () => number;
  readonly clock: Clock;
  readonly tools: Tools;
  readonly log: Logger;
  /** Known once the listeners are there. */
  readonly endpointUrl: () => string | undefined;
  readonly xrayDaemonAddress: () => string | undefined;
  /** A function has run. */
  readonly ran: (functionName: string) => void;
}

export function lambdaParts(deps: Deps): LambdaParts {
  const { config, storage, xray } = deps;
  const host = processHost({
    dir: join(storage.folder, 'processes'),
    logs: virtualTimeLogs(deps.sink, deps.aheadMs),
    processesMax: config.maxSandboxes,
    endpointUrl: deps.endpointUrl,
    xrayDaemonAddress: deps.xrayDaemonAddress,
    stopMs: config.stopTimeoutSeconds * 1000,
  });
  const service = lambdaService({
    store: storage.functions,
    code: codeStore(join(storage.folder, 'code')),
    host: virtualTimeHost(host, deps.aheadMs),
    recorder: xray.recorder,
    retryingWrites: deps.retryingWrites,
    sample: xray.sampler.sampleFunction,
    traceAll: config.tracing === 'all',
    epoch: storage.epoch,
    clock: deps.clock,
    tools: deps.tools,
    log: deps.log,
    onInvocation: (facts) => deps.ran(facts.functionName),
  });
  return { host, service };
}
