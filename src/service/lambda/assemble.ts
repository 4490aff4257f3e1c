/**
 * Lambda, put together: functions and their invocations. To be stopped before the host and the
 * database: it lets running asynchronous attempts end and its segments be recorded.
 */
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { FunctionStore } from '../../store/functions/store.ts';
import type { Service } from '../lifecycle.ts';
import type { NodeWork } from '../node.ts';
import type { FunctionHost } from '../ports/functions.ts';
import type { TraceRecorder } from '../ports/traces.ts';
import type { RetryingWrites } from '../retrying-writes.ts';
import { AsyncQueue } from './async.ts';
import { Concurrency } from './concurrency.ts';
import { Functions } from './functions.ts';
import { type LambdaHandlers, lambdaHandlers } from './handlers.ts';
import { type InvokeAnswer, type InvokeCall, Invoker } from './invoke.ts';
import type { CodeStore, InvocationFacts, Sample } from './ports.ts';
import { Tracer } from './tracer.ts';

export interface LambdaParts {
  readonly store: FunctionStore;
  readonly code: CodeStore;
  readonly host: FunctionHost;
  readonly recorder: TraceRecorder;
  readonly retryingWrites: RetryingWrites;
  readonly sample: Sample;
  /** `--tracing all`: every function as if its tracing were Active. */
  readonly traceAll: boolean;
  /** Of this node; not 0. */
  readonly epoch: number;
  /** Epochs of the nodes that live, this one's among them; absent: it is the only one. */
  readonly live?: (() => Promise<readonly number[]>) | undefined;
  readonly clock: Clock;
  readonly tools: Tools;
  readonly log: Logger;
  readonly onInvocation?: (facts: InvocationFacts) => void;
  /** Waits before the retries of an asynchronous invocation; default one and two minutes. */
  readonly retryWaitsMs?: readonly number[];
  /** Invocations in flight per account and region; default Lambda's 1,000. */
  readonly concurrencyMax?: number;
  /** How long `stop` waits for running asynchronous attempts; default 5 s. */
  readonly drainMs?: number;
}

export interface AssembledLambda extends Service, NodeWork {
  readonly handlers: LambdaHandlers;
  /** For the workflows: no HTTP in between. Rejects with a Fault. */
  invoke(call: InvokeCall): Promise<InvokeAnswer>;
}

export function assembleLambda(deps: LambdaParts): AssembledLambda {
  const functions = new Functions(deps);
  const tracer = new Tracer(deps);
  const attempts = {
    functions,
    host: deps.host,
    concurrency: new Concurrency(deps.concurrencyMax),
    clock: deps.clock,
    onInvocation: deps.onInvocation ?? (() => {}),
  };
  const queue = new AsyncQueue({ ...deps, ...attempts, tracer });
  const invoker = new Invoker({ ...attempts, tracer, queue, tools: deps.tools });
  let started = false;
  return {
    handlers: lambdaHandlers({ ...deps, functions, invoker }),
    invoke: (call) => invoker.invoke(call),
    takeOver: () => queue.takeOver(),
    async start() {
      if (started) return;
      started = true;
      await functions.sweep();
      await queue.start();
    },
    async stop() {
      started = false;
      await queue.stop();
      await tracer.settle();
    },
  };
}
