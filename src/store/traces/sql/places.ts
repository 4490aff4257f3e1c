/** Accounts and regions are small numbers inside, so that every row and index entry is short. */
import { type Place, placeKey } from '../../../ground/arn.ts';
import type { Database, Statement } from '../../database.ts';

export class PlaceNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #stored = new Set<number>();

  async load(database: Database): Promise<void> {
    for (const row of await database.read('SELECT id, account, region FROM trace_places', [])) {
      const { account, region } = row as unknown as Place;
      this.#numbers.set(placeKey({ account, region }), row.id as number);
      this.#stored.add(row.id as number);
    }
  }

  known(place: Place): number | undefined {
    return this.#numbers.get(placeKey(place));
  }

  /** The number; one that is not stored yet is stored by the statement that is added. */
  numberOf(place: Place, statements: Statement[]): number {
    const number = this.known(place) ?? this.#numbers.size + 1;
    this.#numbers.set(placeKey(place), number);
    if (!this.#stored.has(number)) {
      statements.push({
        sql: `INSERT INTO trace_places (id, account, region) VALUES ($1, $2, $3)
          ON CONFLICT (id) DO NOTHING`,
        params: [number, place.account, place.region],
      });
    }
    return number;
  }

  /** The statements that were added are written. */
  stored(number: number): void {
    this.#stored.add(number);
  }
}
