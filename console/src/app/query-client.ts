/**
 * The cache of what was read, and how the live feed keeps it fresh: a notice marks the reads of its
 * topic as stale, at most once per interval however many notices come.
 */
import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/call.ts';
import { type FeedTopic, listen } from '../api/feed.ts';

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

/** First part of the query keys that a topic concerns, and the shortest time between two reads. */
const CONCERNS: Record<Exclude<FeedTopic, 'resync'>, { keys: string[]; everyMs: number }> = {
  execution: { keys: ['executions', 'execution', 'health'], everyMs: 700 },
  history: { keys: ['history', 'execution'], everyMs: 150 },
  machine: { keys: ['machines', 'machine'], everyMs: 500 },
  trace: { keys: ['traces', 'trace', 'map'], everyMs: 1500 },
  log: { keys: ['logs'], everyMs: 1000 },
  function: { keys: ['functions', 'function'], everyMs: 500 },
};

const TOPICS = Object.keys(CONCERNS) as (keyof typeof CONCERNS)[];

const due = new Map<FeedTopic, number>();
const lastRun = new Map<FeedTopic, number>();

/** A read under way may have seen the time before the notice: then we wait until it is done. */
function refresh(topic: Exclude<FeedTopic, 'resync'>): void {
  if (due.has(topic)) return;
  const { keys, everyMs } = CONCERNS[topic];
  const run = (): void => {
    if (keys.some((key) => queryClient.isFetching({ queryKey: [key] }) > 0)) {
      due.set(topic, window.setTimeout(run, 100));
      return;
    }
    due.delete(topic);
    lastRun.set(topic, performance.now());
    for (const key of keys) queryClient.invalidateQueries({ queryKey: [key] });
  };
  const wait = Math.max(0, (lastRun.get(topic) ?? 0) + everyMs - performance.now());
  due.set(topic, window.setTimeout(run, wait));
}

export function keepFresh(): () => void {
  return listen((topic) => {
    if (topic !== 'resync') refresh(topic);
    else for (const each of TOPICS) refresh(each);
  });
}
