/**
 * What the services ask of the edge and of each other. The implementer imports downwards: the edge's
 * host implements FunctionHost, service/integrations implement Integration.
 */
import type { TaskOrder } from '../execution/effect.ts';
import type { HistoryRecord, ScopePath } from '../execution/record.ts';
import type { Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';
import type { ExecutionHead } from '../store/executions.ts';

/** A task attempt as an integration sees it. */
export interface TaskRun {
  readonly head: ExecutionHead;
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly order: TaskOrder;
  /** Value of the X-Amzn-Trace-Id header for downstream calls; undefined = nothing to send. */
  readonly traceHeader: string | undefined;
  /** Aborted when the attempt timed out, was cancelled or the server stops for good. */
  readonly abort: AbortSignal;
  /** To be called once when the work really begins (records …Started with its true time). */
  started(at: Instant): void;
  /** Where someone wants to see it: what an HTTP Task has sent and got. */
  exchanged?(exchange: HttpExchange): void;
}

/** One request of an HTTP Task and its answer. */
export interface HttpExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly HttpHeader[];
    readonly body?: string;
  };
  /** Absent where none came. */
  readonly response?: {
    readonly statusCode: number;
    readonly statusMessage: string;
    readonly headers: readonly HttpHeader[];
    readonly body?: string;
  };
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
  /** It came from a connection and not from the state. */
  readonly secret?: boolean;
}

/** Outputs are JSON texts. An outcome is a value: `run` never throws. */
export type TaskOutcome =
  | { readonly type: 'Succeeded'; readonly output: string }
  | { readonly type: 'Failed'; readonly error?: string; readonly cause?: string }
  /** Accepted; the answer comes later by token or child. */
  | { readonly type: 'Submitted'; readonly output: string };

/** Owns one kind of resource. Honours `abort`. */
export interface Integration {
  matches(resource: string): boolean;
  /** What to do with an attempt whose process died. `rerun` only where a repeat is harmless. */
  readonly onLost: 'fail' | 'rerun';
  run(task: TaskRun): Promise<TaskOutcome>;
  /** The answer of a task whose child execution has ended; only where `run` starts children. */
  childEnded?(order: TaskOrder, child: ExecutionHead): TaskOutcome;
  /** The attempt is void while its submitted work goes on elsewhere: stops that, best effort. */
  abandon?(head: ExecutionHead, scope: ScopePath, attempt: number, order: TaskOrder): void;
}

/** Sees every commit's records once, after the commit; at boot heads behind are shown again. */
export interface Projector {
  /** Which executions it must not miss a record of; absent = all. */
  wants?(head: ExecutionHead): boolean;
  project(head: ExecutionHead, records: readonly HistoryRecord[]): void | Promise<void>;
}

/** Where everything that we emit ourselves as X-Ray segment documents goes; never drops. */
export interface TraceRecorder {
  record(place: { account: string; region: string }, documents: readonly Json[]): Promise<void>;
}

export interface LogEvent {
  readonly at: Instant;
  readonly message: string;
}

/** Takes log events at once and writes them soon; never blocks, makes group and stream as needed. */
export interface LogSink {
  append(
    place: { account: string; region: string },
    group: string,
    stream: string,
    events: readonly LogEvent[],
  ): void;
}

/** An object in a bucket. */
export interface ObjectRef {
  /** Of whoever asks. */
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly expectedBucketOwner?: string;
}

export interface ObjectSummary {
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Instant;
  /** With its quotation marks. */
  readonly etag: string;
}

/** S3 said no; code and message are S3's. */
export class ObjectError extends Error {
  override name = 'ObjectError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Where distributed Maps read their items and write their results. Rejects with ObjectError. */
export interface ObjectStore {
  sizeOf(ref: ObjectRef): Promise<number>;
  /** The object's bytes from `from` on. */
  getObject(ref: ObjectRef, from: number): AsyncIterable<Uint8Array>;
  /** Bytes from `start` up to, not including, `end`. */
  getRange(ref: ObjectRef, start: number, end: number): Promise<Uint8Array>;
  /** Objects whose key begins with `prefix` and comes after `after`, in the order of UTF-8 bytes. */
  listObjects(
    place: Omit<ObjectRef, 'key' | 'versionId'>,
    prefix: string,
    after: string,
  ): Promise<{ readonly objects: readonly ObjectSummary[]; readonly more: boolean }>;
  /** Replaces the object, as a whole or not at all. */
  putObject(
    ref: ObjectRef,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly sizeBytes: number }>;
}

/** What a function's process needs to be started with. */
export interface FunctionVersion {
  readonly arn: string;
  readonly name: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly account: string;
  readonly region: string;
  readonly runtime: string;
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder with the unpacked code. */
  readonly codeDir: string;
  /** Changes whenever processes of the old one must not serve new invocations. */
  readonly revision: string;
  readonly logGroup: string;
  readonly tracing: 'Active' | 'PassThrough';
}

export interface InvokeRequest {
  readonly requestId: string;
  readonly payload: Uint8Array;
  /** X-Amzn-Trace-Id value handed to the function. */
  readonly traceHeader: string | undefined;
  readonly clientContext: string | undefined;
  /** The ARN as the caller named it (with its qualifier); default the version's own. */
  readonly invokedArn?: string;
  /** Names the function segment in the REPORT line; present where the invocation is traced. */
  readonly traced?: { readonly traceId: string; readonly segmentId: string };
  readonly abort: AbortSignal;
}

/** Times of one invocation, for REPORT lines and segments. Instants; durations in ms. */
export interface InvokeTiming {
  /** Present on a cold start. */
  readonly init?: { readonly start: Instant; readonly end: Instant };
  readonly start: Instant;
  readonly end: Instant;
  readonly maxMemoryMb: number;
}

export type InvokeOutcome =
  | { readonly type: 'Returned'; readonly payload: Uint8Array; readonly timing: InvokeTiming }
  /** The handler or the runtime failed; payload is the runtime's error JSON. */
  | {
      readonly type: 'Failed';
      readonly payload: Uint8Array;
      readonly timing: InvokeTiming;
      /** From the runtime's X-Ray error cause, where it sent one. */
      readonly xrayCause?: string;
      readonly kind: 'handler' | 'init' | 'timeout' | 'exit' | 'memory';
    };

export interface InvokeResult {
  readonly outcome: InvokeOutcome;
  /** The last 4 KiB of this invocation's log, START/END/REPORT lines included. */
  readonly logTail: string;
}

/** Runs functions as local processes. One sandbox handles one invocation at a time. */
export interface FunctionHost {
  invoke(version: FunctionVersion, request: InvokeRequest): Promise<InvokeResult>;
  /** Ends idle processes of other revisions of this function; busy ones end after their work. */
  retire(functionArn: string): void;
}
