/**
 * What users configure in X-Ray, in memory, as the store's watcher tells it: there is little of it,
 * and sampling decisions cannot wait for a disk. Other processes' changes come a little later.
 */
import { type Place, placeKey } from '../../ground/arn.ts';
import type { Json } from '../../ground/json.ts';
import type {
  Resource,
  ResourceChange,
  ResourceKey,
  ResourceNews,
  ResourceStore,
} from '../../store/resources/store.ts';
import type { Tags } from '../tags.ts';

export type SettingKind = 'rule' | 'rulesModified' | 'group' | 'encryption';

export interface Setting<T> {
  readonly value: T;
  readonly tags: Tags;
}

const SERVICE = 'xray';

export class SettingsCache {
  readonly #store: ResourceStore;
  readonly #resources = new Map<string, Map<string, Resource>>();

  private constructor(store: ResourceStore) {
    this.#store = store;
  }

  static async open(store: ResourceStore): Promise<SettingsCache> {
    const cache = new SettingsCache(store);
    await store.watch(SERVICE, (news) => cache.#hear(news));
    return cache;
  }

  get<T>(place: Place, kind: SettingKind, name: string): Setting<T> | undefined {
    const resource = this.#of(place, kind).get(name);
    return resource && settingOf<T>(resource);
  }

  list<T>(place: Place, kind: SettingKind): Setting<T>[] {
    return [...this.#of(place, kind).values()].map((one) => settingOf<T>(one));
  }

  /**
   * Makes, replaces or (answered undefined) removes a setting by what there is. `next` is asked
   * again where another change came first; `also` is changed with it. Durable when it resolves, and
   * seen from then on.
   */
  async change<T>(
    place: Place,
    kind: SettingKind,
    name: string,
    next: (old: Setting<T> | undefined) => Setting<T> | undefined,
    also: readonly ResourceChange[] = [],
  ): Promise<void> {
    const key = keyOf(place, kind, name);
    for (;;) {
      const there = this.#of(place, kind).get(name);
      const wanted = next(there && settingOf<T>(there));
      const change = changeOf(key, there, wanted);
      if (!change || (await this.#store.commit([change, ...also])) === 'ok') return;
      await this.#store.refresh(SERVICE);
    }
  }

  #hear({ complete, changed, removed }: ResourceNews): void {
    if (complete) this.#resources.clear();
    for (const { place, kind, name } of removed) this.#of(place, kind).delete(name);
    for (const one of changed) this.#of(one.place, one.kind).set(one.name, one);
  }

  #of(place: Place, kind: string): Map<string, Resource> {
    const key = `${placeKey(place)} ${kind}`;
    let resources = this.#resources.get(key);
    if (!resources) {
      resources = new Map();
      this.#resources.set(key, resources);
    }
    return resources;
  }
}

/** A setting that is put whatever there is, as a part of another change. */
export const putSetting = (
  place: Place,
  kind: SettingKind,
  name: string,
  value: unknown,
): ResourceChange => ({
  put: { ...keyOf(place, kind, name), body: value as Json },
  expected: 'any',
});

const keyOf = ({ account, region }: Place, kind: SettingKind, name: string): ResourceKey => ({
  place: { account, region },
  service: SERVICE,
  kind,
  name,
});

const settingOf = <T>({ body, tags }: Resource): Setting<T> => ({ value: body as T, tags });

function changeOf(
  key: ResourceKey,
  there: Resource | undefined,
  wanted: Setting<unknown> | undefined,
): ResourceChange | undefined {
  if (!wanted) return there && { remove: key, expected: there };
  const put = { ...key, body: wanted.value as Json, tags: wanted.tags };
  return { put, expected: there ?? 'new' };
}
