/**
 * Items of a Map grouped by its ItemBatcher: each batch is the input of one child. Rule: Step
 * Functions developer guide, "ItemBatcher".
 */
import { byteLength } from '../ground/json.ts';

export interface BatchLimits {
  readonly itemsMax?: number | undefined;
  /** Of the whole input of a child, in UTF-8 bytes. */
  readonly bytesMax?: number | undefined;
}

const CLOSE = ']}';

/** The batch under way. An item that is too large by itself has a batch of its own. */
export class Batch {
  readonly #itemsMax: number;
  readonly #bytesMax: number;
  readonly #open: string;
  readonly #frameBytes: number;
  #items: string[] = [];
  #bytes: number;

  /** @param batchInput JSON text; absent where the batcher declares none */
  constructor({ itemsMax, bytesMax }: BatchLimits, batchInput: string | undefined) {
    this.#itemsMax = itemsMax ?? Infinity;
    this.#bytesMax = bytesMax ?? Infinity;
    this.#open = batchInput === undefined ? '{"Items":[' : `{"BatchInput":${batchInput},"Items":[`;
    this.#frameBytes = byteLength(this.#open) + CLOSE.length;
    this.#bytes = this.#frameBytes;
  }

  /** Number of its items. */
  get length(): number {
    return this.#items.length;
  }

  /** True where no item fits any more, whatever its size. */
  get full(): boolean {
    return this.length >= this.#itemsMax;
  }

  /** False, with nothing added, where the item belongs to the next batch. JSON text. */
  add(item: string): boolean {
    const size = byteLength(item) + (this.length > 0 ? 1 : 0);
    if (this.length > 0 && (this.full || this.#bytes + size > this.#bytesMax)) return false;
    this.#bytes += size;
    this.#items.push(item);
    return true;
  }

  /** JSON text of the child's input; the next batch begins. */
  take(): string {
    const text = `${this.#open}${this.#items.join(',')}${CLOSE}`;
    this.#items = [];
    this.#bytes = this.#frameBytes;
    return text;
  }
}

/** JSON texts of the children's inputs. */
export function batchesOf(
  items: readonly string[],
  limits: BatchLimits,
  batchInput: string | undefined,
): string[] {
  const batches: string[] = [];
  const batch = new Batch(limits, batchInput);
  for (const item of items) {
    if (batch.add(item)) continue;
    batches.push(batch.take());
    batch.add(item);
  }
  if (batch.length > 0) batches.push(batch.take());
  return batches;
}
