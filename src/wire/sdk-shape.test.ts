import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../ground/json.ts';
import { productCatalog } from '../main/catalog.ts';
import type { StructureShape } from './model/shapes.ts';
import {
  definitionProblems,
  knownParameters,
  parameterProblems,
  readParameters,
  writeResult,
} from './sdk-shape.ts';

const { services } = productCatalog();
const operation = (service: string, name: string) => services.get(service)!.operations.get(name)!;
const input = (service: string, name: string): StructureShape => operation(service, name).input!;
const START = input('states', 'StartExecution');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('parameters', () => {
  it('are read by their names in Pascal case, everything as text where the API wants a text', () => {
    const read = (Input: Json) => readParameters(START, { StateMachineArn: 'a', Input });
    expect(read({ key: 'value' })).toEqual({ stateMachineArn: 'a', input: '{"key":"value"}' });
    expect(read('text').input).toBe('text');
    expect(read([1]).input).toBe('[1]');
    expect(read(true).input).toBe('true');
    expect(read(null)).toEqual({ stateMachineArn: 'a' });
  });

  it('reach into structures, lists and maps, whose keys stay', () => {
    const create = input('lambda', 'CreateFunction');
    const given = {
      FunctionName: 'f',
      KmsKeyArn: 'k',
      Layers: ['a', 1],
      Environment: { Variables: { fooBar: 1, __proto__: null, other: null } },
      Code: { S3Bucket: 'b', ZipFile: btoa('zip') },
    };
    expect(readParameters(create, given)).toEqual({
      FunctionName: 'f',
      KMSKeyArn: 'k',
      Layers: ['a', '1'],
      Environment: { Variables: { fooBar: '1' } },
      Code: { S3Bucket: 'b', ZipFile: expect.any(Uint8Array) },
    });
  });

  it('are a body where they are the one blob of a request: the JSON text, quotes included', () => {
    const invoke = input('lambda', 'Invoke');
    const payload = (Payload: Json) => readParameters(invoke, { Payload }).Payload;
    expect(payload({ a: [1] })).toEqual(bytes('{"a":[1]}'));
    expect(payload('abc')).toEqual(bytes('"abc"'));
  });

  it('are dates as ISO 8601 or in seconds', () => {
    const summaries = input('xray', 'GetTraceSummaries');
    const given = { StartTime: '2026-01-02T03:04:05Z', EndTime: 1_700_000_000.5 };
    expect(readParameters(summaries, given)).toEqual({
      StartTime: new Date('2026-01-02T03:04:05Z'),
      EndTime: new Date(1_700_000_000_500),
    });
  });

  it('lose what the operation does not have, nulls stay', () => {
    expect(knownParameters(START, { Other: 1, Input: null, stateMachineArn: 'a' })).toEqual({
      Input: null,
    });
    const all = { StateMachineArn: 'a' };
    expect(knownParameters(START, all)).toBe(all);
    expect(knownParameters(undefined, { a: 1 })).toEqual({});
  });
});

describe('problems', () => {
  const problems = (service: string, name: string, given: JsonObject) =>
    parameterProblems(operation(service, name).input, given);

  it('are members that miss, in structures as well; null does not', () => {
    expect(problems('states', 'StartExecution', { Input: {} })).toEqual([
      "The field 'StateMachineArn' is required but was missing",
    ]);
    expect(problems('states', 'StartExecution', { StateMachineArn: null })).toEqual([]);
    const tags = { ResourceArn: 'a', Tags: [{ Key: 'k' }, null] };
    expect(problems('states', 'TagResource', tags)).toEqual([]);
    expect(problems('xray', 'CreateSamplingRule', { SamplingRule: { Priority: 1 } })).toContain(
      "The field 'ResourceARN' is required but was missing",
    );
  });

  it('are members that are not there', () => {
    const given = { StateMachineArn: 'a', input: 'x' };
    expect(problems('states', 'StartExecution', given)).toEqual([
      'The field "input" is not supported by Step Functions',
    ]);
    expect(problems('xray', 'GetEncryptionConfig', { A: 1 })).toEqual([
      'The field "A" is not supported by Step Functions',
    ]);
  });

  it.each<[string, string, JsonObject, string]>([
    ['states', 'ListActivities', { MaxResults: '5' }, 'MaxResults'],
    ['states', 'ListActivities', { MaxResults: 1.5 }, 'MaxResults'],
    ['states', 'TagResource', { ResourceArn: 'a', Tags: {} }, 'Tags'],
    ['states', 'TagResource', { ResourceArn: 'a', Tags: ['x'] }, 'Tags'],
    ['lambda', 'CreateFunction', { FunctionName: 'f', Role: 'r', Code: 'c' }, 'Code'],
    [
      'lambda',
      'CreateFunction',
      { FunctionName: 'f', Role: 'r', Code: { ZipFile: 'a' } },
      'ZipFile',
    ],
    ['states', 'GetExecutionHistory', { ExecutionArn: 'a', ReverseOrder: 'true' }, 'ReverseOrder'],
    ['xray', 'GetTraceSummaries', { StartTime: 'now', EndTime: 1 }, 'StartTime'],
  ])('%s:%s %j has the wrong type in %s', (service, name, given, field) => {
    expect(problems(service, name, given)).toEqual([
      `The value of the field '${field}' has an invalid format`,
    ]);
  });
});

it('a definition has the problems of its names, not of what is known later', () => {
  const problems = (service: string, name: string, given: JsonObject) =>
    definitionProblems(operation(service, name).input, given);
  expect(problems('states', 'ListActivities', { MaxResults: 'five', Other: null })).toEqual([]);
  expect(problems('states', 'ListActivities', { Other: 1 })).toEqual([
    'The field "Other" is not supported by Step Functions',
  ]);
  const Environment = { variables: {} };
  expect(problems('lambda', 'UpdateFunctionConfiguration', { Environment })).toEqual([
    "The field 'FunctionName' is required but was missing",
    'The field "variables" is not supported by Step Functions',
  ]);
  expect(problems('states', 'StartExecution', { StateMachineArn: null })).toEqual([]);
});

describe('results', () => {
  it('have modelled members alone, in order, dates without a zero fraction', () => {
    const output = {
      startDate: new Date('2026-08-28T20:34:59.712Z'),
      executionArn: 'e',
      $metadata: {},
      unknown: 1,
    };
    const shape = operation('states', 'StartExecution').output;
    expect(JSON.stringify(writeResult(shape, output))).toBe(
      '{"ExecutionArn":"e","StartDate":"2026-08-28T20:34:59.712Z"}',
    );
    const whole = { startDate: new Date('2026-08-28T20:34:59Z'), executionArn: undefined };
    expect(writeResult(shape, whole)).toEqual({ StartDate: '2026-08-28T20:34:59Z' });
    expect(writeResult(undefined, { a: 1 })).toEqual({});
  });

  it('show a body as text', () => {
    const shape = operation('lambda', 'Invoke').output;
    const output = { StatusCode: 200, Payload: bytes('{"a":1}'), FunctionError: 'Unhandled' };
    expect(JSON.stringify(writeResult(shape, output))).toBe(
      '{"FunctionError":"Unhandled","Payload":"{\\"a\\":1}","StatusCode":200}',
    );
    const lossy = writeResult(shape, { Payload: Uint8Array.of(0xff, 0x41) });
    expect(lossy).toEqual({ Payload: '\ufffdA' });
  });
});
