import { describe, expect, test } from 'vitest';
import { printLastModified, reservedNames } from './config.ts';
import { parseFunctionReference } from './reference.ts';
import {
  exitText,
  jsonLog,
  responseTooLargeError,
  textLog,
  timeoutError,
  timeoutLine,
} from './report.ts';

const caller = { account: '000000000000', region: 'us-east-1' };
const there = { account: '123456789012', region: 'eu-west-3' };

describe('references', () => {
  const forms: [string, string, string | undefined, object][] = [
    ['fn', 'fn', undefined, caller],
    ['fn:$LATEST', 'fn', '$LATEST', caller],
    ['fn:live', 'fn', 'live', caller],
    ['123456789012:function:fn', 'fn', undefined, { ...caller, account: '123456789012' }],
    ['123456789012:fn', 'fn', undefined, { ...caller, account: '123456789012' }],
    ['function:fn:7', 'fn', '7', caller],
    ['arn:aws:lambda:eu-west-3:123456789012:function:fn', 'fn', undefined, there],
    ['arn:aws:lambda:eu-west-3:123456789012:function:fn:$LATEST', 'fn', '$LATEST', there],
    [
      'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:fn',
      'fn',
      undefined,
      { account: '123456789012', region: 'us-gov-west-1' },
    ],
  ];
  for (const [text, name, qualifier, place] of forms) {
    test(text, () => {
      expect(parseFunctionReference(text, caller)).toEqual({ name, qualifier, place });
    });
  }

  test.each(['', 'a b', 'fn:$OTHER', 'arn:aws:lambda:eu-west-3:1:function:fn', 'fn:a:b'])(
    'refuses %j',
    (text) => expect(parseFunctionReference(text, caller)).toBeUndefined(),
  );
});

describe('lines of the platform', () => {
  const report = {
    requestId: 'id-1',
    durationMs: 3.006,
    memoryMb: 128,
    maxMemoryMb: 36,
    status: 'success',
  } as const;

  test('REPORT, cold, warm, traced, failed', () => {
    expect(textLog.report({ ...report, initMs: 110.1 }, 0)).toBe(
      'REPORT RequestId: id-1\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t\n',
    );
    const traced = { traceId: '1-a-b', segmentId: '17e84e76450d1777' };
    expect(textLog.report({ ...report, traced }, 0)).toBe(
      'REPORT RequestId: id-1\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t\nXRAY TraceId: 1-a-b\tSegmentId: 17e84e76450d1777\tSampled: true\t\n',
    );
    expect(
      textLog.report({ ...report, status: 'error', errorType: 'Runtime.ExitError' }, 0),
    ).toContain('\tStatus: error\tError Type: Runtime.ExitError\t\n');
  });

  test('INIT_START, START, END', () => {
    expect(textLog.initStart('python3.12', 'us-east-1', 0)).toBe(
      'INIT_START Runtime Version: python:3.12\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:python3.12\n',
    );
    expect(textLog.start('id-1', '$LATEST', 0)).toBe('START RequestId: id-1 Version: $LATEST\n');
    expect(textLog.end('id-1')).toBe('END RequestId: id-1\n');
  });

  test('the JSON log format', () => {
    expect(JSON.parse(jsonLog.start('id-1', '$LATEST', 0))).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      type: 'platform.start',
      record: { requestId: 'id-1', version: '$LATEST' },
    });
    const traced = { traceId: '1-a-b', segmentId: '17e84e76450d1777' };
    expect(JSON.parse(jsonLog.report({ ...report, initMs: 110.1, traced }, 0)).record).toEqual({
      requestId: 'id-1',
      metrics: {
        durationMs: 3.006,
        billedDurationMs: 4,
        memorySizeMB: 128,
        maxMemoryUsedMB: 36,
        initDurationMs: 110.1,
      },
      tracing: {
        spanId: '17e84e76450d1777',
        type: 'X-Amzn-Trace-Id',
        value: 'Root=1-a-b;Parent=17e84e76450d1777;Sampled=1',
      },
      status: 'success',
    });
    expect(jsonLog.end('id-1')).toBeUndefined();
  });

  test('timeouts, exits, init reports', () => {
    expect(timeoutLine(0, 'id-1', 3)).toBe(
      '1970-01-01T00:00:00.000Z id-1 Task timed out after 3.00 seconds\n',
    );
    expect(timeoutError('id-1', 3)).toBe(
      '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id-1 Error: Task timed out after 3.00 seconds"}',
    );
    expect(exitText(0, null)).toBe('Runtime exited without providing a reason');
    expect(exitText(1, null)).toBe('Runtime exited with error: exit status 1');
    expect(exitText(null, 'SIGKILL')).toBe('Runtime exited with error: signal: killed');
    expect(exitText(null, 'SIGSEGV')).toBe('Runtime exited with error: signal: segmentation fault');
    expect(textLog.initReport({ durationMs: 10_000.5, phase: 'init', status: 'timeout' }, 0)).toBe(
      'INIT_REPORT Init Duration: 10000.50 ms\tPhase: init\tStatus: timeout\n',
    );
    expect(responseTooLargeError(6_291_556)).toBe(
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
    );
  });
});

test('times and names of configurations', () => {
  expect(printLastModified(0)).toBe('1970-01-01T00:00:00.000+0000');
  expect(reservedNames({ MINE: '', AWS_REGION: '', _HANDLER: '' })).toEqual([
    'AWS_REGION',
    '_HANDLER',
  ]);
});
