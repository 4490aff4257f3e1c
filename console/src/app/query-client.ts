/**
 * The cache of what was read, and how the live feed keeps it fresh: a notice marks the reads of its
 * topic as stale, at most once per interval however many notices come.
 */
import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/call.ts';
import { listen } from '../api/feed.ts';
import type { LiveReads } from '../features/feature.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) =>
        !(error instanceof ApiError && error.status >= 400) && failures < 3,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5000),
    },
  },
});

const due = new Set<LiveReads>();
const lastRun = new Map<LiveReads, number>();

/** A read under way may have seen the time before the notice: then we wait until it is done. */
function refresh(reads: LiveReads): void {
  if (due.has(reads)) return;
  due.add(reads);
  const run = (): void => {
    if (reads.keys.some((key) => queryClient.isFetching({ queryKey: [key] }) > 0)) {
      setTimeout(run, 100);
      return;
    }
    due.delete(reads);
    lastRun.set(reads, performance.now());
    for (const key of reads.keys) queryClient.invalidateQueries({ queryKey: [key] });
  };
  const wait = (lastRun.get(reads) ?? 0) + reads.everyMs - performance.now();
  setTimeout(run, Math.max(0, wait));
}

/** Keeps these reads fresh; after a gap in the feed all of them are old. */
export function keepFresh(live: readonly LiveReads[]): void {
  listen((topic) => {
    for (const reads of live) {
      if (topic === 'resync' || topic === reads.topic) refresh(reads);
    }
  });
}
