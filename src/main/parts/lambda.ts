/** Lambda, put together: its operations and the host of its processes. */
import { join } from 'node:path';
import { aheadHost, aheadLogs } from '../../edge/host/ahead.ts';
import { codeStore } from '../../edge/host/code-store.ts';
import { type ProcessHost, processHost } from '../../edge/host/process-host.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import { type LambdaService, lambdaService } from '../../service/lambda.ts';
import type { Persistence } from '../../service/persistence.ts';
import type { LogSink } from '../../service/ports.ts';
import type { Xray } from '../../service/xray.ts';
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
  readonly persistence: Persistence;
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
    logs: aheadLogs(deps.sink, deps.aheadMs),
    processesMax: config.maxSandboxes,
    endpointUrl: deps.endpointUrl,
    xrayDaemonAddress: deps.xrayDaemonAddress,
    stopMs: config.stopTimeoutSeconds * 1000,
  });
  const service = lambdaService({
    store: storage.functions,
    code: codeStore(join(storage.folder, 'code')),
    host: aheadHost(host, deps.aheadMs),
    recorder: xray.recorder,
    persistence: deps.persistence,
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
