/** One run of a function, whoever asked for it: a place among the running ones, the host, the facts. */
import type { FunctionRecord } from '../../function/config.ts';
import type { Clock } from '../../ground/tools.ts';
import type { FunctionHost, InvokeRequest, InvokeResult } from '../ports/functions.ts';
import type { Concurrency } from './concurrency.ts';
import { isThrottle } from './faults.ts';
import type { Functions } from './functions.ts';
import type { InvocationFacts } from './ports.ts';

export interface AttemptDeps {
  readonly functions: Functions;
  readonly host: FunctionHost;
  readonly concurrency: Concurrency;
  readonly clock: Clock;
  readonly onInvocation: (facts: InvocationFacts) => void;
}

export interface Attempt {
  readonly record: FunctionRecord;
  readonly type: InvocationFacts['type'];
  readonly request: InvokeRequest;
}

/** Throws TooManyRequestsException where the function may not run now. */
export async function attempt(deps: AttemptDeps, what: Attempt): Promise<InvokeResult> {
  const { record, request, type } = what;
  const facts = {
    place: record.place,
    functionName: record.name,
    requestId: request.requestId,
    type,
    at: deps.clock.now(),
    ...(request.traced ? { traceId: request.traced.traceId } : {}),
  };
  let concurrency: number;
  try {
    concurrency = deps.concurrency.enter(record);
  } catch (error) {
    if (isThrottle(error)) deps.onInvocation({ ...facts, result: 'throttle' });
    throw error;
  }
  try {
    const result = await deps.host.invoke(await deps.functions.version(record), request);
    const { outcome } = result;
    const { init, start, end, maxMemoryMb } = outcome.timing;
    deps.onInvocation({
      ...facts,
      result: outcome.type === 'Returned' ? 'success' : 'error',
      durationMs: end - start,
      ...(init ? { initMs: init.end - init.start } : {}),
      maxMemoryMb,
      concurrency,
    });
    return result;
  } finally {
    deps.concurrency.leave(record);
  }
}
