/** What Lambda asks of the host that runs functions; the edge implements it. */
import type { Instant } from '../../ground/time.ts';

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
