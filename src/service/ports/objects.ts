/** Objects in buckets, as distributed Maps read and write them. */
import type { Instant } from '../../ground/time.ts';

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
