/** The oracle of X-Ray's settings: a map. */
import type { XraySetting, XraySettings } from './store.ts';

export class MemoryXraySettings implements XraySettings {
  readonly #settings = new Map<string, XraySetting>();

  async all(): Promise<readonly XraySetting[]> {
    return [...this.#settings.values()];
  }

  async save(settings: readonly XraySetting[]): Promise<void> {
    for (const setting of settings) this.#settings.set(keyOf(setting), setting);
  }

  async remove(setting: Omit<XraySetting, 'body'>): Promise<void> {
    this.#settings.delete(keyOf(setting));
  }
}

function keyOf({ place, kind, name }: Omit<XraySetting, 'body'>): string {
  return JSON.stringify([place.account, place.region, kind, name]);
}
