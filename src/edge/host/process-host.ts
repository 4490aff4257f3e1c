/**
 * Runs functions as local processes: warm ones are used again (most recently used first), idle ones
 * end after a while, their number is bounded, and all of them die with this server.
 */
import { randomUUID } from 'node:crypto';
import { availableParallelism, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { INIT_TIMEOUT_MS } from '../../function/limits.ts';
import { Fault } from '../../ground/fault.ts';
import type { Service } from '../../service/lifecycle.ts';
import type {
  FunctionHost,
  FunctionVersion,
  InvokeRequest,
  InvokeResult,
} from '../../service/ports/functions.ts';
import type { LogSink } from '../../service/ports/logs.ts';
import type { LaunchSettings } from './launch.ts';
import { killStrays } from './leftover-processes.ts';
import { companionsMb } from './memory.ts';
import { ProcessBook } from './process-book.ts';
import { type Job, Sandbox, type SandboxHooks } from './sandbox.ts';

export interface ProcessHostOptions extends LaunchSettings {
  /** Folder of this server where the running process groups are recorded. */
  readonly dir: string;
  readonly logs: LogSink;
  /** Most processes at a time; default by the machine's memory. */
  readonly processesMax?: number;
  /** Processes that may be starting at a time; default by the number of processors. */
  readonly startsMax?: number;
  /** An unused process ends after this; default ten minutes. */
  readonly idleMs?: number;
  /** How long an initialization may take at first; default Lambda's 10 s. */
  readonly initMs?: number;
  /** How long `stop` waits for running invocations; default 5 s. */
  readonly stopMs?: number;
}

interface HostCounts {
  readonly processes: number;
  readonly busy: number;
  readonly queued: number;
}

export interface ProcessHost extends FunctionHost, Service {
  /** Processes started so far, and what they do now. */
  counts(): HostCounts;
}

const SAMPLE_MS = 100;
/** Weight of the newest value in a moving mean. */
const NEWEST = 0.2;
/** Nobody waits longer than this for processes that only seem to be quick. */
const PATIENCE_MS = 100;
/** The same where this server itself has no time left, so that more processes are of little use. */
const BUSY_PATIENCE_MS = 1_000;
const BUSY_UTILIZATION = 0.8;
/** Every so many samples the other processes of the groups are counted too. */
const COMPANIONS_EVERY = 10;
const MB = 1024 * 1024;

/** The processes of one version, and the invocations that wait for one. */
interface Pool {
  readonly version: FunctionVersion;
  readonly sandboxes: Set<Sandbox>;
  /** The most recently used is the last. */
  readonly idle: Sandbox[];
  starting: number;
  readonly queue: Waiting[];
  /** Moving mean of what an invocation takes; undefined before the first. */
  meanMs: number | undefined;
}

interface Waiting extends Job {
  /** On the monotonic clock. */
  readonly since: number;
}

export function processHost(options: ProcessHostOptions): ProcessHost {
  return new Host(options);
}

class Host implements ProcessHost {
  readonly #options: ProcessHostOptions;
  readonly #book: ProcessBook;
  readonly #processesMax: number;
  readonly #startsMax: number;
  readonly #idleMs: number;
  readonly #pools = new Map<string, Pool>();
  /** Pools whose queue is longer than the number of processes on their way. */
  readonly #hungry = new Set<Pool>();
  readonly #all = new Set<Sandbox>();
  /** Log streams of sandboxes that have ended since the last look for what they have left. */
  #over = new Set<string>();
  #starting = 0;
  /** Moving mean of what starting a process takes; the first guess is a quick one. */
  #startMs = 50;
  #utilization = performance.eventLoopUtilization();
  #accepting = false;
  #ticks = 0;
  #ticker: NodeJS.Timeout | undefined;
  #companions: ReadonlyMap<number, number> = new Map();
  #drained: (() => void) | undefined;

  constructor(options: ProcessHostOptions) {
    this.#options = options;
    this.#book = new ProcessBook(options.dir);
    this.#processesMax =
      options.processesMax ?? Math.min(256, Math.max(16, Math.floor(totalmem() / 2 / (64 * MB))));
    this.#startsMax = options.startsMax ?? 4 * availableParallelism();
    this.#idleMs = options.idleMs ?? 10 * 60_000;
  }

  async start(): Promise<void> {
    if (this.#accepting) return;
    this.#book.killLeftovers();
    this.#accepting = true;
    this.#ticker = setInterval(() => this.#tick(), SAMPLE_MS);
    this.#ticker.unref();
  }

  async stop(): Promise<void> {
    this.#accepting = false;
    clearInterval(this.#ticker);
    await this.#drain(this.#options.stopMs ?? 5_000);
    for (const pool of this.#pools.values()) {
      for (const job of pool.queue.splice(0)) job.giveUp(notNow());
    }
    for (const sandbox of this.#all) sandbox.kill();
    await this.#drain(1_000, () => this.#all.size === 0);
    this.#sweep();
    this.#book.close();
  }

  invoke(version: FunctionVersion, request: InvokeRequest): Promise<InvokeResult> {
    if (!this.#accepting) return Promise.reject(notNow());
    return new Promise((resolve, reject) => {
      if (request.abort.aborted) return reject(abortError());
      const pool = this.#poolOf(version);
      const idle = pool.idle.pop();
      const settle = (result: InvokeResult): void => {
        this.#learn(pool, result);
        resolve(result);
      };
      if (idle) return idle.run({ request, settle, giveUp: reject });
      // Only what still waits is given up: Lambda goes on with a function whose caller went away.
      const onAbort = (): void => {
        const at = pool.queue.indexOf(job);
        if (at < 0) return;
        pool.queue.splice(at, 1);
        reject(abortError());
      };
      const job: Waiting = {
        request,
        settle: (result) => {
          request.abort.removeEventListener('abort', onAbort);
          settle(result);
        },
        giveUp: reject,
        since: performance.now(),
      };
      request.abort.addEventListener('abort', onAbort, { once: true });
      pool.queue.push(job);
      this.#feed(pool);
    });
  }

  retire(functionArn: string): void {
    for (const [key, pool] of this.#pools) {
      if (pool.version.arn !== functionArn) continue;
      for (const sandbox of pool.idle.splice(0)) sandbox.kill();
      for (const sandbox of pool.sandboxes) sandbox.retired = true;
      if (pool.sandboxes.size === 0 && pool.queue.length === 0) this.#pools.delete(key);
    }
  }

  counts(): HostCounts {
    let busy = 0;
    let queued = 0;
    for (const sandbox of this.#all) if (sandbox.busy) busy += 1;
    for (const pool of this.#pools.values()) queued += pool.queue.length;
    return { processes: this.#all.size, busy, queued };
  }

  #poolOf(version: FunctionVersion): Pool {
    const key = `${version.arn}\n${version.version}\n${version.revision}`;
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = { version, sandboxes: new Set(), idle: [], starting: 0, queue: [], meanMs: undefined };
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** Starts processes for what waits, as far as the bounds allow and it is of use. */
  #feed(pool: Pool): void {
    while (pool.queue.length > pool.starting) {
      if (!this.#isWorthIt(pool)) {
        this.#hungry.add(pool);
        return;
      }
      const room = this.#all.size < this.#processesMax || this.#evict();
      if (!room || this.#starting >= this.#startsMax) {
        this.#hungry.add(pool);
        return;
      }
      this.#launch(pool);
    }
    this.#hungry.delete(pool);
  }

  /**
   * Quick functions are done with a whole queue before another process has started, which would
   * only take the processor away from them.
   */
  #isWorthIt(pool: Pool): boolean {
    const { meanMs, queue, sandboxes } = pool;
    const ready = sandboxes.size - pool.starting;
    if (meanMs === undefined || ready === 0) return true;
    const waited = performance.now() - queue[0]!.since;
    const { utilization } = performance.eventLoopUtilization(this.#utilization);
    if (utilization > BUSY_UTILIZATION) return waited > BUSY_PATIENCE_MS;
    if (waited > PATIENCE_MS + this.#startMs) return true;
    return (queue.length * meanMs) / sandboxes.size > this.#startMs;
  }

  #learn(pool: Pool, { outcome }: InvokeResult): void {
    const { init, start, end } = outcome.timing;
    const took = end - start;
    pool.meanMs = pool.meanMs === undefined ? took : mean(pool.meanMs, took);
    if (init) this.#startMs = mean(this.#startMs, init.end - init.start);
  }

  #feedHungry(): void {
    for (const pool of this.#hungry) this.#feed(pool);
  }

  #launch(pool: Pool, bound?: Job): void {
    const hooks: SandboxHooks = {
      ready: (sandbox) => {
        started();
        this.#onReady(pool, sandbox);
      },
      initFailed: (sandbox) => {
        const job = pool.queue.shift();
        if (job) sandbox.settleInitFailure(job);
        started();
      },
      initTimedOut: () => {
        started();
        const job = pool.queue.shift();
        if (job) this.#launch(pool, job);
      },
      ended: (sandbox) => {
        started();
        this.#onEnded(pool, sandbox);
      },
    };
    const sandbox = new Sandbox(
      pool.version,
      logStreamName(pool.version.version),
      { ...this.#options, book: this.#book, initMs: this.#options.initMs ?? INIT_TIMEOUT_MS },
      hooks,
    );
    let counted = !bound;
    const started = (): void => {
      if (!counted) return;
      counted = false;
      pool.starting -= 1;
      this.#starting -= 1;
    };
    if (counted) {
      pool.starting += 1;
      this.#starting += 1;
    }
    pool.sandboxes.add(sandbox);
    this.#all.add(sandbox);
    void sandbox.start(bound);
  }

  #onReady(pool: Pool, sandbox: Sandbox): void {
    const job = sandbox.retired && !this.#accepting ? undefined : pool.queue.shift();
    if (job) sandbox.run(job);
    else if (sandbox.retired || !this.#accepting) sandbox.kill();
    else pool.idle.push(sandbox);
    if (this.#hungry.size > 0) this.#feedHungry();
    this.#checkDrained();
  }

  #onEnded(pool: Pool, sandbox: Sandbox): void {
    this.#over.add(sandbox.logStream);
    this.#all.delete(sandbox);
    pool.sandboxes.delete(sandbox);
    const at = pool.idle.indexOf(sandbox);
    if (at >= 0) pool.idle.splice(at, 1);
    if (pool.queue.length > 0) this.#feed(pool);
    this.#feedHungry();
    this.#checkDrained();
  }

  /** Ends the process that has been idle the longest; false where all are at work. */
  #evict(): boolean {
    let oldest: { pool: Pool; sandbox: Sandbox } | undefined;
    for (const pool of this.#pools.values()) {
      const sandbox = pool.idle[0];
      if (!sandbox || (oldest && oldest.sandbox.idleSince <= sandbox.idleSince)) continue;
      oldest = { pool, sandbox };
    }
    if (!oldest) return false;
    oldest.pool.idle.shift();
    this.#all.delete(oldest.sandbox);
    oldest.sandbox.kill();
    return true;
  }

  #tick(): void {
    this.#ticks += 1;
    this.#feedHungry();
    this.#utilization = performance.eventLoopUtilization();
    if (this.#ticks % COMPANIONS_EVERY === 0) {
      this.#expire();
      this.#sweep();
    }
    const busy = new Set<number>();
    for (const sandbox of this.#all) {
      if (!sandbox.busy || sandbox.pid === undefined) continue;
      busy.add(sandbox.pid);
      sandbox.sample(this.#companions.get(sandbox.pid) ?? 0);
    }
    if (busy.size === 0 || this.#ticks % COMPANIONS_EVERY !== 0) return;
    companionsMb(busy).then((sums) => {
      this.#companions = sums;
    });
  }

  #sweep(): void {
    const over = this.#over;
    this.#over = new Set();
    killStrays(over);
  }

  #expire(): void {
    const before = performance.now() - this.#idleMs;
    for (const [key, pool] of this.#pools) {
      while (pool.idle[0] && pool.idle[0].idleSince < before) pool.idle.shift()!.kill();
      if (pool.sandboxes.size === 0 && pool.queue.length === 0) this.#pools.delete(key);
    }
  }

  /** Resolves once `done`, or after `ms`. */
  #drain(ms: number, done = (): boolean => this.#quiet()): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(() => finish(), ms);
      const finish = (): void => {
        clearTimeout(late);
        this.#drained = undefined;
        resolve();
      };
      this.#drained = () => {
        if (done()) finish();
      };
    });
  }

  #checkDrained(): void {
    // After the job's own settling, which comes after its sandbox is idle again.
    if (this.#drained) setImmediate(() => this.#drained?.());
  }

  #quiet(): boolean {
    const { busy, queued } = this.counts();
    return busy === 0 && queued === 0;
  }
}

const mean = (old: number, newest: number): number => old + NEWEST * (newest - old);

function notNow(): Fault {
  const text = 'The server is starting or stopping.';
  return new Fault('ServiceException', text, { side: 'server', status: 500 });
}

function abortError(): Error {
  return new DOMException('The invocation was given up before it began', 'AbortError');
}

/** `yyyy/mm/dd/[version]<32 hex>`, one stream for each process. */
function logStreamName(version: string): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomUUID().replaceAll('-', '')}`;
}
