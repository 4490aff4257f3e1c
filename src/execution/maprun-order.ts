/** What a distributed Map asks of its Map Run: the notes of its records, stored with them. */
import type { JsonObject } from '../ground/json.ts';

/** What a distributed Map asks for; every expression in it is evaluated. */
export interface MapRunOrder {
  readonly arn: string;
  readonly label: string;
  readonly stateName: string;
  readonly executionType: 'STANDARD' | 'EXPRESS';
  /** 0 leaves it to the service. */
  readonly maxConcurrency: number;
  readonly toleratedFailureCount?: number;
  readonly toleratedFailurePercentage?: number;
  /** Number of the items in the state's own data; absent where a reader finds them. */
  readonly total?: number;
  readonly reader?: ReaderOrder;
  readonly batcher?: BatcherOrder;
  readonly writer?: WriterOrder;
}

export interface ReaderOrder {
  readonly action: 'getObject' | 'listObjectsV2';
  readonly parameters: JsonObject;
  /** ReaderConfig without MaxItems. */
  readonly config: JsonObject;
  readonly maxItems?: number;
}

export interface BatcherOrder {
  readonly itemsMax?: number;
  readonly bytesMax?: number;
  /** JSON text. */
  readonly batchInput?: string;
}

export interface WriterOrder {
  /** Absent where only the shape of the state's result is configured. */
  readonly target?: { readonly bucket: string; readonly prefix: string };
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

/** What a redriven execution asks for. */
export interface MapRunRedrive {
  readonly arn: string;
  readonly redriveCount: number;
}
