/**
 * Configured things that have a name: the one store for all of them, whatever the service. What
 * grows with the load (items, messages, events) has tables of its own.
 *
 * A change that is acknowledged is durable. Names, kinds and services are in the order of their
 * UTF-8 bytes. Returned objects belong to the store and are not to be changed.
 */
import type { Place } from '../../ground/arn.ts';
import type { Json } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';

export interface ResourceKey {
  /** The region of what a service has once for an account is `aws-global`. */
  readonly place: Place;
  /** As the service is named in its model's file: `xray`. */
  readonly service: string;
  readonly kind: string;
  readonly name: string;
}

export interface Resource extends ResourceKey {
  readonly body: Json;
  readonly tags: Readonly<Record<string, string>>;
  /** Another one after each put; never the same twice, not even after a removal. */
  readonly revision: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Without `tags` it has none. */
export type NewResource = ResourceKey & Pick<Resource, 'body'> & Partial<Pick<Resource, 'tags'>>;

/** What must be there for a change: nothing, the thing at this revision, or whatever there is. */
export type Expected = 'new' | 'any' | { readonly revision: string };

export type ResourceChange =
  | { readonly put: NewResource; readonly expected: Expected }
  | { readonly remove: ResourceKey; readonly expected: Exclude<Expected, 'new'> };

export interface ResourcePage {
  readonly place: Place;
  readonly service: string;
  readonly kind: string;
  readonly prefix?: string | undefined;
  /** The name after which the page begins, in the order of the page. */
  readonly after?: string | undefined;
  readonly descending?: boolean;
  readonly limit: number;
}

export interface TagPage {
  readonly place: Place;
  readonly key: string;
  readonly value: string;
  readonly after?: Pick<ResourceKey, 'service' | 'kind' | 'name'> | undefined;
  readonly limit: number;
}

export interface ResourceNews {
  /** These are all that there are; else what has changed since the last news. */
  readonly complete: boolean;
  /** As they are now. */
  readonly changed: readonly Resource[];
  /** What is gone; a thing of that name among the changed ones has been made anew. */
  readonly removed: readonly ResourceKey[];
}

export interface ResourceStore {
  get(key: ResourceKey): Promise<Resource | undefined>;
  /** The new revision; nothing is written where the expectation does not hold. */
  put(resource: NewResource, expected: Expected): Promise<{ revision: string } | 'conflict'>;
  /** Never a conflict where anything is expected, also where there is nothing. */
  remove(key: ResourceKey, expected: Exclude<Expected, 'new'>): Promise<'ok' | 'conflict'>;
  /** All of them or none. No key may stand in it twice. */
  commit(changes: readonly ResourceChange[]): Promise<'ok' | 'conflict'>;
  /** At most `limit`, by name. */
  page(query: ResourcePage): Promise<readonly Resource[]>;
  /** At most `limit` of any service, by service, kind and name. */
  byTag(query: TagPage): Promise<readonly Resource[]>;
  /**
   * Tells of all that a service has, in all places, and from then on of every change: of this
   * store's own before they are acknowledged, of other processes' a little later. Resolves once the
   * first news has been told; the returned function ends it.
   */
  watch(service: string, listener: (news: ResourceNews) => void): Promise<() => void>;
  /** Tells the watchers of what was written as a part of another unit. */
  refresh(service: string): Promise<void>;
  /** Ends the watching; the database stays open. */
  close(): Promise<void>;
}
