/**
 * X-Ray's settings in memory, written through to the store: there are few of them, and sampling
 * decisions cannot wait for a disk.
 */
import { type Place, placeKey } from '../../ground/arn.ts';
import type {
  XraySetting,
  XraySettingKind,
  XraySettings,
} from '../../store/resources/xray-settings.ts';

export class SettingsCache {
  readonly #store: XraySettings;
  readonly #values = new Map<string, Map<string, unknown>>();

  private constructor(store: XraySettings) {
    this.#store = store;
  }

  static async load(store: XraySettings): Promise<SettingsCache> {
    const cache = new SettingsCache(store);
    for (const { place, kind, name, body } of await store.all()) {
      cache.#valuesOf(place, kind).set(name, JSON.parse(body));
    }
    return cache;
  }

  get<T>(place: Place, kind: XraySettingKind, name: string): T | undefined {
    return this.#valuesOf(place, kind).get(name) as T | undefined;
  }

  list<T>(place: Place, kind: XraySettingKind): T[] {
    return [...this.#valuesOf(place, kind).values()] as T[];
  }

  /** Durable when it resolves; seen from then on. */
  async save(
    place: Place,
    settings: readonly { kind: XraySettingKind; name: string; value: unknown }[],
  ): Promise<void> {
    const rows: XraySetting[] = settings.map(({ kind, name, value }) => ({
      place,
      kind,
      name,
      body: JSON.stringify(value),
    }));
    await this.#store.save(rows);
    for (const { kind, name, value } of settings) this.#valuesOf(place, kind).set(name, value);
  }

  async remove(place: Place, kind: XraySettingKind, name: string): Promise<void> {
    await this.#store.remove({ place, kind, name });
    this.#valuesOf(place, kind).delete(name);
  }

  #valuesOf(place: Place, kind: XraySettingKind): Map<string, unknown> {
    const key = `${placeKey(place)} ${kind}`;
    let values = this.#values.get(key);
    if (!values) {
      values = new Map();
      this.#values.set(key, values);
    }
    return values;
  }
}
