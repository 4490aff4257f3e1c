/**
 * Items of a distributed Map, wherever they come from: slices in order, each item with the position
 * to go on from after it. A position is the source's own business, is stored with the Map Run, and
 * null is the beginning.
 */
import type { Json } from '../../ground/json.ts';

export interface SourceItem {
  readonly value: Json;
  /** Where the items are the members of an object. */
  readonly key?: string;
  /** `$$.Map.Item.Source`; absent = the state's data. */
  readonly source?: string;
  /** Where the next item is. */
  readonly position: Json;
}

export interface ItemSource {
  /** Throws ItemsError and ObjectError. */
  read(position: Json): AsyncIterable<readonly SourceItem[]>;
}

/** The data are not what the reader was told; the message is the cause of States.ItemReaderFailed. */
export class ItemsError extends Error {
  override name = 'ItemsError';
}

/** An item larger than this is refused. Source: developer guide, quotas of distributed Maps. */
export const ITEM_BYTES_MAX = 8 * 1024 * 1024;
