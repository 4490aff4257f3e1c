/** What the Lambda service asks of the edge and of its neighbours. */
import type { Place } from '../../ground/arn.ts';
import type { Instant } from '../../ground/time.ts';

export interface StoredCode {
  /** Hexadecimal SHA-256 of the zip: its name in the store. */
  readonly hash: string;
  /** The same in base64. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Deployed code on disk. Faults are InvalidParameterValueException in AWS's wording. */
export interface CodeStore {
  /** Resolves once the unpacked code is durable. */
  put(zip: Uint8Array): Promise<StoredCode>;
  /** Folder of unpacked code. */
  dirOf(hash: string): string;
  /** URL of the zip, for GetFunction. */
  locationOf(hash: string): string;
  /** A folder of this machine; `fingerprint` changes whenever a file in it does. */
  folder(path: string): Promise<{ readonly dir: string; readonly fingerprint: string }>;
  /** Deletes all code but these. */
  keepOnly(hashes: readonly string[]): Promise<void>;
}

interface SampleRequest {
  readonly place: Place;
  readonly functionName: string;
  readonly functionArn: string;
  /** X-Amzn-Trace-Id of the caller. */
  readonly header: string | undefined;
}

export interface SampleDecision {
  readonly sampled: boolean;
  readonly traceId: string;
  /** The caller's subsegment. */
  readonly parentId?: string;
}

/** Decides whether a request is traced: the caller's decision, else the sampling setting's. */
export type Sample = (request: SampleRequest) => SampleDecision;

/** One attempt as metrics and the console see it. */
export interface InvocationFacts {
  readonly place: Place;
  readonly functionName: string;
  readonly requestId: string;
  readonly type: 'RequestResponse' | 'Event';
  readonly at: Instant;
  readonly result: 'success' | 'error' | 'throttle';
  /** Milliseconds in the handler, and of the initialization where there was one. */
  readonly durationMs?: number;
  readonly initMs?: number;
  readonly maxMemoryMb?: number;
  /** In flight of this function, this one included. */
  readonly concurrency?: number;
  readonly traceId?: string;
}
