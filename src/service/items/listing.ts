/**
 * listObjectsV2: the objects of a bucket themselves (recorded shape), or, with LOAD_AND_FLATTEN,
 * the items of all of them.
 */
import type { Json, JsonObject } from '../../ground/json.ts';
import type { ObjectRef, ObjectStore, ObjectSummary } from '../ports/objects.ts';
import type { ItemSource, SourceItem } from './source.ts';

export interface Listed {
  readonly place: Omit<ObjectRef, 'key' | 'versionId'>;
  readonly prefix: string;
}

async function* pages(
  objects: ObjectStore,
  { place, prefix }: Listed,
  from: string,
): AsyncGenerator<readonly ObjectSummary[]> {
  let after = from;
  for (;;) {
    const page = await objects.listObjects(place, prefix, after);
    if (page.objects.length > 0) yield page.objects;
    if (!page.more) return;
    after = page.objects.at(-1)!.key;
  }
}

/** The position is the key of the last object. */
export function listedObjects(objects: ObjectStore, listed: Listed): ItemSource {
  return {
    async *read(position) {
      const source = `S3://${listed.place.bucket}`;
      for await (const page of pages(objects, listed, (position as string | null) ?? '')) {
        yield page.map((one) => ({ value: itemOf(one), source, position: one.key }));
      }
    },
  };
}

function itemOf({ etag, modifiedAt, key, sizeBytes }: ObjectSummary): JsonObject {
  return {
    Etag: etag,
    LastModified: Math.floor(modifiedAt / 1000),
    Key: key,
    Size: sizeBytes,
    StorageClass: 'STANDARD',
  };
}

/** `[after, key, inner]`: objects up to `after` are through, the one of `key` is up to `inner`. */
type Position = readonly [string, string, Json];

/** Placeholders of folders have nothing in them. */
export function listedContents(
  objects: ObjectStore,
  listed: Listed,
  open: (ref: ObjectRef) => ItemSource,
): ItemSource {
  return {
    async *read(position) {
      const [begin, midway, inner] = (position as Position | null) ?? ['', undefined, null];
      let after = begin;
      for await (const page of pages(objects, listed, begin)) {
        for (const { key, sizeBytes } of page) {
          if (sizeBytes > 0) {
            const ref = { ...listed.place, key };
            yield* nested(open(ref), ref, key === midway ? inner : null, (at) => [after, key, at]);
          }
          after = key;
        }
      }
    },
  };
}

/** Items of one object among many. */
export async function* nested(
  source: ItemSource,
  { bucket, key }: ObjectRef,
  from: Json,
  positionOf: (inner: Json) => Json,
): AsyncGenerator<readonly SourceItem[]> {
  for await (const items of source.read(from)) {
    yield items.map((item) => ({
      ...item,
      source: `S3://${bucket}/${key}`,
      position: positionOf(item.position),
    }));
  }
}
