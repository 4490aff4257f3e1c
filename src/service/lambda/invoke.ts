/**
 * Invocations as anybody in this server asks for them: the Invoke operation and the workflows.
 * Answers what AWS's HTTP answer says; everything else is a Fault in AWS's wording.
 */
import { arnOf, type FunctionRecord } from '../../function/config.ts';
import { ASYNC_PAYLOAD_BYTES_MAX, SYNC_PAYLOAD_BYTES_MAX } from '../../function/limits.ts';
import type { Place } from '../../ground/arn.ts';
import type { Tools } from '../../ground/tools.ts';
import { untracedHeader } from '../../trace/header.ts';
import type { InvokeResult } from '../ports/functions.ts';
import type { AsyncQueue } from './async.ts';
import { type AttemptDeps, attempt } from './attempt.ts';
import { isThrottle, requestTooLarge } from './faults.ts';
import { attemptFacts, type Tracer } from './tracer.ts';

export interface InvokeCall {
  readonly place: Place;
  /** Name, name:qualifier, partial ARN or ARN. */
  readonly functionName: string;
  readonly qualifier?: string | undefined;
  readonly type: 'RequestResponse' | 'Event' | 'DryRun';
  /** Known to be JSON. */
  readonly payload: Uint8Array;
  /** JSON text (not base64). */
  readonly clientContext?: string | undefined;
  /** X-Amzn-Trace-Id of the caller. */
  readonly traceHeader?: string | undefined;
  readonly requestId?: string | undefined;
  readonly abort: AbortSignal;
}

export interface InvokeAnswer {
  readonly statusCode: 200 | 202 | 204;
  readonly requestId: string;
  /** Empty for Event and DryRun. */
  readonly payload: Uint8Array;
  readonly functionError?: 'Unhandled';
  /** `$LATEST`; absent for Event and DryRun. */
  readonly executedVersion?: string;
  /** The last 4 KiB of the log, START to REPORT; text. */
  readonly logTail: string;
  /** What the answer's X-Amzn-Trace-Id header says: AWS's answer always has one. */
  readonly traceHeader: string;
}

export interface InvokerDeps extends AttemptDeps {
  readonly tracer: Tracer;
  readonly queue: AsyncQueue;
  readonly tools: Tools;
}

const NOTHING = new Uint8Array();

export class Invoker {
  readonly #deps: InvokerDeps;

  constructor(deps: InvokerDeps) {
    this.#deps = deps;
  }

  async invoke(call: InvokeCall): Promise<InvokeAnswer> {
    const { functions } = this.#deps;
    const reference = functions.reference(call.functionName, call.qualifier, call.place);
    const record = await functions.get(reference);
    const requestId = call.requestId ?? this.#deps.tools.uuid();
    const traceHeader = call.traceHeader ?? untracedHeader(this.#deps.tools);
    const none = { requestId, payload: NOTHING, logTail: '', traceHeader };
    if (call.type === 'DryRun') return { ...none, statusCode: 204 };
    const bytesMax = call.type === 'Event' ? ASYNC_PAYLOAD_BYTES_MAX : SYNC_PAYLOAD_BYTES_MAX;
    if (call.payload.length > bytesMax) {
      throw requestTooLarge(call.payload.length, bytesMax, call.type);
    }
    if (call.type === 'RequestResponse') {
      return this.#now(call, record, requestId, reference.qualifier);
    }
    await this.#deps.queue.enqueue(record, {
      requestId,
      qualifier: reference.qualifier,
      payload: call.payload,
      traceHeader: call.traceHeader,
    });
    return { ...none, statusCode: 202 };
  }

  async #now(
    call: InvokeCall,
    record: FunctionRecord,
    requestId: string,
    qualifier: string | undefined,
  ): Promise<InvokeAnswer> {
    const { tracer, clock } = this.#deps;
    const decision = tracer.decide(record, call.traceHeader);
    const received = clock.now();
    const traced = tracer.request(record, requestId, qualifier, received, decision);
    const ids = decision && tracer.ids(requestId, 1);
    const traceHeader = ids ? tracer.headerFor(decision, call.traceHeader, ids) : call.traceHeader;
    const arn = arnOf(record);
    let result: InvokeResult;
    try {
      result = await attempt(this.#deps, {
        record,
        type: 'RequestResponse',
        request: {
          requestId,
          payload: call.payload,
          traceHeader,
          clientContext: call.clientContext,
          invokedArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
          ...(traced && ids
            ? { traced: { traceId: traced.traceId, segmentId: ids.function } }
            : {}),
          abort: call.abort,
        },
      });
    } catch (error) {
      if (traced && isThrottle(error)) await tracer.recordSync(traced, clock.now());
      throw error;
    }
    const { outcome, logTail } = result;
    if (traced) {
      const now = Math.max(clock.now(), outcome.timing.end);
      await tracer.recordSync(traced, now, attemptFacts(1, outcome, now));
    }
    return {
      statusCode: 200,
      requestId,
      payload: outcome.payload,
      ...(outcome.type === 'Failed' ? { functionError: 'Unhandled' as const } : {}),
      executedVersion: '$LATEST',
      logTail,
      traceHeader: traceHeader ?? untracedHeader(this.#deps.tools),
    };
  }
}
