/** Tasks without a mock: the real integration, its time limits, and what it has sent. */
import { expect, test } from 'vitest';
import type { Integration, TaskOutcome, TaskRun } from '../../ports/tasks.ts';
import { Bench, debug, INVOKE, ROLE } from './testing.ts';

const TASK = { Type: 'Task', Resource: INVOKE, End: true } as const;

function integration(run: (task: TaskRun) => Promise<TaskOutcome>): Integration {
  return { onLost: 'fail', matches: (resource) => resource === INVOKE, run };
}

const never = integration(() => new Promise(() => {}));

test('the outcome of the integration is the result', async () => {
  const seen: TaskRun[] = [];
  const echo = integration(async (task) => {
    seen.push(task);
    return { type: 'Succeeded', output: task.order.parameters };
  });
  const bench = new Bench(echo);
  const state = { ...TASK, Parameters: { FunctionName: 'f', 'Payload.$': '$' } };
  const answer = await bench.test(state, { ...debug({ a: 1 }), roleArn: ROLE });
  expect(answer).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"FunctionName":"f","Payload":{"a":1}}',
  });
  expect(answer.inspectionData!.result).toBe(answer.output);
  expect(seen[0]).toMatchObject({ head: { roleArn: ROLE, type: 'EXPRESS', region: 'us-east-1' } });
  expect(bench.clock.next).toBeUndefined();
});

test('its failure goes through Retry and Catch', async () => {
  const failing = integration(async () => ({ type: 'Failed', error: 'E', cause: 'why' }));
  const Catch = [{ ErrorEquals: ['E'], Next: 'B' }];
  const answer = await new Bench(failing).test({ ...TASK, Catch }, { roleArn: ROLE });
  expect(answer).toEqual({
    status: 'CAUGHT_ERROR',
    error: 'E',
    cause: 'why',
    output: '{"Error":"E","Cause":"why"}',
    nextState: 'B',
  });
  const huge = integration(async () => ({ type: 'Succeeded', output: `"${'x'.repeat(262_143)}"` }));
  expect(await new Bench(huge).test(TASK, { roleArn: ROLE })).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
    cause: expect.stringContaining("'lambda'"),
  });
});

test('a resource that nothing here runs', async () => {
  expect(await new Bench().test(TASK, { roleArn: ROLE })).toMatchObject({
    status: 'FAILED',
    error: 'States.TaskFailed',
    cause: expect.stringContaining(INVOKE),
  });
});

test('TimeoutSeconds may be retried; five minutes may not', async () => {
  const state = { ...TASK, TimeoutSeconds: 7, Retry: [{ ErrorEquals: ['States.Timeout'] }] };
  const bench = new Bench(never);
  const answer = bench.test(state, { roleArn: ROLE });
  await bench.ring();
  expect(await answer).toEqual({ status: 'RETRIABLE', error: 'States.Timeout' });
  expect(bench.clock.now()).toBe(1_007_000);
  const long = new Bench(never);
  const expired = long.test({ ...state, TimeoutSeconds: 301 }, { roleArn: ROLE });
  await long.ring();
  expect(await expired).toEqual({ status: 'FAILED', error: 'States.Timeout' });
});

test('a caller that goes away stops the task', async () => {
  const stopping = integration(
    ({ abort }) =>
      new Promise((resolve) => {
        abort.addEventListener('abort', () => resolve({ type: 'Failed', error: 'Stopped' }));
      }),
  );
  const bench = new Bench(stopping);
  const answer = bench.test(TASK, { roleArn: ROLE });
  await new Promise((resolve) => setImmediate(resolve));
  bench.abort.abort();
  expect(await answer).toMatchObject({ error: 'Stopped' });
});

test('TRACE shows the exchange of an HTTP Task, secrets only on demand', async () => {
  const http = integration(async (task) => {
    task.exchanged?.({
      request: {
        method: 'GET',
        url: 'https://example.com/',
        headers: [
          { name: 'A', value: '1' },
          { name: 'Authorization', value: 's', secret: true },
          { name: 'B', value: '2' },
        ],
      },
      response: {
        statusCode: 200,
        statusMessage: 'OK',
        headers: [{ name: 'C', value: '3' }],
        body: 'x',
      },
    });
    return { type: 'Succeeded', output: '{}' };
  });
  const run = async (inspectionLevel: 'DEBUG' | 'TRACE', revealSecrets?: boolean) =>
    (await new Bench(http).test(TASK, { roleArn: ROLE, inspectionLevel, revealSecrets }))
      .inspectionData!;
  const { request, response } = await run('TRACE');
  expect(request).toEqual({
    protocol: 'https',
    method: 'GET',
    url: 'https://example.com/',
    headers: '[A: 1, B: 2]',
  });
  expect(response).toEqual({
    protocol: 'https',
    statusCode: '200',
    statusMessage: 'OK',
    headers: '[C: 3]',
    body: 'x',
  });
  expect((await run('TRACE', true)).request!.headers).toBe('[A: 1, Authorization: s, B: 2]');
  expect(await run('DEBUG')).not.toHaveProperty('request');
});
