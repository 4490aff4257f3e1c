/** What the engine asks of whoever runs a Task: an integration owns one kind of resource. */
import type { TaskOrder } from '../../execution/effect.ts';
import type { ScopePath } from '../../execution/record.ts';
import type { Instant } from '../../ground/time.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';

/** A task attempt as an integration sees it. */
export interface TaskRun {
  readonly head: ExecutionHead;
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly order: TaskOrder;
  /** Value of the X-Amzn-Trace-Id header for downstream calls; undefined = nothing to send. */
  readonly traceHeader: string | undefined;
  /** Aborted when the attempt timed out, was cancelled or the server stops for good. */
  readonly abort: AbortSignal;
  /** To be called once when the work really begins (records …Started with its true time). */
  started(at: Instant): void;
  /** Where someone wants to see it: what an HTTP Task has sent and got. */
  exchanged?(exchange: HttpExchange): void;
}

/** One request of an HTTP Task and its answer. */
export interface HttpExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly HttpHeader[];
    readonly body?: string;
  };
  /** Absent where none came. */
  readonly response?: {
    readonly statusCode: number;
    readonly statusMessage: string;
    readonly headers: readonly HttpHeader[];
    readonly body?: string;
  };
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
  /** It came from a connection and not from the state. */
  readonly secret?: boolean;
}

/** Outputs are JSON texts. An outcome is a value: `run` never throws. */
export type TaskOutcome =
  | { readonly type: 'Succeeded'; readonly output: string }
  | { readonly type: 'Failed'; readonly error?: string; readonly cause?: string }
  /** Accepted; the answer comes later by token or child. */
  | { readonly type: 'Submitted'; readonly output: string };

/** All there are. */
export interface Integrations {
  /** The one that owns the resource. */
  of(resource: string): Integration | undefined;
}

/** Owns one kind of resource. Honours `abort`. */
export interface Integration {
  matches(resource: string): boolean;
  /** What to do with an attempt whose process died. `rerun` only where a repeat is harmless. */
  readonly onLost: 'fail' | 'rerun';
  run(task: TaskRun): Promise<TaskOutcome>;
  /** The answer of a task whose child execution has ended; only where `run` starts children. */
  childEnded?(order: TaskOrder, child: ExecutionHead): TaskOutcome;
  /** The attempt is void while its submitted work goes on elsewhere: stops that, best effort. */
  abandon?(head: ExecutionHead, scope: ScopePath, attempt: number, order: TaskOrder): void;
}
