/** The inputs of a Map Run's children, one after the other: read, selected, batched. */
import { Batch } from '../../../execution/batches.ts';
import type { MapRunCursor } from '../../../execution/maprun.ts';
import type { BatcherOrder } from '../../../execution/maprun-order.ts';
import type { Json } from '../../../ground/json.ts';
import type { ItemSource, SourceItem } from '../../items/source.ts';
import type { Subject } from './subject.ts';

export interface ChildInput {
  /** JSON text. */
  readonly input: string;
  /** How many items are in it. */
  readonly items: number;
  /** Where the reader goes on after it. */
  readonly position: Json;
}

interface InputsOptions {
  readonly subject: Subject;
  readonly source: ItemSource;
  readonly batcher: BatcherOrder | undefined;
  /** Items to be taken altogether. */
  readonly itemsMax: number;
  /** Where to go on. */
  readonly cursor: MapRunCursor;
  /** What to wait for between two items of a batch; mostly nothing. */
  readonly othersTurn: () => Promise<void> | undefined;
}

export class Inputs {
  readonly #subject: Subject;
  readonly #slices: AsyncIterator<readonly SourceItem[]>;
  readonly #batch: Batch | undefined;
  readonly #itemsMax: number;
  readonly #othersTurn: InputsOptions['othersTurn'];
  #slice: readonly SourceItem[] = [];
  #at = 0;
  #index: number;
  #position: Json;
  /** An item that did not fit into the batch before. */
  #held: { readonly text: string; readonly position: Json } | undefined;

  constructor(options: InputsOptions) {
    const { subject, source, batcher, itemsMax, cursor } = options;
    this.#othersTurn = options.othersTurn;
    this.#subject = subject;
    this.#slices = source.read(cursor.position)[Symbol.asyncIterator]();
    this.#batch = batcher && new Batch(batcher, batcher.batchInput);
    this.#itemsMax = itemsMax;
    this.#index = cursor.items;
    this.#position = cursor.position;
  }

  /** Undefined at the end. Rejects with RunFailure, ItemsError or ObjectError. */
  async next(): Promise<ChildInput | undefined> {
    const next = this.#batch ? await this.#nextBatch(this.#batch) : await this.#nextItem();
    if (next) this.#subject.checkSize(next.input);
    return next;
  }

  /** Reads no more. */
  async close(): Promise<void> {
    await this.#slices.return?.();
  }

  async #nextItem(): Promise<ChildInput | undefined> {
    const found = this.#held ?? (await this.#read());
    this.#held = undefined;
    return found && { input: found.text, items: 1, position: found.position };
  }

  async #nextBatch(batch: Batch): Promise<ChildInput | undefined> {
    for (;;) {
      const item = this.#held ?? (await this.#read());
      this.#held = undefined;
      if (item && batch.add(item.text)) {
        this.#position = item.position;
        if (!batch.full) {
          const turn = this.#othersTurn();
          if (turn) await turn;
          continue;
        }
      } else {
        this.#held = item;
      }
      if (batch.length === 0) return undefined;
      const items = batch.length;
      return { input: batch.take(), items, position: this.#position };
    }
  }

  async #read(): Promise<{ text: string; position: Json } | undefined> {
    if (this.#index >= this.#itemsMax) return undefined;
    while (this.#at === this.#slice.length) {
      const { done, value } = await this.#slices.next();
      if (done) return undefined;
      this.#slice = value;
      this.#at = 0;
    }
    const { value, key, source, position } = this.#slice[this.#at++]!;
    const made = this.#subject.inputOf({ index: this.#index++, key, value, source });
    return { text: typeof made === 'string' ? made : await made, position };
  }
}
