/**
 * What Lambda sends to X-Ray about an invocation: a service segment (`AWS::Lambda`) for the request
 * and a function segment (`AWS::Lambda::Function`) for each attempt. Shapes and flags: recorded
 * traces of Lambda; ids come from the request id, so that the same facts give the same documents.
 */
import { functionArn, type Place } from '../ground/arn.ts';
import {
  fitsBytes,
  isObject,
  type Json,
  type JsonObject,
  printJson,
  tryParseJson,
} from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';

/** Who is traced, and where in which trace. */
export interface TracedRequest {
  readonly requestId: string;
  readonly traceId: string;
  /** The caller's subsegment. */
  readonly parentId: string | undefined;
  readonly place: Place;
  readonly functionName: string;
  /** Version or alias of a qualified invocation. */
  readonly qualifier: string | undefined;
  readonly logGroup: string;
  /** When the request came in. */
  readonly received: Instant;
}

/** One run of the handler. Instants may have fractions. */
export interface AttemptFacts {
  /** From 1. */
  readonly number: number;
  readonly init?: { readonly start: Instant; readonly end: Instant };
  /** When the process got the event and when its answer was there. */
  readonly start: Instant;
  readonly end: Instant;
  /** When everything about the attempt was done. */
  readonly settled: Instant;
  readonly failure?: AttemptFailure;
}

interface AttemptFailure {
  readonly kind: 'handler' | 'init' | 'timeout' | 'exit' | 'memory';
  /** The error JSON that the caller gets. */
  readonly payload: string;
  /** The cause document that the runtime sent for X-Ray. */
  readonly xrayCause?: string;
}

/** An asynchronous invocation's attempt as its service segment remembers it. */
export interface AttemptSummary {
  readonly start: Instant;
  readonly end: Instant;
  readonly status: number;
  readonly failed: boolean;
}

const CAUSE_BYTES_MAX = 24_000;
const CUT_MESSAGE_MAX = 2_000;
const CUT_TEXT_MAX = 200;
const CUT_FRAMES_MAX = 20;

type Digest = (text: string) => string;

/** Ids of one attempt; `invocation` is what the function sees as its Parent. */
export interface AttemptIds {
  readonly attempt: string;
  readonly function: string;
  readonly init: string;
  readonly invocation: string;
  readonly overhead: string;
}

/** @param digest lower-case hexadecimal SHA-256 */
export function attemptIds(requestId: string, attempt: number, digest: Digest): AttemptIds {
  const id = (part: string): string => digest(`${requestId}/${attempt}/${part}`).slice(0, 16);
  return {
    attempt: id('attempt'),
    function: id('function'),
    init: id('init'),
    invocation: id('invocation'),
    overhead: id('overhead'),
  };
}

export const serviceSegmentId = (requestId: string, digest: Digest): string =>
  digest(`${requestId}/service`).slice(0, 16);

/** The service segment of a synchronous request. `status` 429 is a throttled one. */
export function syncServiceSegment(
  request: TracedRequest,
  end: Instant,
  status: number,
  failed: boolean,
  digest: Digest,
): JsonObject {
  return {
    ...serviceHead(request, end, digest),
    http: { response: { status } },
    ...flags(status, failed),
    ...serviceTail(request),
  };
}

/**
 * The service segment of an asynchronous request: its times cover the enqueueing alone, its
 * subsegments outlive it. Sent again, with more of them, after each attempt.
 */
export function asyncServiceSegment(
  request: TracedRequest,
  enqueued: Instant,
  attempts: readonly AttemptSummary[],
  digest: Digest,
): JsonObject {
  const first = attempts[0];
  const subsegments: Json[] = first
    ? [
        {
          id: digest(`${request.requestId}/dwell`).slice(0, 16),
          name: 'Dwell Time',
          start_time: wholeMs(request.received),
          end_time: wholeMs(first.start),
        },
      ]
    : [];
  attempts.forEach((attempt, index) => {
    subsegments.push({
      id: attemptIds(request.requestId, index + 1, digest).attempt,
      name: `Attempt #${index + 1}`,
      start_time: wholeMs(attempt.start),
      end_time: wholeMs(attempt.end),
      http: { response: { status: attempt.status } },
      ...flags(attempt.status, attempt.failed),
    });
  });
  return {
    ...serviceHead(request, enqueued, digest),
    http: { response: { status: 202 } },
    ...serviceTail(request),
    ...(subsegments.length > 0 ? { subsegments } : {}),
  };
}

/** The function segment of one attempt. `asynchronous`: it hangs under its `Attempt #n`. */
export function functionSegment(
  request: TracedRequest,
  facts: AttemptFacts,
  asynchronous: boolean,
  digest: Digest,
): JsonObject {
  const ids = attemptIds(request.requestId, facts.number, digest);
  const arn = arnOf(request);
  const aws = { function_arn: arn };
  const failed = facts.failure !== undefined;
  const cause = facts.failure ? causeOf(facts.failure, ids, digest) : undefined;
  const initFailed = facts.failure?.kind === 'init';
  const subsegments: Json[] = [];
  if (facts.init) {
    subsegments.push({
      id: ids.init,
      name: 'Initialization',
      start_time: seconds(facts.init.start),
      end_time: seconds(facts.init.end),
      aws,
      ...(initFailed && cause ? { error: true, cause } : {}),
    });
  }
  if (!initFailed) {
    subsegments.push({
      id: ids.invocation,
      name: 'Invocation',
      start_time: seconds(facts.start),
      end_time: seconds(facts.end),
      aws,
      ...(failed && cause ? { error: true, cause } : {}),
    });
  }
  subsegments.push({
    id: ids.overhead,
    name: 'Overhead',
    start_time: seconds(facts.end),
    end_time: seconds(Math.max(facts.end, facts.settled)),
    aws,
  });
  return {
    id: ids.function,
    name: request.functionName,
    start_time: seconds(facts.start),
    end_time: seconds(Math.max(facts.end, facts.settled)),
    trace_id: request.traceId,
    parent_id: asynchronous ? ids.attempt : serviceSegmentId(request.requestId, digest),
    ...(failed ? { error: true, cause: cause! } : {}),
    aws: {
      account_id: request.place.account,
      function_arn: arn,
      cloudwatch_logs: [{ log_group: request.logGroup }],
      resource_names: [request.functionName],
    },
    origin: 'AWS::Lambda::Function',
    subsegments,
  };
}

function serviceHead(request: TracedRequest, end: Instant, digest: Digest): JsonObject {
  return {
    id: serviceSegmentId(request.requestId, digest),
    name: request.functionName,
    start_time: wholeMs(request.received),
    end_time: Math.max(wholeMs(request.received), wholeMs(end)),
    trace_id: request.traceId,
    ...(request.parentId ? { parent_id: request.parentId } : {}),
  };
}

const serviceTail = (request: TracedRequest): JsonObject => ({
  aws: { request_id: request.requestId },
  origin: 'AWS::Lambda',
  resource_arn: arnOf(request),
});

function arnOf(request: TracedRequest): string {
  const arn = functionArn(request.place, request.functionName);
  return request.qualifier === undefined ? arn : `${arn}:${request.qualifier}`;
}

function flags(status: number, failed: boolean): JsonObject {
  if (status === 429) return { throttle: true, error: true };
  if (status >= 500) return { fault: true };
  return failed || status >= 400 ? { error: true } : {};
}

/** X-Ray's seconds: the service segment in whole milliseconds, the function segment finer. */
const wholeMs = (at: Instant): number => Math.round(at) / 1000;
const seconds = (at: Instant): number => Math.round(at * 1000) / 1_000_000;

/** The runtime's own cause, else one made of the error payload. Exceptions get ids of their own. */
function causeOf(failure: AttemptFailure, ids: AttemptIds, digest: Digest): JsonObject {
  const sent = failure.xrayCause === undefined ? undefined : tryParseJson(failure.xrayCause);
  const cause = fitting(isObject(sent) ? sent : causeOfPayload(failure.payload));
  const exceptions = Array.isArray(cause.exceptions) ? cause.exceptions : [];
  return {
    ...cause,
    exceptions: exceptions.filter(isObject).map((exception, index) => ({
      id: digest(`${ids.function}/exception/${index}`).slice(0, 16),
      ...exception,
    })),
  };
}

/** The cause stands twice in a document that X-Ray takes up to 64 KB of: large ones lose their tail. */
function fitting(cause: JsonObject): JsonObject {
  if (fitsBytes(printJson(cause), CAUSE_BYTES_MAX)) return cause;
  const [first] = Array.isArray(cause.exceptions) ? cause.exceptions.filter(isObject) : [];
  const stack = first && Array.isArray(first.stack) ? first.stack : [];
  return {
    message: cut(cause.message, CUT_MESSAGE_MAX),
    exceptions: [
      {
        type: cut(first?.type, CUT_TEXT_MAX),
        message: cut(first?.message, CUT_MESSAGE_MAX),
        stack: stack
          .slice(0, CUT_FRAMES_MAX)
          .filter(isObject)
          .map((frame) => ({
            path: cut(frame.path, CUT_TEXT_MAX),
            line: typeof frame.line === 'number' ? frame.line : 0,
            label: cut(frame.label, CUT_TEXT_MAX),
          })),
        truncated: Math.max(0, stack.length - CUT_FRAMES_MAX),
      },
    ],
  };
}

const cut = (value: Json | undefined, lengthMax: number): string =>
  typeof value === 'string' ? value.slice(0, lengthMax) : '';

function causeOfPayload(payload: string): JsonObject {
  const error = tryParseJson(payload);
  if (!isObject(error)) return { message: payload, exceptions: [{ message: payload }] };
  const message = typeof error.errorMessage === 'string' ? error.errorMessage : payload;
  const type = typeof error.errorType === 'string' ? error.errorType : 'Error';
  return { message, exceptions: [{ type, message }] };
}
