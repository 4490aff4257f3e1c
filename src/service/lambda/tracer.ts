/** The trace of an invocation: whether there is one, what the function is told, what X-Ray gets. */
import { arnOf, type FunctionRecord } from '../../function/config.ts';
import {
  type AttemptFacts,
  type AttemptIds,
  type AttemptSummary,
  asyncServiceSegment,
  attemptIds,
  functionSegment,
  syncServiceSegment,
  type TracedRequest,
} from '../../function/segments.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Tools } from '../../ground/tools.ts';
import { parseHeader, printHeader } from '../../trace/header.ts';
import type { InvokeOutcome } from '../ports/functions.ts';
import type { TraceRecorder } from '../ports/traces.ts';
import type { Sample, SampleDecision } from './ports.ts';

export interface TracerDeps {
  readonly recorder: TraceRecorder;
  readonly sample: Sample;
  /** True: every function is treated as if its tracing were Active. */
  readonly traceAll: boolean;
  readonly tools: Tools;
  readonly log: Logger;
}

/** Documents on their way to the recorder before invocations wait for it. */
const PENDING_MAX = 256;

export class Tracer {
  readonly #deps: TracerDeps;
  readonly #pending = new Set<Promise<void>>();
  readonly #digest: (text: string) => string;

  constructor(deps: TracerDeps) {
    this.#deps = deps;
    this.#digest = (text) => deps.tools.digest('SHA-256', text);
  }

  /** Undefined where the function's tracing is off: the header is passed on as it came. */
  decide(record: FunctionRecord, header: string | undefined): SampleDecision | undefined {
    if (record.config.tracing !== 'Active' && !this.#deps.traceAll) return undefined;
    const { place, name } = record;
    return this.#deps.sample({ place, functionName: name, functionArn: arnOf(record), header });
  }

  ids(requestId: string, attempt: number): AttemptIds {
    return attemptIds(requestId, attempt, this.#digest);
  }

  /** The function's own header: its Parent is the attempt's Invocation subsegment. */
  headerFor(
    decision: SampleDecision | undefined,
    header: string | undefined,
    ids: AttemptIds,
  ): string | undefined {
    if (!decision) return header;
    return printHeader({
      root: decision.traceId,
      parent: ids.invocation,
      sampled: decision.sampled ? '1' : '0',
      others: header === undefined ? [] : parseHeader(header).others,
    });
  }

  request(
    record: FunctionRecord,
    requestId: string,
    qualifier: string | undefined,
    received: Instant,
    decision: SampleDecision | undefined,
  ): TracedRequest | undefined {
    if (!decision?.sampled) return undefined;
    return {
      requestId,
      traceId: decision.traceId,
      parentId: decision.parentId,
      place: record.place,
      functionName: record.name,
      qualifier,
      logGroup: record.config.logging.group,
      received,
    };
  }

  /** Both segments of a synchronous invocation; without `attempt` it was throttled. */
  recordSync(request: TracedRequest, end: Instant, attempt?: AttemptFacts): Promise<void> {
    const failed = attempt?.failure !== undefined;
    const status = attempt ? 200 : 429;
    const documents = [syncServiceSegment(request, end, status, failed, this.#digest)];
    if (attempt) documents.push(functionSegment(request, attempt, false, this.#digest));
    return this.#record(request, documents);
  }

  /** The service segment as it is after these attempts, and the last one's function segment. */
  recordAsync(
    request: TracedRequest,
    enqueued: Instant,
    attempts: readonly AttemptSummary[],
    last?: AttemptFacts,
  ): Promise<void> {
    const documents = [asyncServiceSegment(request, enqueued, attempts, this.#digest)];
    if (last) documents.push(functionSegment(request, last, true, this.#digest));
    return this.#record(request, documents);
  }

  /** Resolves once everything is recorded. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Nobody waits for the recorder unless it is far behind. */
  async #record(request: TracedRequest, documents: JsonObject[]): Promise<void> {
    const { recorder, log } = this.#deps;
    const done: Promise<void> = recorder
      .record(request.place, documents)
      .catch((error: unknown) => {
        log.error('segments of an invocation were not recorded', {
          requestId: request.requestId,
          error: String(error),
        });
      })
      .then(() => {
        this.#pending.delete(done);
      });
    this.#pending.add(done);
    if (this.#pending.size > PENDING_MAX) await done;
  }
}

/** An outcome's facts for its segment. */
export function attemptFacts(
  number: number,
  outcome: InvokeOutcome,
  settled: Instant,
): AttemptFacts {
  const { timing } = outcome;
  const facts = {
    number,
    ...(timing.init ? { init: timing.init } : {}),
    start: timing.start,
    end: timing.end,
    settled,
  };
  if (outcome.type === 'Returned') return facts;
  const { kind, payload, xrayCause } = outcome;
  const text = new TextDecoder().decode(payload);
  return {
    ...facts,
    failure: { kind, payload: text, ...(xrayCause === undefined ? {} : { xrayCause }) },
  };
}
