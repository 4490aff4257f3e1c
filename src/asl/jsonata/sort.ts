/**
 * `$sort` with the outcome of the library's own, which copies what is left of a list for each item
 * of it: the same halves are merged with the same questions, without the copies.
 */
import type { Focus } from 'jsonata';
import { EvaluationError } from './errors.ts';
import { sessionOf } from './session.ts';

/** Whether the first stands behind the second; may answer later. */
type IsBehind = (a: unknown, b: unknown) => unknown;

/** Without a question: numbers or texts, in ascending order. */
export async function sort(this: Focus, items?: unknown[], isBehind?: IsBehind): Promise<unknown> {
  if (!items || items.length <= 1) return items;
  const { budget } = sessionOf(this.environment);
  budget.visit(items.length * Math.log2(items.length));
  return isBehind ? mergeSort(items, isBehind) : sortPlain(items);
}

function sortPlain(items: readonly unknown[]): unknown[] {
  if (items.every((item) => typeof item === 'number')) {
    const infinite = items.find((item) => !Number.isFinite(item));
    if (infinite !== undefined) throw new EvaluationError('D1001', '', infinite);
    return [...items].sort((a, b) => a - b);
  }
  if (items.every((item) => typeof item === 'string')) return [...items].sort();
  throw new EvaluationError('D3070', '');
}

async function mergeSort(items: unknown[], isBehind: IsBehind): Promise<unknown[]> {
  if (items.length <= 1) return items;
  const middle = Math.floor(items.length / 2);
  const left = await mergeSort(items.slice(0, middle), isBehind);
  const right = await mergeSort(items.slice(middle), isBehind);
  const merged: unknown[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    merged.push((await isBehind(left[l], right[r])) ? right[r++] : left[l++]);
  }
  while (l < left.length) merged.push(left[l++]);
  while (r < right.length) merged.push(right[r++]);
  return merged;
}
