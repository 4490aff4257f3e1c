import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../ground/json.ts';
import type { HistoryRecord, RecordType } from './record.ts';
import { callHeader, segmentName } from './segment-names.ts';
import { ExecutionSegments } from './segments.ts';

const digest = (algorithm: string, text: string): string =>
  createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex');

const EXECUTION = {
  arn: 'arn:aws:states:us-east-1:000000000000:execution:Shop:one',
  machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Shop',
  machineName: 'Shop',
  redriveCount: 0,
  traceId: '1-65000000-0123456789abcdef01234567',
  parentId: 'aaaaaaaaaaaaaaaa',
};

let clock = 0;
let nextId = 1;

function record(type: RecordType, details?: JsonObject, scope = ''): HistoryRecord {
  clock += 10;
  const base = { type, id: nextId++, previousEventId: 0, at: clock, scope };
  return { ...base, ...(details && { details }) } as HistoryRecord;
}

function show(records: HistoryRecord[]): Json[] {
  const segments = new ExecutionSegments(EXECUTION, digest as never);
  for (const one of records) segments.add(one);
  return segments.flush();
}

function begin(): void {
  clock = 1_700_000_000_000;
  nextId = 1;
}

interface Shown {
  id: string;
  name: string;
  parent_id?: string;
  in_progress?: boolean;
  fault?: boolean;
  error?: boolean;
  throttle?: boolean;
  http?: { response: { status: number } };
  cause?: { message?: string; exceptions?: { type: string }[] };
  subsegments?: Shown[];
}

/** `name!fault` and so on, with what is inside. */
function outline(node: Shown): Json {
  const flags = (['fault', 'error', 'throttle', 'in_progress'] as const).filter((f) => node[f]);
  const label = [node.name, ...flags].join('!');
  return node.subsegments ? { [label]: node.subsegments.map(outline) } : label;
}

const whole = (documents: Json[]): Json => {
  expect(documents).toHaveLength(1);
  return outline(documents[0] as unknown as Shown);
};

const call = { resourceType: 'lambda', resource: 'invoke', parameters: '{"FunctionName":"f"}' };

describe('an execution as X-Ray segments', () => {
  it('is one segment with flat states and their calls', () => {
    begin();
    const documents = show([
      record('ExecutionStarted', { input: '{}' }),
      record('TaskStateEntered', { name: 'Good or Bad?' }),
      record('TaskScheduled', call),
      record('TaskStarted'),
      record('TaskSucceeded', { output: '{}' }),
      record('TaskStateExited', { name: 'Good or Bad?' }),
      record('SucceedStateEntered', { name: 'Done' }),
      record('SucceedStateExited', { name: 'Done' }),
      record('ExecutionSucceeded', { output: '{}' }),
    ]);
    expect(whole(documents)).toEqual({
      Shop: [{ 'Good or Bad-8c8d621e': ['Lambda'] }, 'Done'],
    });
    expect(documents[0]).toMatchObject({
      trace_id: EXECUTION.traceId,
      parent_id: EXECUTION.parentId,
      origin: 'AWS::StepFunctions::StateMachine',
      resource_arn: EXECUTION.machineArn,
      aws: { resource_arn: EXECUTION.arn },
      start_time: 1_700_000_000.01,
      end_time: 1_700_000_000.09,
      cause: {},
    });
    const task = (documents[0] as unknown as Shown).subsegments![0]!;
    expect(task.subsegments![0]).toMatchObject({
      namespace: 'aws',
      aws: { operation: 'Invoke', function_name: 'f' },
      http: { response: { status: 200 } },
    });
    const execution = { ...EXECUTION, trace: { traceId: EXECUTION.traceId, sampled: true } };
    expect(callHeader(digest as never, execution, 3)).toBe(
      `Root=${EXECUTION.traceId};Parent=${task.subsegments![0]!.id};Sampled=1`,
    );
  });

  it('marks a retried call by its status and a caught state as a fault', () => {
    begin();
    const throttled = {
      error: 'Lambda.TooManyRequestsException',
      cause: 'Rate exceeded (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequests)',
    };
    const documents = show([
      record('ExecutionStarted'),
      record('TaskStateEntered', { name: 'A' }),
      record('TaskScheduled', call),
      record('TaskFailed', throttled),
      record('TaskScheduled', call),
      record('TaskFailed', { error: 'Boom', cause: 'it broke' }),
      record('TaskStateExited', { name: 'A' }),
      record('FailStateEntered', { name: 'B' }),
      record('ExecutionFailed', { error: 'E', cause: 'C' }),
    ]);
    expect(whole(documents)).toEqual({
      'Shop!fault': [{ 'A!fault': ['Lambda!error!throttle', 'Lambda'] }, 'B!fault'],
    });
    const [a, b] = (documents[0] as unknown as Shown).subsegments!;
    expect(a!.cause).toMatchObject({ message: 'it broke', exceptions: [{ type: 'Boom' }] });
    expect(b!.cause).toMatchObject({ message: 'C', exceptions: [{ type: 'E' }] });
  });

  it('puts branches and iterations between a state and what runs inside', () => {
    begin();
    const documents = show([
      record('ExecutionStarted'),
      record('ParallelStateEntered', { name: 'P' }),
      record('ParallelStateStarted'),
      record('PassStateEntered', { name: 'X' }, '/2.0'),
      record('PassStateEntered', { name: 'Y' }, '/2.1'),
      record('PassStateExited', { name: 'X' }, '/2.0'),
      record('PassStateExited', { name: 'Y' }, '/2.1'),
      record('ParallelStateSucceeded'),
      record('ParallelStateExited', { name: 'P' }),
      record('MapStateEntered', { name: 'M' }),
      record('MapStateStarted', { length: 1 }),
      record('MapIterationStarted', { name: 'M', index: 0 }, '/10.0'),
      record('TaskStateEntered', { name: 'Z' }, '/10.0'),
      record('TaskScheduled', call, '/10.0'),
      record('TaskTimedOut', { error: 'States.Timeout' }, '/10.0'),
      record('MapIterationFailed', { name: 'M', index: 0 }, '/10.0'),
      record('MapStateFailed'),
      record('ExecutionFailed', { error: 'States.Timeout' }),
    ]);
    expect(whole(documents)).toEqual({
      'Shop!fault': [
        { P: [{ 'Branch 0': ['X'] }, { 'Branch 1': ['Y'] }] },
        { 'M!fault': [{ 'Iteration 0!error': [{ 'Z!fault': ['Lambda!fault'] }] }] },
      ],
    });
  });

  it('sends what has changed, once, with the same ids however often it is projected', () => {
    begin();
    const records = [
      record('ExecutionStarted'),
      record('PassStateEntered', { name: 'A' }),
      record('PassStateExited', { name: 'A' }),
      record('WaitStateEntered', { name: 'W' }),
      record('WaitStateExited', { name: 'W' }),
      record('ExecutionSucceeded'),
    ];
    const segments = new ExecutionSegments(EXECUTION, digest as never);
    for (const one of records.slice(0, 4)) segments.add(one);
    const first = segments.flush() as unknown as Shown[];
    expect(first.map(outline)).toEqual(['Shop!in_progress', 'A', 'W!in_progress']);
    expect(first[1]!.parent_id).toBe(first[0]!.id);
    expect(segments.flush()).toEqual([]);
    for (const one of records.slice(4)) segments.add(one);
    const rest = segments.flush() as unknown as Shown[];
    expect(rest.map(outline)).toEqual(['Shop', 'W']);
    expect(rest[1]!.id).toBe(first[2]!.id);
    const again = show(records)[0] as unknown as Shown;
    expect([again.id, ...again.subsegments!.map((one) => one.id)]).toEqual([
      first[0]!.id,
      first[1]!.id,
      first[2]!.id,
    ]);
  });

  it('shows a redrive beside the first attempt, with the states that go on', () => {
    begin();
    const inner = '/2.1/6.0';
    const first = [
      record('ExecutionStarted'),
      record('ParallelStateEntered', { name: 'P' }),
      record('ParallelStateStarted'),
      record('PassStateEntered', { name: 'X' }, '/2.0'),
      record('PassStateExited', { name: 'X' }, '/2.0'),
      record('MapStateEntered', { name: 'M' }, '/2.1'),
      record('MapStateStarted', { length: 1 }, '/2.1'),
      record('MapIterationStarted', { name: 'M', index: 0 }, inner),
      record('TaskStateEntered', { name: 'T' }, inner),
      record('TaskScheduled', call, inner),
      record('TaskFailed', { error: 'E' }, inner),
      record('MapIterationFailed', { name: 'M', index: 0 }, inner),
      record('MapStateFailed', undefined, '/2.1'),
      record('ParallelStateFailed'),
      record('ExecutionFailed', { error: 'E' }),
    ];
    const second = [
      record('ExecutionRedriven', { redriveCount: 1 }),
      record('TaskScheduled', call, inner),
      record('TaskSucceeded', { output: '{}' }, inner),
      record('TaskStateExited', { name: 'T' }, inner),
      record('MapIterationSucceeded', { name: 'M', index: 0 }, inner),
      record('MapStateSucceeded', undefined, '/2.1'),
      record('MapStateExited', { name: 'M' }, '/2.1'),
      record('ParallelStateSucceeded'),
      record('ParallelStateExited', { name: 'P' }),
      record('PassStateEntered', { name: 'Z' }),
      record('PassStateExited', { name: 'Z' }),
      record('ExecutionSucceeded'),
    ];
    const failed = show(first);
    expect(whole(failed)).toEqual({
      'Shop!fault': [
        {
          'P!fault': [
            { 'Branch 0': ['X'] },
            {
              'Branch 1!error': [
                { 'M!fault': [{ 'Iteration 0!error': [{ 'T!fault': ['Lambda'] }] }] },
              ],
            },
          ],
        },
      ],
    });
    const redriven = show([...first, ...second]);
    expect(whole(redriven)).toEqual({
      Shop: [{ P: [{ 'Branch 1': [{ M: [{ 'Iteration 0': [{ T: ['Lambda'] }] }] }] }] }, 'Z'],
    });
    const [before, after] = [failed[0], redriven[0]] as unknown as Shown[];
    expect(after!.id).not.toBe(before!.id);
    expect(after!.subsegments![0]!.id).not.toBe(before!.subsegments![0]!.id);
    expect(after).toMatchObject({ trace_id: EXECUTION.traceId, parent_id: EXECUTION.parentId });
  });

  it('names what X-Ray does not allow as Step Functions does', () => {
    expect(segmentName('HasNextToken?', digest as never)).toBe('HasNextToken-0d5e615a');
    expect(segmentName('Work Complete!', digest as never)).toBe('Work Complete-02f515d2');
    expect(segmentName('Plain name', digest as never)).toBe('Plain name');
  });
});

describe('a call', () => {
  const called = (scheduled: JsonObject, ended: HistoryRecord): Json => {
    const [segment] = show([
      record('ExecutionStarted', { input: '{}' }),
      record('TaskStateEntered', { name: 'A' }),
      record('TaskScheduled', scheduled),
      ended,
      record('ExecutionAborted'),
    ]) as unknown as [Shown];
    const { http, aws } = segment.subsegments![0]!.subsegments![0] as unknown as JsonObject;
    return { http: http!, aws: aws! };
  };
  const metadata =
    '"SdkHttpMetadata":{"AllHttpHeaders":{"Content-Length":["12"]}},' +
    '"SdkResponseMetadata":{"RequestId":"r-1"}';

  it('has the id and the length that an optimised integration tells, not those of a payload', () => {
    begin();
    const output = `{"Payload":{"SdkResponseMetadata":{"RequestId":"no"}},${metadata}}`;
    const scheduled = { resourceType: 'states', resource: 'startExecution', parameters: '{}' };
    const { resourceType } = scheduled;
    expect(called(scheduled, record('TaskSucceeded', { resourceType, output }))).toEqual({
      http: { response: { status: 200, content_length: 12 } },
      aws: { operation: 'StartExecution', request_id: 'r-1' },
    });
  });

  it('of the SDK has its region, and the id that a cause tells', () => {
    begin();
    const resourceType = 'aws-sdk:cloudwatchlogs';
    const scheduled = { resourceType, resource: 'describeLogGroups', region: 'eu-west-1' };
    const aws = { retries: 0, region: 'eu-west-1', operation: 'DescribeLogGroups' };
    const output = `{${metadata}}`;
    expect(called(scheduled, record('TaskSucceeded', { resourceType, output }))).toEqual({
      http: { response: { status: 200 } },
      aws,
    });
    const cause = 'no (Service: CloudWatchLogs, Status Code: 400, Request ID: r-2) (SDK …)';
    expect(called(scheduled, record('TaskFailed', { error: 'E', cause }))).toEqual({
      http: { response: { status: 400 } },
      aws: { ...aws, request_id: 'r-2' },
    });
  });
});
