import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type AttemptFacts,
  asyncServiceSegment,
  attemptIds,
  functionSegment,
  serviceSegmentId,
  syncServiceSegment,
  type TracedRequest,
} from './segments.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const ARN = 'arn:aws:lambda:us-west-2:123456789012:function:ProducerA';
const request: TracedRequest = {
  requestId: '74ba6aea-0000-4000-8000-000000000000',
  traceId: '1-654c0557-123456789012345678901234',
  parentId: 'a1b2c3d4e5f60718',
  place: { account: '123456789012', region: 'us-west-2' },
  functionName: 'ProducerA',
  qualifier: undefined,
  logGroup: '/aws/lambda/ProducerA',
  received: 1_699_480_919_389,
};
const service = serviceSegmentId(request.requestId, digest);
const ids = attemptIds(request.requestId, 1, digest);
const cold: AttemptFacts = {
  number: 1,
  init: { start: 1_699_480_919_549.3198, end: 1_699_480_919_904.034 },
  start: 1_699_480_919_909.8928,
  end: 1_699_480_920_166.2896,
  settled: 1_699_480_920_166.695,
};
const id = expect.stringMatching(/^[0-9a-f]{16}$/);

describe('a synchronous invocation', () => {
  test('has a service segment in milliseconds', () => {
    expect(syncServiceSegment(request, 1_699_480_920_170.4, 200, false, digest)).toEqual({
      id: service,
      name: 'ProducerA',
      start_time: 1699480919.389,
      end_time: 1699480920.17,
      trace_id: request.traceId,
      parent_id: 'a1b2c3d4e5f60718',
      http: { response: { status: 200 } },
      aws: { request_id: request.requestId },
      origin: 'AWS::Lambda',
      resource_arn: ARN,
    });
  });

  test('has a function segment below it with its phases', () => {
    expect(functionSegment(request, cold, false, digest)).toEqual({
      id: ids.function,
      name: 'ProducerA',
      start_time: 1699480919.909893,
      end_time: 1699480920.166695,
      trace_id: request.traceId,
      parent_id: service,
      aws: {
        account_id: '123456789012',
        function_arn: ARN,
        cloudwatch_logs: [{ log_group: '/aws/lambda/ProducerA' }],
        resource_names: ['ProducerA'],
      },
      origin: 'AWS::Lambda::Function',
      subsegments: [
        {
          id,
          name: 'Initialization',
          start_time: 1699480919.54932,
          end_time: 1699480919.904034,
          aws: { function_arn: ARN },
        },
        {
          id: ids.invocation,
          name: 'Invocation',
          start_time: 1699480919.909893,
          end_time: 1699480920.16629,
          aws: { function_arn: ARN },
        },
        {
          id,
          name: 'Overhead',
          start_time: 1699480920.16629,
          end_time: 1699480920.166695,
          aws: { function_arn: ARN },
        },
      ],
    });
  });

  test('warm: no Initialization; the same facts, the same ids', () => {
    const { init: _, ...warm } = cold;
    const document = functionSegment(request, warm, false, digest);
    const names = (document.subsegments as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(['Invocation', 'Overhead']);
    expect(functionSegment(request, warm, false, digest)).toEqual(document);
  });

  test('failed: error, not fault, with the runtime’s cause', () => {
    const xrayCause = JSON.stringify({
      working_directory: '/var/task',
      exceptions: [{ type: 'E', message: 'm', stack: [{ path: 'index.js', line: 1, label: 'h' }] }],
      paths: ['index.js'],
      message: 'm',
    });
    const failure = { kind: 'handler', payload: '{}', xrayCause } as const;
    const cause = {
      working_directory: '/var/task',
      exceptions: [
        { id, type: 'E', message: 'm', stack: [{ path: 'index.js', line: 1, label: 'h' }] },
      ],
      paths: ['index.js'],
      message: 'm',
    };
    const document = functionSegment(request, { ...cold, failure }, false, digest);
    expect(document).toMatchObject({ error: true, cause });
    expect(document).not.toHaveProperty('fault');
    const [init, invocation, overhead] = document.subsegments as object[];
    expect(init).not.toHaveProperty('error');
    expect(invocation).toMatchObject({ error: true, cause });
    expect(overhead).not.toHaveProperty('error');
    expect(syncServiceSegment(request, 0, 200, true, digest)).toMatchObject({
      error: true,
      http: { response: { status: 200 } },
    });
  });

  test('failed without a cause of the runtime: one made of the payload', () => {
    const payload = '{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out"}';
    const document = functionSegment(
      request,
      { ...cold, failure: { kind: 'timeout', payload } },
      false,
      digest,
    );
    expect(document.cause).toEqual({
      message: 'Task timed out',
      exceptions: [{ id, type: 'Sandbox.Timedout', message: 'Task timed out' }],
    });
  });

  test('failed with a huge cause: the document stays within 64 KB', () => {
    const frame = { path: 'ü'.repeat(900), line: 1, label: 'x'.repeat(900) };
    const huge = {
      message: 'ü'.repeat(90_000),
      exceptions: [{ type: 'E', message: 'ü'.repeat(90_000), stack: Array(500).fill(frame) }],
    };
    const failures = [
      { kind: 'handler', payload: '{}', xrayCause: JSON.stringify(huge) },
      { kind: 'handler', payload: JSON.stringify({ errorMessage: 'ü'.repeat(90_000) }) },
      { kind: 'handler', payload: 'x'.repeat(900_000) },
      { kind: 'handler', payload: '{}', xrayCause: JSON.stringify({ rest: 'x'.repeat(60_000) }) },
    ] as const;
    for (const failure of failures) {
      const document = functionSegment(request, { ...cold, failure }, false, digest);
      expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(64_000);
      expect(document.cause).toHaveProperty('message');
    }
  });

  test('failed initialization: the error is at Initialization, there was no Invocation', () => {
    const failure = { kind: 'init', payload: '{"errorType":"X","errorMessage":"y"}' } as const;
    const document = functionSegment(request, { ...cold, failure }, false, digest);
    const phases = document.subsegments as { name: string; error?: boolean }[];
    expect(phases.map(({ name, error }) => [name, error])).toEqual([
      ['Initialization', true],
      ['Overhead', undefined],
    ]);
    expect(document.error).toBe(true);
  });

  test('throttled: the service segment alone says so', () => {
    expect(syncServiceSegment(request, request.received, 429, false, digest)).toMatchObject({
      http: { response: { status: 429 } },
      throttle: true,
      error: true,
    });
  });
});

test('an asynchronous invocation: dwell time and attempts outlive the service segment', () => {
  const attempts = [
    { start: request.received + 45.4, end: request.received + 550, status: 400, failed: true },
    {
      start: request.received + 60_550,
      end: request.received + 60_700,
      status: 200,
      failed: false,
    },
  ];
  const document = asyncServiceSegment(request, request.received + 15, attempts, digest);
  expect(document).toMatchObject({
    id: service,
    start_time: 1699480919.389,
    end_time: 1699480919.404,
    http: { response: { status: 202 } },
    subsegments: [
      { id, name: 'Dwell Time', start_time: 1699480919.389, end_time: 1699480919.434 },
      { id: ids.attempt, name: 'Attempt #1', error: true, http: { response: { status: 400 } } },
      { id, name: 'Attempt #2', end_time: 1699480980.089, http: { response: { status: 200 } } },
    ],
  });
  expect(document).not.toHaveProperty('error');
  expect(functionSegment(request, cold, true, digest).parent_id).toBe(ids.attempt);
  expect(asyncServiceSegment(request, 0, [], digest)).not.toHaveProperty('subsegments');
});
