/**
 * Asynchronous invocations: stored before they are acknowledged, run when there is room, tried
 * again after errors (twice, as AWS does) and after throttling (for six hours). An attempt that was
 * running when a server died counts as a failed one: its outcome is unknown.
 */
import { arnOf, type FunctionRecord } from '../../function/config.ts';
import {
  ASYNC_EVENT_AGE_MS_MAX,
  ASYNC_RETRY_WAITS_MS,
  ASYNC_THROTTLE_WAIT_MS_MAX,
  ASYNC_THROTTLE_WAIT_MS_MIN,
} from '../../function/limits.ts';
import type { AttemptSummary } from '../../function/segments.ts';
import { Fault } from '../../ground/fault.ts';
import type { Logger } from '../../ground/log.ts';
import { Loop } from '../../ground/loop.ts';
import type { Instant } from '../../ground/time.ts';
import type { AsyncEvent, AsyncProgress, FunctionStore } from '../../store/functions/store.ts';
import type { Service } from '../lifecycle.ts';
import type { InvokeOutcome, InvokeResult } from '../ports/functions.ts';
import type { RetryingWrites } from '../retrying-writes.ts';
import { type AttemptDeps, attempt } from './attempt.ts';
import { isThrottle } from './faults.ts';
import { attemptFacts, type Tracer } from './tracer.ts';

export interface AsyncDeps extends AttemptDeps {
  readonly store: FunctionStore;
  readonly retryingWrites: RetryingWrites;
  readonly tracer: Tracer;
  readonly log: Logger;
  /** Of this node: tells its running attempts from those of others. Not 0. */
  readonly epoch: number;
  /** Epochs of the nodes that live, this one's among them; absent: it is the only one. */
  live?: (() => Promise<readonly number[]>) | undefined;
  /** Waits before the retries; default one and two minutes. */
  readonly retryWaitsMs?: readonly number[];
  /** Attempts of asynchronous events that run at a time; what is beyond waits in the store. */
  readonly runningMax?: number;
  /** How long `stop` waits for running attempts; default 5 s. */
  readonly drainMs?: number;
}

export interface NewEvent {
  readonly requestId: string;
  readonly qualifier: string | undefined;
  readonly payload: Uint8Array;
  readonly traceHeader: string | undefined;
}

const RUNNING_MAX = 100;
const DRAIN_MS = 5_000;
/** After a database error, or where the host takes nothing. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_RETRY_MS = [LOOK_AGAIN_MS, 60_000] as const;
const LOST_AT_ONCE = 100;
const OUTCOME = 'the outcome of an asynchronous invocation';

export class AsyncQueue implements Service {
  readonly #deps: AsyncDeps;
  readonly #retryWaitsMs: readonly number[];
  readonly #runningMax: number;
  readonly #running = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  #accepting = false;
  #recovered = false;
  readonly #look: Loop;
  /** Events wait in the store for a free place. */
  #behind = false;

  constructor(deps: AsyncDeps) {
    this.#deps = deps;
    this.#retryWaitsMs = deps.retryWaitsMs ?? ASYNC_RETRY_WAITS_MS;
    this.#runningMax = deps.runningMax ?? RUNNING_MAX;
    this.#look = new Loop({
      clock: deps.clock,
      turn: () => this.#lookForDue(),
      failed: (error) => this.#complain(error),
      retryMs: LOOK_RETRY_MS,
    });
  }

  /** Resolves once what is due has been looked for; where the store fails, that is tried again. */
  async start(): Promise<void> {
    if (this.#accepting) return;
    this.#accepting = true;
    this.#look.start();
    await this.#look.now();
  }

  /** Goes on with what nodes that are dead had to do. */
  async takeOver(): Promise<void> {
    this.#recovered = false;
    await this.#look.now();
  }

  /** Running attempts may end within bounds; what waits stays in the store. */
  async stop(): Promise<void> {
    this.#accepting = false;
    const looked = this.#look.stop();
    this.#abort.abort();
    await this.#drained();
    await looked;
  }

  async #drained(): Promise<void> {
    if (this.#running.size === 0) return;
    const { clock, drainMs = DRAIN_MS } = this.#deps;
    await new Promise<void>((resolve) => {
      const cancel = clock.wake(clock.now() + drainMs, resolve);
      void Promise.allSettled(this.#running.values()).then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Resolves once the event is durable: then it may be acknowledged. */
  async enqueue(record: FunctionRecord, input: NewEvent): Promise<void> {
    const { clock, tracer, store, epoch } = this.#deps;
    const now = clock.now();
    const { traceHeader } = input;
    const decision = tracer.decide(record, traceHeader);
    const room = this.#accepting && this.#running.size < this.#runningMax;
    const event: AsyncEvent = {
      requestId: input.requestId,
      place: record.place,
      functionName: record.name,
      qualifier: input.qualifier,
      payload: input.payload,
      receivedAt: now,
      due: now,
      epoch: room ? epoch : 0,
      progress: {
        ...(traceHeader === undefined ? {} : { traceHeader }),
        ...(decision ? { trace: decision } : {}),
        enqueuedAt: now,
        attempts: [],
        throttles: 0,
      },
    };
    await store.enqueue(event);
    const traced = tracer.request(record, event.requestId, event.qualifier, now, decision);
    if (traced) await tracer.recordAsync(traced, clock.now(), []);
    if (room) this.#run(event);
    else this.#behind = true;
  }

  #run(event: AsyncEvent): void {
    const { requestId } = event;
    const done = this.#attempt(event)
      .catch((error: unknown) => this.#complain(error, requestId))
      .then(() => {
        this.#running.delete(requestId);
        if (this.#behind && this.#accepting) this.#look.wake();
      });
    this.#running.set(requestId, done);
  }

  async #attempt(event: AsyncEvent): Promise<void> {
    const { functions, tracer, clock } = this.#deps;
    const { requestId, progress, qualifier } = event;
    const record = await functions.find(event.place, event.functionName);
    if (!record) return this.#finish(requestId);
    const number = progress.attempts.length + 1;
    const ids = tracer.ids(requestId, number);
    const traced = tracer.request(record, requestId, qualifier, event.receivedAt, progress.trace);
    const arn = arnOf(record);
    let result: InvokeResult;
    try {
      result = await attempt(this.#deps, {
        record,
        type: 'Event',
        request: {
          requestId,
          payload: event.payload,
          traceHeader: tracer.headerFor(progress.trace, progress.traceHeader, ids),
          clientContext: undefined,
          invokedArn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
          ...(traced ? { traced: { traceId: traced.traceId, segmentId: ids.function } } : {}),
          abort: this.#abort.signal,
        },
      });
    } catch (error) {
      if (this.#abort.signal.aborted || isOfHost(error)) {
        // It never began: it waits as if nothing had been.
        return this.#later(event, progress, clock.now() + LOOK_AGAIN_MS);
      }
      if (isThrottle(error)) return this.#throttled(event, record);
      result = failedToStart(error, clock.now());
    }
    const { outcome } = result;
    const settled = Math.max(clock.now(), outcome.timing.end);
    const failed = outcome.type === 'Failed';
    const summary = {
      start: outcome.timing.start,
      end: settled,
      status: failed ? 400 : 200,
      failed,
    };
    const attempts = [...progress.attempts, summary];
    if (traced) {
      const facts = attemptFacts(number, outcome, settled);
      await tracer.recordAsync(traced, progress.enqueuedAt, attempts, facts);
    }
    if (!failed) return this.#finish(requestId);
    await this.#failed(event, attempts, settled);
  }

  /** Tries again later, or gives up after the last retry. */
  async #failed(
    event: AsyncEvent,
    attempts: readonly AttemptSummary[],
    now: Instant,
  ): Promise<void> {
    const wait = this.#retryWaitsMs[attempts.length - 1];
    if (wait === undefined) return this.#finish(event.requestId);
    await this.#later(event, { ...event.progress, attempts }, now + wait);
  }

  async #throttled(event: AsyncEvent, record: FunctionRecord): Promise<void> {
    const now = this.#deps.clock.now();
    const tooOld = now - event.receivedAt >= ASYNC_EVENT_AGE_MS_MAX;
    if (record.reservedConcurrency === 0 || tooOld) return this.#finish(event.requestId);
    const throttles = event.progress.throttles + 1;
    const wait = ASYNC_THROTTLE_WAIT_MS_MIN * 2 ** Math.min(throttles - 1, 30);
    const due = now + Math.min(wait, ASYNC_THROTTLE_WAIT_MS_MAX);
    await this.#later(event, { ...event.progress, throttles }, due);
  }

  async #loseOrGiveBack(event: AsyncEvent): Promise<void> {
    const { store, epoch } = this.#deps;
    try {
      await this.#lose(event);
    } catch (error) {
      // To be found again.
      await store.own(event.requestId, event.epoch, epoch);
      throw error;
    }
  }

  async #lose(event: AsyncEvent): Promise<void> {
    const { clock, functions, tracer, log } = this.#deps;
    const now = clock.now();
    log.warn('an asynchronous invocation was running when the server ended', {
      requestId: event.requestId,
      functionName: event.functionName,
    });
    const summary = { start: Math.min(event.due, now), end: now, status: 500, failed: true };
    const attempts = [...event.progress.attempts, summary];
    const record = await functions.find(event.place, event.functionName);
    const traced =
      record &&
      tracer.request(
        record,
        event.requestId,
        event.qualifier,
        event.receivedAt,
        event.progress.trace,
      );
    if (traced) await tracer.recordAsync(traced, event.progress.enqueuedAt, attempts);
    await this.#failed(event, attempts, now);
  }

  async #later(event: AsyncEvent, progress: AsyncProgress, due: Instant): Promise<void> {
    const at = Math.ceil(due);
    const { retryingWrites, store } = this.#deps;
    await retryingWrites.write(OUTCOME, () => store.retry(event.requestId, at, progress));
    if (this.#accepting) this.#look.wake(at - this.#deps.clock.now());
  }

  #finish(requestId: string): Promise<void> {
    const { retryingWrites, store } = this.#deps;
    return retryingWrites.write(OUTCOME, () => store.finish(requestId));
  }

  /** Answers when to look again. */
  async #lookForDue(): Promise<number | undefined> {
    const { store, clock, epoch } = this.#deps;
    if (!this.#recovered) await this.#recover();
    const room = this.#runningMax - this.#running.size;
    this.#behind = room <= 0;
    if (!this.#accepting || room <= 0) return undefined;
    const due = await store.due(clock.now(), room);
    this.#behind = due.length === room;
    for (const event of due) {
      if (this.#accepting && (await store.own(event.requestId, epoch))) this.#run(event);
    }
    if (this.#behind) return undefined;
    const next = await store.nextDue();
    return next === undefined ? undefined : Math.max(next - clock.now(), 0);
  }

  /** What ran when its node died: each is taken up by one of those that find it. */
  async #recover(): Promise<void> {
    const { store, epoch, live } = this.#deps;
    for (;;) {
      const lost = await store.lost(live ? await live() : [epoch], LOST_AT_ONCE);
      for (const event of lost) {
        if (await store.own(event.requestId, epoch, event.epoch)) await this.#loseOrGiveBack(event);
      }
      if (lost.length === 0) break;
    }
    this.#recovered = true;
  }

  #complain(error: unknown, requestId?: string): void {
    const about = requestId === undefined ? {} : { requestId };
    this.#deps.log.error('asynchronous invocations', { ...about, error: String(error) });
  }
}

/** The host is not there yet, or not any more. */
const isOfHost = (error: unknown): boolean =>
  error instanceof Fault && error.code === 'ServiceException';

/** What the host could not even try is a failed attempt as well. */
function failedToStart(error: unknown, now: Instant): InvokeResult {
  const errorMessage = error instanceof Error ? error.message : String(error);
  const text = JSON.stringify({ errorType: 'Sandbox.Failure', errorMessage });
  const outcome: InvokeOutcome = {
    type: 'Failed',
    kind: 'exit',
    payload: new TextEncoder().encode(text),
    timing: { start: now, end: now, maxMemoryMb: 0 },
  };
  return { outcome, logTail: '' };
}
