/**
 * One function process behind its own Runtime API: started, initialized, one invocation at a time,
 * and ended. It settles every job it was given, by the job's deadline at the latest; a process that
 * dies is an outcome.
 */
import {
  exitLine,
  exitText,
  type InitReport,
  jsonLog,
  type PlatformLog,
  platformError,
  textLog,
  timeoutError,
  timeoutLine,
} from '../../function/report.ts';
import type { Instant } from '../../ground/time.ts';
import type {
  FunctionVersion,
  InvokeRequest,
  InvokeResult,
} from '../../service/ports/functions.ts';
import type { LogSink } from '../../service/ports/logs.ts';
import {
  type Ending,
  endingOfInit,
  handlerFailed,
  type InitFailure,
  initFailureOf,
  outcomeOf,
  reportStatus,
  responseTooLarge,
} from './ending.ts';
import { GuardedProcess } from './guarded-process.ts';
import { environmentOf, type LaunchSettings, launchOf } from './launch.ts';
import { LogTail } from './log-tail.ts';
import { residentMb } from './memory.ts';
import { preciseNow } from './precise-clock.ts';
import type { ProcessBook } from './process-book.ts';
import { type AnswerNext, RuntimeApi, type Verdict } from './runtime-api.ts';

export interface Job {
  readonly request: InvokeRequest;
  readonly settle: (result: InvokeResult) => void;
  /** It will not be run. */
  readonly giveUp: (why: Error) => void;
}

export interface SandboxHooks {
  /** It waits for a job. */
  ready(sandbox: Sandbox): void;
  /** It could not be initialized: a job that waits takes the failure (`settleInitFailure`). */
  initFailed(sandbox: Sandbox): void;
  /** It took too long: a job that waits gets another try within its own timeout. */
  initTimedOut(sandbox: Sandbox): void;
  /** The process is gone. */
  ended(sandbox: Sandbox): void;
}

export interface SandboxDeps extends LaunchSettings {
  readonly logs: LogSink;
  readonly book: ProcessBook;
  /** How long an initialization may take before it runs again inside the invocation. */
  readonly initMs: number;
}

interface Running {
  readonly job: Job;
  readonly start: Instant;
  readonly timer: NodeJS.Timeout;
  readonly tail: LogTail;
  /** Set once the outcome is known; the output written before it is still to be read. */
  end: Instant | undefined;
}

/** Memory that was looked at so short ago is not looked at again for a REPORT line. */
const SAMPLE_FRESH_MS = 100;

export class Sandbox {
  readonly version: FunctionVersion;
  readonly logStream: string;
  /** When it last became idle, on the monotonic clock. */
  idleSince = 0;
  /** True: not to be used again. */
  retired = false;
  readonly #deps: SandboxDeps;
  readonly #hooks: SandboxHooks;
  readonly #api: RuntimeApi;
  readonly #lines: PlatformLog;
  #state: 'starting' | 'idle' | 'busy' | 'dead' = 'starting';
  #process: GuardedProcess | undefined;
  #next: AnswerNext | undefined;
  #running: Running | undefined;
  /** Of the initialization; after it, of a runtime that does not come back for the next event. */
  #timer: NodeJS.Timeout | undefined;
  #init: { start: Instant; end: Instant };
  #initReported = false;
  #initFailure: InitFailure | undefined;
  #outOfMemory = false;
  #peakMb = 0;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #companionsMb = 0;

  constructor(version: FunctionVersion, logStream: string, deps: SandboxDeps, hooks: SandboxHooks) {
    this.version = version;
    this.logStream = logStream;
    this.#deps = deps;
    this.#hooks = hooks;
    this.#init = { start: preciseNow(), end: 0 };
    this.#lines = version.environment.AWS_LAMBDA_LOG_FORMAT === 'JSON' ? jsonLog : textLog;
    this.#api = new RuntimeApi({
      next: (answer) => this.#onNext(answer),
      response: (id, payload) => this.#onAnswer(id, { type: 'Returned', payload }),
      responseTooLarge: (id) => this.#onAnswer(id, responseTooLarge()),
      error: (id, error) => this.#onAnswer(id, handlerFailed(error)),
      initError: (error) => {
        if (this.#state !== 'starting') return 'wrongState';
        this.#failInit(initFailureOf(error));
        return 'accepted';
      },
    });
  }

  get busy(): boolean {
    return this.#state === 'busy' || this.#state === 'starting';
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** @param bound a job whose own timeout the initialization runs in (its second try) */
  async start(bound?: Job): Promise<void> {
    if (bound) {
      // It is a part of the invocation's own duration then.
      this.#initReported = true;
      this.#begin(bound);
    } else {
      this.#timer = setTimeout(() => this.#onInitTimeout(), this.#deps.initMs);
    }
    try {
      const [launch, runtimeApi] = await Promise.all([launchOf(this.version), this.#api.listen()]);
      if (this.#state === 'dead') return this.#api.close();
      if ('text' in launch) {
        return this.#failInit({ kind: 'init', errorType: launch.errorType, text: launch.text });
      }
      this.#log(this.#lines.initStart(this.version.runtime, this.version.region, Date.now()));
      const sandbox = { runtimeApi, logStream: this.logStream };
      const environment = environmentOf(this.version, sandbox, this.#deps);
      this.#process = new GuardedProcess(
        {
          command: [launch.command, ...launch.args],
          cwd: this.version.codeDir,
          environment,
          logStream: this.logStream,
        },
        this.#deps.book,
        (text) => this.#log(text),
        (code, signal, error) => this.#onGone(exitText(code, signal), error),
      );
    } catch (error) {
      this.#onGone('', error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Gives a waiting sandbox its job. */
  run(job: Job): void {
    this.#begin(job);
    this.#dispatch();
  }

  /** Settles the job with this sandbox's failed initialization. */
  settleInitFailure(job: Job): void {
    this.#begin(job);
    this.#finishInit(this.#initFailure!);
  }

  /** Ends it; a running job's outcome is that the process was killed. */
  kill(): void {
    this.retired = true;
    if (this.#process?.pid !== undefined) this.#process.kill();
    else this.#onGone(exitText(null, 'SIGKILL'));
  }

  /** Looks at the memory and ends a process that holds more than its function may. */
  sample(companionsMb: number): void {
    this.#companionsMb = companionsMb;
    if (this.#measure() <= this.version.memoryMb || this.#outOfMemory) return;
    this.#outOfMemory = true;
    this.#process?.kill();
  }

  #measure(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) return 0;
    this.#sampledAt = performance.now();
    const now = (residentMb(pid) ?? 0) + this.#companionsMb;
    this.#peakMb = Math.max(this.#peakMb, now);
    return now;
  }

  #begin(job: Job): void {
    const { requestId } = job.request;
    const timer = setTimeout(() => this.#onTimeout(), this.version.timeoutSeconds * 1000);
    this.#running = { job, start: preciseNow(), timer, tail: new LogTail(), end: undefined };
    this.#log(this.#lines.start(requestId, this.version.version, Date.now()));
  }

  #dispatch(): void {
    const running = this.#running!;
    const { request } = running.job;
    this.#state = 'busy';
    const answer = this.#next;
    this.#next = undefined;
    const given = answer?.({
      requestId: request.requestId,
      deadline: running.start + this.version.timeoutSeconds * 1000,
      invokedArn: request.invokedArn ?? this.version.arn,
      traceHeader: request.traceHeader,
      clientContext: request.clientContext,
      payload: request.payload,
    });
    // The runtime's connection broke while it waited; it comes again or is dead soon.
    if (!given) this.#state = 'starting';
  }

  #onNext(answer: AnswerNext): Verdict {
    const open = this.#running !== undefined && this.#running.end === undefined;
    if (this.#state === 'dead' || this.#initFailure || (this.#state === 'busy' && open)) {
      return 'wrongState';
    }
    this.#next = answer;
    if (this.#state === 'starting') {
      if (this.#init.end === 0) this.#init.end = preciseNow();
      if (open) this.#dispatch();
      else this.#becomeIdle();
    } else if (this.#state === 'busy' && !this.#running) {
      this.#becomeIdle();
    }
    return 'accepted';
  }

  #becomeIdle(): void {
    clearTimeout(this.#timer);
    this.#state = 'idle';
    this.idleSince = performance.now();
    this.#hooks.ready(this);
  }

  #onAnswer(requestId: string, ending: Ending): Verdict {
    const running = this.#running;
    if (this.#state !== 'busy' || running?.job.request.requestId !== requestId) {
      return 'unknownRequest';
    }
    if (running.end !== undefined) return 'unknownRequest';
    this.#finishSoon(running, ending);
    return 'accepted';
  }

  #onTimeout(): void {
    const running = this.#running;
    if (running && running.end === undefined) {
      const { requestId } = running.job.request;
      const seconds = this.version.timeoutSeconds;
      this.#log(timeoutLine(Date.now(), requestId, seconds));
      const payload = Buffer.from(timeoutError(requestId, seconds));
      this.#finishSoon(running, { type: 'Failed', kind: 'timeout', payload });
    }
    this.kill();
  }

  #onInitTimeout(): void {
    if (this.#state !== 'starting') return;
    this.#logInit({ phase: 'init', status: 'timeout' });
    this.retired = true;
    this.#hooks.initTimedOut(this);
    this.kill();
  }

  #failInit(failure: InitFailure): void {
    if (this.#initFailure) return;
    clearTimeout(this.#timer);
    this.#initFailure = failure;
    this.#init.end = preciseNow();
    afterOutput(() => {
      this.#process?.output?.flush();
      const phase = this.#running ? 'invoke' : 'init';
      this.#logInit({ phase, status: 'error', errorType: failure.errorType });
      if (!this.#running) this.#hooks.initFailed(this);
      else if (this.#running.end === undefined) this.#finishInit(failure);
      this.kill();
    });
  }

  #finishInit(failure: InitFailure): void {
    const { requestId } = this.#running!.job.request;
    if (!failure.payload) this.#log(exitLine(requestId, failure.errorType, failure.text));
    this.#finish(endingOfInit(failure, requestId));
  }

  #logInit(report: Omit<InitReport, 'durationMs'>): void {
    const durationMs = (this.#init.end || preciseNow()) - this.#init.start;
    this.#log(this.#lines.initReport({ ...report, durationMs }, Date.now()));
  }

  /** The times end here; what the function printed before is read first. */
  #finishSoon(running: Running, ending: Ending): void {
    running.end = preciseNow();
    afterOutput(() => {
      if (this.#running === running) this.#finish(ending);
    });
  }

  #finish(ending: Ending): void {
    const running = this.#running!;
    const { request, settle } = running.job;
    clearTimeout(running.timer);
    const end = running.end ?? preciseNow();
    this.#process?.output?.flush();
    if (performance.now() - this.#sampledAt > SAMPLE_FRESH_MS) this.#measure();
    const init = this.#takeInit();
    const maxMemoryMb = Math.min(Math.ceil(this.#peakMb), this.version.memoryMb);
    this.#log(this.#lines.end(request.requestId));
    const report = {
      requestId: request.requestId,
      durationMs: end - running.start,
      memoryMb: this.version.memoryMb,
      maxMemoryMb,
      ...(init ? { initMs: init.end - init.start } : {}),
      ...reportStatus(ending),
      ...(request.traced ? { traced: request.traced } : {}),
    };
    this.#log(this.#lines.report(report, Date.now()));
    this.#running = undefined;
    if (this.#state === 'busy') {
      if (this.#next) this.#becomeIdle();
      else this.#expectNext();
    }
    const timing = { ...(init ? { init } : {}), start: running.start, end, maxMemoryMb };
    settle({ outcome: outcomeOf(ending, timing), logTail: running.tail.text });
  }

  /** A runtime that does not come back for the next event within its timeout is ended. */
  #expectNext(): void {
    this.#timer = setTimeout(() => this.kill(), this.version.timeoutSeconds * 1000);
  }

  /** The initialization belongs to the first invocation alone. */
  #takeInit(): { start: Instant; end: Instant } | undefined {
    if (this.#initReported) return undefined;
    this.#initReported = true;
    return { start: this.#init.start, end: this.#init.end || preciseNow() };
  }

  #onGone(text: string, error?: Error): void {
    if (this.#state === 'dead') return;
    const running = this.#running;
    const kind = this.#outOfMemory ? 'memory' : 'exit';
    const errorType = error ? 'Runtime.InvalidEntrypoint' : 'Runtime.ExitError';
    const why = error ? error.message : text;
    this.#process?.output?.flush();
    if (running && running.end === undefined) {
      const { requestId } = running.job.request;
      this.#log(exitLine(requestId, errorType, why));
      const payload = Buffer.from(platformError(errorType, requestId, why));
      this.#finish({ type: 'Failed', kind, payload, errorType });
    } else if (this.#state === 'starting' && !this.#initFailure && !this.retired) {
      this.#initFailure = { kind: kind === 'memory' ? kind : 'init', errorType, text: why };
      this.#init.end = preciseNow();
      this.#logInit({ phase: 'init', status: 'error', errorType });
      this.#hooks.initFailed(this);
    }
    this.#state = 'dead';
    clearTimeout(this.#timer);
    this.#api.close();
    this.#hooks.ended(this);
  }

  #log(message: string | undefined): void {
    if (message === undefined) return;
    this.#running?.tail.add(message);
    const { account, region, logGroup } = this.version;
    const events = [{ at: Date.now(), message }];
    this.#deps.logs.append({ account, region }, logGroup, this.logStream, events);
  }
}

/**
 * Calls back once everything that the process wrote before now has been read: the second turn of
 * the event loop from here has polled every descriptor.
 */
function afterOutput(done: () => void): void {
  setImmediate(() => setImmediate(done));
}
