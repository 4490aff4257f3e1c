/**
 * What the graph shows of each state: the entries that belong to it, under the chosen iterations of
 * the Map states around it, folded into one status.
 */
import { groupBy } from '../../../src/ground/group.ts';
import type { StateEntry, StateStatus } from './history.ts';

export interface StateSummary {
  readonly name: string;
  readonly status: StateStatus;
  /** In order of entry. */
  readonly entries: readonly StateEntry[];
  readonly counts: Readonly<Partial<Record<StateStatus, number>>>;
  readonly attempts: number;
  /** Milliseconds of the longest entry. */
  readonly durationMs: number;
}

/** Chosen iteration by the name of the Map state; absent = all. */
export type Iterations = ReadonlyMap<string, number>;

/** The worst thing going on comes first. */
const ORDER: readonly StateStatus[] = [
  'running',
  'retrying',
  'waiting',
  'failed',
  'timedOut',
  'caught',
  'aborted',
  'succeeded',
];

export function summarise(
  entries: readonly StateEntry[],
  iterations: Iterations,
  now: number,
): Map<string, StateSummary> {
  const chosen = entries.filter((entry) => isChosen(entry, iterations));
  const groups = groupBy(chosen, (entry) => entry.name);
  return new Map([...groups].map(([name, group]) => [name, summariseGroup(name, group, now)]));
}

/** True where every Map around the entry has no choice made, or just this iteration chosen. */
export function isChosen(entry: StateEntry, iterations: Iterations): boolean {
  for (let at: StateEntry | undefined = entry; at?.parent; at = at.parent) {
    const chosen = at.iteration === undefined ? undefined : iterations.get(at.parent.name);
    if (chosen !== undefined && chosen !== at.iteration) return false;
  }
  return true;
}

function summariseGroup(name: string, entries: readonly StateEntry[], now: number): StateSummary {
  const counts: Partial<Record<StateStatus, number>> = {};
  for (const { status } of entries) counts[status] = (counts[status] ?? 0) + 1;
  // Entered again one after the other (a loop): the last time counts. Side by side: the worst does.
  const isLoop = entries.every((entry) => entry.iteration === undefined && !entry.parent);
  const status = isLoop ? entries.at(-1)!.status : ORDER.find((one) => counts[one])!;
  return {
    name,
    status,
    entries,
    counts,
    attempts: Math.max(...entries.map((entry) => entry.attempts.length)),
    durationMs: Math.max(...entries.map((entry) => (entry.exitedAt ?? now) - entry.enteredAt)),
  };
}

/** The iterations that a Map has run, with the worst status inside each. */
export function iterationsOf(
  map: string,
  entries: readonly StateEntry[],
): { index: number; status: StateStatus }[] {
  const worst = new Map<number, StateStatus>();
  for (const entry of entries) {
    for (let at: StateEntry | undefined = entry; at?.parent; at = at.parent) {
      if (at.iteration === undefined || at.parent.name !== map) continue;
      const known = worst.get(at.iteration);
      if (!known || ORDER.indexOf(entry.status) < ORDER.indexOf(known)) {
        worst.set(at.iteration, entry.status);
      }
    }
  }
  return [...worst].map(([index, status]) => ({ index, status })).sort((a, b) => a.index - b.index);
}

const BROKEN: ReadonlySet<StateStatus> = new Set(['failed', 'timedOut', 'aborted']);

export function isBroken(status: StateStatus): boolean {
  return BROKEN.has(status);
}
