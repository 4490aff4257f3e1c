/** What users configure in X-Ray, as JSON texts by kind and name. An acknowledged change is durable. */
import type { Place } from '../../ground/arn.ts';
import type { Database } from '../database.ts';

export type XraySettingKind = 'rule' | 'rulesModified' | 'group' | 'encryption' | 'tags';

export interface XraySetting {
  readonly place: Place;
  readonly kind: XraySettingKind;
  readonly name: string;
  readonly body: string;
}

export interface XraySettings {
  all(): Promise<readonly XraySetting[]>;
  /** Inserts or replaces all of them, or none. */
  save(settings: readonly XraySetting[]): Promise<void>;
  remove(setting: Omit<XraySetting, 'body'>): Promise<void>;
}

export class SqlXraySettings implements XraySettings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(): Promise<readonly XraySetting[]> {
    const rows = await this.#database.read(
      'SELECT account, region, kind, name, body FROM xray_settings',
      [],
    );
    return rows.map((row) => ({
      place: { account: row.account as string, region: row.region as string },
      kind: row.kind as XraySettingKind,
      name: row.name as string,
      body: row.body as string,
    }));
  }

  async save(settings: readonly XraySetting[]): Promise<void> {
    const statements = settings.map(({ place, kind, name, body }) => ({
      sql: `INSERT INTO xray_settings (account, region, kind, name, body)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account, region, kind, name) DO UPDATE SET body = excluded.body`,
      params: [place.account, place.region, kind, name, body],
    }));
    await this.#database.write({ guards: 0, statements });
  }

  async remove({ place, kind, name }: Omit<XraySetting, 'body'>): Promise<void> {
    const sql = `DELETE FROM xray_settings
      WHERE account = $1 AND region = $2 AND kind = $3 AND name = $4`;
    const params = [place.account, place.region, kind, name];
    await this.#database.write({ guards: 0, statements: [{ sql, params }] });
  }
}

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
