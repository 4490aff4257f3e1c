/** What the main thread and the database threads tell each other. */
import { DatabaseError, type Row, type Value } from '../database.ts';
import type { Batch } from './batch.ts';
import type { ConnectionOptions } from './connection.ts';

/** An error as data: a class does not survive the way between threads. */
export interface Failure {
  readonly message: string;
  readonly code: string;
  readonly retryable: boolean;
}

export interface ReadRequest {
  readonly kind: 'read';
  readonly id: number;
  /** Which file; the writer has only its own. */
  readonly file: string | undefined;
  readonly sql: string;
  readonly params: readonly Value[];
}

export type Request =
  | { readonly kind: 'open'; readonly options: ConnectionOptions }
  | ({ readonly kind: 'batch' } & Batch)
  | ReadRequest
  | { readonly kind: 'close' };

export type Reply =
  | { readonly kind: 'opened'; readonly failure: Failure | undefined }
  | {
      readonly kind: 'batch';
      readonly buffer: ArrayBuffer;
      /** By position in the batch; whoever is missing went well. */
      readonly exceptions: readonly (readonly [number, 'conflict' | Failure])[];
      /** The transaction as a whole failed. */
      readonly failure: Failure | undefined;
    }
  | {
      readonly kind: 'rows';
      readonly id: number;
      readonly rows: readonly Row[];
      readonly failure: Failure | undefined;
    };

export function toFailure(error: unknown): Failure {
  if (error instanceof DatabaseError) {
    const { message, code, retryable } = error;
    return { message, code, retryable };
  }
  return { message: String(error), code: 'UNKNOWN', retryable: false };
}

export function toError(failure: Failure): DatabaseError {
  return new DatabaseError(failure.message, failure.code, failure.retryable);
}
