/** What Lambda needs of this machine: folders for code, and processes that run it. */
import { join } from 'node:path';
import { codeStore } from '../../edge/host/code-store.ts';
import { processHost } from '../../edge/host/process-host.ts';
import { virtualTimeHost, virtualTimeLogs } from '../../edge/host/virtual-time-host.ts';
import type { LambdaOwn } from '../../service/lambda/open.ts';
import type { Outside } from '../outside.ts';

export function lambdaOwn({ config, folder, house, time, addresses, feed }: Outside): LambdaOwn {
  const processes = processHost({
    dir: join(folder, 'processes'),
    logs: virtualTimeLogs(house.logs, time.aheadMs),
    processesMax: config.maxSandboxes,
    endpointUrl: () => addresses.endpointUrl,
    xrayDaemonAddress: () => addresses.xrayDaemon,
    stopMs: config.stopTimeoutSeconds * 1000,
  });
  return {
    code: codeStore(join(folder, 'code')),
    host: virtualTimeHost(processes, time.aheadMs),
    processes,
    traceAll: config.tracing === 'all',
    invoked: ({ functionName }) => feed.publish('function', functionName),
  };
}
