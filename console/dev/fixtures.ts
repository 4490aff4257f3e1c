/**
 * What the mock server knows: ten executions of a workflow of three functions that fail, time out
 * and succeed, with their histories and traces. Deterministic but for the present it is built at.
 */
export const PLACE = { account: '000000000000', region: 'us-east-1' };
const MACHINE = 'TraceFunctions';
export const MACHINE_ARN = `arn:aws:states:us-east-1:000000000000:stateMachine:${MACHINE}`;
const FUNCTIONS = ['TestFunction1', 'TestFunction2', 'TestFunction3'];
export const functionArn = (name: string) =>
  `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

const task = (name: string, next: string, more = {}) => ({
  Type: 'Task',
  Resource: functionArn(name),
  Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'AfterTaskFailed' }],
  Next: next,
  ...more,
});

export const DEFINITION = JSON.stringify(
  {
    StartAt: 'CallTestFunction1',
    States: {
      CallTestFunction1: task('TestFunction1', 'CallTestFunction2', {
        Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'], MaxAttempts: 3 }],
      }),
      CallTestFunction2: task('TestFunction2', 'CallTestFunction3'),
      CallTestFunction3: task('TestFunction3', 'Succeed', {
        TimeoutSeconds: 5,
        Catch: [
          { ErrorEquals: ['States.Timeout'], Next: 'AfterTimeout' },
          { ErrorEquals: ['States.TaskFailed'], Next: 'AfterTaskFailed' },
        ],
      }),
      Succeed: { Type: 'Succeed' },
      AfterTimeout: { Type: 'Fail' },
      AfterTaskFailed: { Type: 'Fail' },
    },
  },
  null,
  2,
);

type Json = Record<string, unknown>;
export interface Run {
  readonly execution: Json & {
    executionArn: string;
    startDate: number;
    status: string;
    traceId: string;
  };
  readonly events: Json[];
  readonly segments: Json[];
  readonly logs: { group: string; timestamp: number; message: string }[];
}

/** How far each run gets: the failing step, the timeout, a retry, or all the way. */
const PLOTS = [
  'ok',
  'fail1',
  'ok',
  'fail2',
  'timeout',
  'ok',
  'fail1',
  'retry',
  'fail3',
  'running',
] as const;
type Plot = (typeof PLOTS)[number];

function random(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
}

class Writer {
  readonly events: Json[] = [];
  readonly segments: Json[] = [];
  readonly logs: Run['logs'] = [];
  readonly steps: Json[] = [];
  readonly traceId: string;
  at: number;
  readonly #random: () => number;
  #last = 0;

  constructor(seed: number, start: number) {
    this.#random = random(seed + 7);
    this.at = start;
    this.traceId = `1-${Math.floor(start).toString(16)}-${this.hex(24)}`;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += Math.floor(this.#random() * 16).toString(16);
    return text;
  }

  chance(): number {
    return this.#random();
  }

  event(type: string, details?: Json): void {
    const id = this.events.length + 1;
    const name = type.replace(/^(Task|Fail|Succeed)State/, 'State');
    const member = `${name[0]!.toLowerCase()}${name.slice(1)}EventDetails`;
    const event = { id, previousEventId: this.#last, type, timestamp: this.at };
    this.events.push({ ...event, ...(details ? { [member]: details } : {}) });
    this.#last = id;
  }
}

export function buildRuns(now: number): Run[] {
  return PLOTS.map((plot, index) => buildRun(plot, index, now - (PLOTS.length - index) * 47 - 20));
}

function buildRun(plot: Plot, index: number, start: number): Run {
  const out = new Writer(index, plot === 'running' ? start + 60 : start);
  const begin = out.at;
  const rootId = out.hex(16);
  const name = `${out.hex(8)}-${out.hex(4)}-4${out.hex(3)}-a${out.hex(3)}-${out.hex(12)}`;
  const input = JSON.stringify({
    order: { id: 1000 + index, items: ['book', 'lamp'], total: 42.5 },
  });
  out.event('ExecutionStarted', { input, roleArn: 'arn:aws:iam::000000000000:role/steplight' });
  out.at += 0.004;
  let end: { status: string; error?: string; cause?: string } = { status: 'SUCCEEDED' };
  for (const [step, fn] of FUNCTIONS.entries()) {
    const outcome = outcomeOf(plot, step);
    end = call(out, `CallTestFunction${step + 1}`, fn, outcome, input);
    if (end.status !== 'SUCCEEDED') break;
  }
  finish(out, end);
  const arn = `arn:aws:states:us-east-1:000000000000:execution:${MACHINE}:${name}`;
  const isDone = end.status !== 'RUNNING';
  out.segments.unshift({
    id: rootId,
    name: MACHINE,
    trace_id: out.traceId,
    start_time: begin,
    ...(isDone ? { end_time: out.at } : { in_progress: true }),
    origin: 'AWS::StepFunctions::StateMachine',
    resource_arn: MACHINE_ARN,
    aws: { resource_arn: arn },
    cause: {},
    ...(end.status === 'FAILED' ? { fault: true } : {}),
    subsegments: out.steps,
  });
  const execution = {
    executionArn: arn,
    name,
    stateMachineArn: MACHINE_ARN,
    stateMachineName: MACHINE,
    type: 'STANDARD',
    status: end.status,
    startDate: begin,
    ...(isDone ? { stopDate: out.at } : {}),
    redriveCount: 0,
    traceId: out.traceId,
    roleArn: 'arn:aws:iam::000000000000:role/steplight',
    input,
    ...(end.status === 'SUCCEEDED' ? { output: '{"response":true}' } : {}),
    ...(end.error ? { error: end.error } : {}),
    ...(end.cause ? { cause: end.cause } : {}),
    definition: DEFINITION,
    tracingEnabled: true,
  };
  return { execution, events: out.events, segments: out.segments, logs: out.logs };
}

function outcomeOf(plot: Plot, step: number): 'ok' | 'fail' | 'timeout' | 'running' | 'retry' {
  if (plot === `fail${step + 1}`) return 'fail';
  if (plot === 'timeout' && step === 2) return 'timeout';
  if (plot === 'running' && step === 2) return 'running';
  return plot === 'retry' && step === 0 ? 'retry' : 'ok';
}

const CAUSE = JSON.stringify({
  errorType: 'Error',
  errorMessage: 'Something went wrong!',
  trace: [
    'Error: Something went wrong!',
    '    at Runtime.handler (file:///var/task/index.mjs:9:11)',
    '    at Runtime.handleOnce (file:///var/runtime/index.mjs:1173:29)',
  ],
});

function call(
  out: Writer,
  state: string,
  fn: string,
  outcome: ReturnType<typeof outcomeOf>,
  input: string,
): { status: string } {
  const entered = out.at;
  const calls: Json[] = [];
  const step: Json = {
    id: out.hex(16),
    name: state,
    start_time: entered,
    cause: {},
    subsegments: calls,
  };
  out.steps.push(step);
  out.event('TaskStateEntered', { name: state, input });
  if (outcome === 'retry') {
    out.event('LambdaFunctionScheduled', { resource: functionArn(fn), input });
    calls.push({
      id: out.hex(16),
      name: 'Lambda',
      namespace: 'aws',
      start_time: out.at,
      end_time: out.at + 0.006,
      error: true,
      throttle: true,
      http: { response: { status: 429 } },
      aws: { operation: 'Invoke', function_name: fn, resource_names: [fn] },
    });
    out.at += 0.006;
    out.event('LambdaFunctionScheduleFailed', {
      error: 'Lambda.TooManyRequestsException',
      cause: 'Rate Exceeded.',
    });
    out.at += 1;
  }
  out.event('LambdaFunctionScheduled', { resource: functionArn(fn), input });
  out.at += 0.003;
  out.event('LambdaFunctionStarted');
  const from = out.at;
  const took = outcome === 'timeout' ? 5 : outcome === 'running' ? 3 : out.chance() * 1.6 + 0.004;
  const callId = out.hex(16);
  invocation(out, fn, callId, from, from + took, outcome);
  out.at += took;
  const isOpen = outcome === 'running';
  calls.push({
    id: callId,
    name: 'Lambda',
    namespace: 'aws',
    start_time: from,
    ...(isOpen ? { in_progress: true } : { end_time: out.at }),
    http: { response: { status: 200 } },
    aws: { operation: 'Invoke', function_name: fn, resource_names: [fn], request_id: out.hex(32) },
    cause: {},
  });
  if (isOpen) {
    step.in_progress = true;
    return { status: 'RUNNING' };
  }
  step.end_time = out.at;
  if (outcome === 'ok' || outcome === 'retry') {
    out.event('LambdaFunctionSucceeded', { output: '{"response":true}' });
    out.event('TaskStateExited', { name: state, output: '{"response":true}' });
    out.at += 0.002;
    return { status: 'SUCCEEDED' };
  }
  const failed = outcome === 'fail';
  const message = failed ? CAUSE : '';
  out.event(
    failed ? 'LambdaFunctionFailed' : 'LambdaFunctionTimedOut',
    failed ? { error: 'Error', cause: CAUSE } : { error: 'States.Timeout' },
  );
  step.fault = true;
  step.cause = {
    message,
    exceptions: [{ id: out.hex(16), type: failed ? 'Error' : 'States.Timeout', message }],
  };
  out.event('TaskStateExited', {
    name: state,
    output: JSON.stringify({ Error: 'Error', Cause: message }),
  });
  out.event('FailStateEntered', { name: failed ? 'AfterTaskFailed' : 'AfterTimeout', input: '{}' });
  return { status: 'FAILED' };
}

function invocation(
  out: Writer,
  fn: string,
  callId: string,
  from: number,
  to: number,
  outcome: ReturnType<typeof outcomeOf>,
): void {
  const cold = out.chance() < 0.3;
  const error = outcome === 'fail' ? { error: true } : {};
  const running = outcome === 'running';
  const ended = (at: number): Json => (running ? { in_progress: true } : { end_time: at });
  const service = out.hex(16);
  const trace_id = out.traceId;
  const requestId = out.hex(32);
  out.segments.push({
    id: service,
    name: fn,
    trace_id,
    parent_id: callId,
    start_time: from + 0.001,
    ...ended(to - 0.001),
    http: { response: { status: 200 } },
    aws: { request_id: requestId },
    origin: 'AWS::Lambda',
    resource_arn: functionArn(fn),
    ...error,
  });
  const start = from + (cold ? 0.14 : 0.002);
  const exception = {
    working_directory: '/var/task',
    paths: ['index.mjs'],
    exceptions: [
      {
        id: out.hex(16),
        type: 'Error',
        message: 'Something went wrong!',
        stack: [
          { path: '/var/task/index.mjs', line: 9, label: 'Runtime.handler' },
          { path: '/var/runtime/index.mjs', line: 1173, label: 'Runtime.handleOnce' },
        ],
      },
    ],
  };
  out.segments.push({
    id: out.hex(16),
    name: fn,
    trace_id,
    parent_id: service,
    start_time: start,
    ...ended(to - 0.002),
    origin: 'AWS::Lambda::Function',
    aws: {
      account_id: PLACE.account,
      function_arn: functionArn(fn),
      resource_names: [fn],
      cloudwatch_logs: [{ log_group: `/aws/lambda/${fn}` }],
    },
    ...error,
    ...(outcome === 'fail' ? { cause: exception } : {}),
    annotations: { order: 1000 },
    metadata: { default: { items: ['book', 'lamp'] } },
    subsegments: [
      ...(cold
        ? [
            {
              id: out.hex(16),
              name: 'Initialization',
              start_time: from + 0.004,
              end_time: start - 0.002,
            },
          ]
        : []),
      { id: out.hex(16), name: 'Invocation', start_time: start, ...ended(to - 0.003), ...error },
      ...(running
        ? []
        : [{ id: out.hex(16), name: 'Overhead', start_time: to - 0.003, end_time: to - 0.002 }]),
    ],
  });
  const log = (at: number, message: string): void => {
    out.logs.push({ group: `/aws/lambda/${fn}`, timestamp: Math.round(at * 1000), message });
  };
  log(start, `START RequestId: ${requestId} Version: $LATEST\n`);
  log(
    start + 0.001,
    `${new Date(start * 1000).toISOString()}\t${requestId}\tINFO\tgot order 1000\n`,
  );
  if (outcome === 'fail') {
    log(
      to - 0.003,
      `${new Date(to * 1000).toISOString()}\t${requestId}\tERROR\tInvoke Error \t${CAUSE}\n`,
    );
  }
  if (running) return;
  log(to - 0.002, `END RequestId: ${requestId}\n`);
  log(
    to - 0.002,
    `REPORT RequestId: ${requestId}\tDuration: ${((to - start) * 1000).toFixed(2)} ms\tBilled Duration: ${Math.ceil((to - start) * 1000)} ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\t\n`,
  );
}

function finish(out: Writer, end: { status: string; error?: string; cause?: string }): void {
  if (end.status === 'SUCCEEDED') {
    out.event('SucceedStateEntered', { name: 'Succeed', input: '{"response":true}' });
    out.event('SucceedStateExited', { name: 'Succeed', output: '{"response":true}' });
    out.event('ExecutionSucceeded', { output: '{"response":true}' });
  } else if (end.status === 'FAILED') {
    out.event('ExecutionFailed', {});
  }
}
