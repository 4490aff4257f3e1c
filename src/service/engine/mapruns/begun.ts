/** Children that were begun before a crash and may not be under the cursor: found, not made again. */
import type { ExecutionHead } from '../../../store/executions/store.ts';

export class BegunChildren {
  /** How many items each was given, by number. */
  readonly #items = new Map<number, number>();

  add(children: readonly ExecutionHead[]): void {
    for (const { mapItem } of children) this.#items.set(mapItem!.index, mapItem!.items);
  }

  has(index: number): boolean {
    return this.#items.has(index);
  }

  /** How many from this number on, without a gap, and how many items they have. */
  from(index: number): { readonly count: number; readonly items: number } {
    let items = 0;
    let end = index;
    for (; this.#items.has(end); end++) items += this.#items.get(end)!;
    return { count: end - index, items };
  }
}
