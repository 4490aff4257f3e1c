/**
 * Items of a Map grouped by its ItemBatcher: each batch is the input of one child. Rule: Step
 * Functions developer guide, "ItemBatcher".
 */
import { byteLength } from '../ground/json.ts';

export interface BatchLimits {
  readonly itemsMax: number | undefined;
  /** Of the whole input of a child, in UTF-8 bytes. */
  readonly bytesMax: number | undefined;
}

/**
 * JSON texts of the children's inputs. An item that is too large by itself has a batch of its own.
 *
 * @param items JSON texts
 * @param batchInput JSON text; absent where the batcher declares none
 */
export function batchesOf(
  items: readonly string[],
  { itemsMax = Infinity, bytesMax = Infinity }: BatchLimits,
  batchInput: string | undefined,
): string[] {
  const open = batchInput === undefined ? '{"Items":[' : `{"BatchInput":${batchInput},"Items":[`;
  const frameBytes = byteLength(open) + CLOSE.length;
  const batches: string[] = [];
  let batch: string[] = [];
  let bytes = frameBytes;
  for (const item of items) {
    const size = byteLength(item);
    if (batch.length > 0 && (batch.length >= itemsMax || bytes + 1 + size > bytesMax)) {
      batches.push(`${open}${batch.join(',')}${CLOSE}`);
      batch = [];
      bytes = frameBytes;
    }
    bytes += size + (batch.length > 0 ? 1 : 0);
    batch.push(item);
  }
  if (batch.length > 0) batches.push(`${open}${batch.join(',')}${CLOSE}`);
  return batches;
}

const CLOSE = ']}';
