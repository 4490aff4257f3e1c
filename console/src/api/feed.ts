/**
 * The live feed as a small store: whether it is connected, and listeners by topic. One connection
 * per tab; following an execution's history opens it anew with that ARN.
 */
export type FeedTopic =
  | 'execution'
  | 'history'
  | 'machine'
  | 'trace'
  | 'log'
  | 'function'
  | 'resync';
export type FeedState = 'connecting' | 'live' | 'lost';

const TOPICS: readonly FeedTopic[] = [
  'execution',
  'history',
  'machine',
  'trace',
  'log',
  'function',
  'resync',
];

interface Notice {
  readonly key: string;
  readonly [member: string]: unknown;
}
type Listener = (topic: FeedTopic, notice: Notice) => void;

let source: EventSource | undefined;
let state: FeedState = 'connecting';
let following: string | undefined;
let everLive = false;
const listeners = new Set<Listener>();
const watchers = new Set<() => void>();

function setState(next: FeedState): void {
  if (next === state) return;
  state = next;
  for (const watcher of watchers) watcher();
}

function open(): void {
  source?.close();
  const query = following ? `?history=${encodeURIComponent(following)}` : '';
  const mine = new EventSource(`/_steplight/events${query}`);
  source = mine;
  mine.addEventListener('hello', () => {
    setState('live');
    // Whatever happened while nobody listened is not told again.
    if (everLive) tell('resync', { key: '' });
    everLive = true;
  });
  mine.addEventListener('error', () => {
    setState('lost');
    // The browser gives up for good after an HTTP error; a cut connection it repairs by itself.
    if (mine.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (source === mine) open();
      }, 2000);
    }
  });
  for (const topic of TOPICS) {
    mine.addEventListener(topic, (event) => {
      tell(topic, JSON.parse((event as MessageEvent<string>).data) as Notice);
    });
  }
}

function tell(topic: FeedTopic, notice: Notice): void {
  for (const listener of listeners) listener(topic, notice);
}

/**
 * Browsers allow six connections to a server for all tabs together: a tab that nobody looks at for
 * a while gives its one back, and catches up when it is looked at again.
 */
const HIDDEN_CLOSE_MS = 20_000;
let hiding: number | undefined;

function onVisibility(): void {
  window.clearTimeout(hiding);
  if (document.hidden) {
    hiding = window.setTimeout(() => {
      source?.close();
      source = undefined;
      setState('connecting');
    }, HIDDEN_CLOSE_MS);
  } else if (!source) {
    open();
  }
}

export function startFeed(): void {
  document.addEventListener('visibilitychange', onVisibility);
  if (!source && !document.hidden) open();
}

/** Follows one execution's history (undefined: none). */
export function follow(arn: string | undefined): void {
  if (arn === following) return;
  following = arn;
  if (source) open();
}

export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function watchFeedState(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function feedState(): FeedState {
  return state;
}
