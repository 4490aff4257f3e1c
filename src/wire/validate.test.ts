import { describe, expect, it } from 'vitest';
import { isFault } from '../ground/fault.ts';
import type { RawModel } from './model/raw.ts';
import { readModel } from './model/read.ts';
import type { Quirks } from './quirks.ts';
import { validate } from './validate.ts';

const metadata = {
  apiVersion: '2020-01-01',
  endpointPrefix: 'test',
  protocol: 'json',
  serviceFullName: 'Test',
  serviceId: 'Test',
  targetPrefix: 'Test',
};

const raw: RawModel = {
  operations: {
    Do: { name: 'Do', http: { method: 'POST', requestUri: '/' }, input: { shape: 'In' } },
  },
  shapes: {
    In: {
      type: 'structure',
      members: {
        name: { shape: 'Name' },
        FunctionName: { shape: 'Pattern' },
        maxResults: { shape: 'Count' },
        statusFilter: { shape: 'ExecutionStatus' },
        invocation: { shape: 'Update' },
        secret: { shape: 'Secret' },
        input: { shape: 'SensitiveData' },
        routing: { shape: 'Routes' },
        names: { shape: 'Names' },
        states: { shape: 'States' },
        tags: { shape: 'Tags' },
        plainTags: { shape: 'PlainTags' },
        nested: { shape: 'Nested' },
        bytes: { shape: 'Bytes' },
        runtime: { shape: 'Runtime' },
        percentage: { shape: 'Percentage' },
      },
    },
    Name: { type: 'string', min: 1, max: 80 },
    Pattern: { type: 'string', min: 3, pattern: '[a-zA-Z0-9_.-]+' },
    Count: { type: 'integer', min: 0, max: 1000 },
    ExecutionStatus: {
      type: 'string',
      enum: ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'],
    },
    Update: { type: 'string', enum: ['ALL_NEW', 'ALL_OLD', 'NONE', 'UPDATED_NEW', 'UPDATED_OLD'] },
    Secret: { type: 'string', min: 6, sensitive: true },
    SensitiveData: { type: 'string', max: 4, sensitive: true },
    Routes: { type: 'list', member: { shape: 'Route' }, min: 1, max: 2 },
    Route: {
      type: 'structure',
      required: ['arn', 'weight'],
      members: { arn: { shape: 'Name' }, weight: { shape: 'Weight' }, note: { shape: 'Secret' } },
    },
    Weight: { type: 'integer', min: 0, max: 100 },
    Names: { type: 'list', member: { shape: 'Method' } },
    Method: { type: 'string', min: 0, max: 6, pattern: '.*' },
    States: { type: 'list', member: { shape: 'Architecture' } },
    Architecture: { type: 'string', enum: ['x86_64', 'arm64'] },
    Tags: { type: 'map', key: { shape: 'Key' }, value: { shape: 'Name' }, max: 2 },
    Key: { type: 'string', min: 1, max: 3, pattern: '[\\p{L}]+' },
    PlainTags: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Route' } },
    Text: { type: 'string' },
    Nested: { type: 'structure', members: { inner: { shape: 'Nested' }, name: { shape: 'Name' } } },
    Bytes: { type: 'blob', max: 2 },
    Runtime: { type: 'string', enum: ['nodejs20.x'] },
    Percentage: { type: 'float', min: 0, max: 100 },
  },
};

const quirks: Quirks = {
  enumOrders: {
    ExecutionStatus: ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'],
  },
  openEnums: ['Runtime'],
  countedInBytes: ['SensitiveData'],
};
const shape = readModel({ id: 'test', metadata, quirks, read: () => raw }).operations.get('Do')!
  .input!;

function messageOf(input: object): string | undefined {
  try {
    validate(shape, input, 'ValidationException');
  } catch (error) {
    if (!isFault(error)) throw error;
    expect(error.code).toBe('ValidationException');
    return error.message;
  }
  return undefined;
}

const one = (value: string, path: string, text: string): string =>
  `1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: ${text}`;

describe('wording', () => {
  it.each<[object, string]>([
    [
      { maxResults: 1001 },
      one("'1001'", 'maxResults', 'Member must have value less than or equal to 1000'),
    ],
    [
      { maxResults: -1 },
      one("'-1'", 'maxResults', 'Member must have value greater than or equal to 0'),
    ],
    [
      { name: 'x'.repeat(81) },
      one(`'${'x'.repeat(81)}'`, 'name', 'Member must have length less than or equal to 80'),
    ],
    [{ name: '' }, one("''", 'name', 'Member must have length greater than or equal to 1')],
    [
      { FunctionName: 'a b c' },
      one(
        "'a b c'",
        'functionName',
        'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
      ),
    ],
    [
      { FunctionName: '' },
      "2 validation errors detected: Value '' at 'functionName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; ' +
        "Value '' at 'functionName' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 3',
    ],
    [
      { statusFilter: 'succeeded' },
      one(
        "'succeeded'",
        'statusFilter',
        'Member must satisfy enum value set: ' +
          '[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]',
      ),
    ],
    [
      { invocation: 'hi' },
      one(
        "'hi'",
        'invocation',
        'Member must satisfy enum value set: ' +
          '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
      ),
    ],
    [
      { secret: 'abc' },
      "1 validation error detected: Value at 'secret' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 6',
    ],
    [
      { routing: [{ arn: 'a', weight: 101 }] },
      one("'101'", 'routing.1.member.weight', 'Member must have value less than or equal to 100'),
    ],
    [
      { routing: [{ arn: 'a', weight: 1 }, { weight: 2 }] },
      one('null', 'routing.2.member.arn', 'Member must not be null'),
    ],
    [
      {
        routing: [
          { arn: 'a', weight: 50 },
          { arn: 'b', weight: 30, note: 'abcdef' },
          { arn: 'c', weight: 20 },
        ],
      },
      one(
        "'[Route(arn=a, weight=50, note=null), " +
          'Route(arn=b, weight=30, note=*** Sensitive Data Redacted ***), ' +
          "Route(arn=c, weight=20, note=null)]'",
        'routing',
        'Member must have length less than or equal to 2',
      ),
    ],
    [{ routing: [] }, one("'[]'", 'routing', 'Member must have length greater than or equal to 1')],
    [
      { names: ['GET', 'OPTIONS'] },
      one(
        "'[GET, OPTIONS]'",
        'names',
        'Member must satisfy constraint: [Member must have length less than or equal to 6, ' +
          'Member must have length greater than or equal to 0, ' +
          'Member must satisfy regular expression pattern: .*, Member must not be null]',
      ),
    ],
    [
      { states: ['foo'] },
      one(
        "'[foo]'",
        'states',
        'Member must satisfy constraint: ' +
          '[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]',
      ),
    ],
    [
      { tags: { 'a b': 'v' } },
      one(
        "'{a b=v}'",
        'tags',
        'Map keys must satisfy constraint: [Member must have length less than or equal to 3, ' +
          'Member must have length greater than or equal to 1, ' +
          'Member must satisfy regular expression pattern: [\\p{L}]+]',
      ),
    ],
    [
      { tags: { a: '' } },
      one(
        "'{a=}'",
        'tags',
        'Map value must satisfy constraint: [Member must have length less than or equal to 80, ' +
          'Member must have length greater than or equal to 1]',
      ),
    ],
    [
      { plainTags: { k: { arn: 'a' } } },
      one('null', 'plainTags.k.member.weight', 'Member must not be null'),
    ],
    [
      { nested: { inner: { inner: { name: '' } } } },
      one("''", 'nested.inner.inner.name', 'Member must have length greater than or equal to 1'),
    ],
    [
      { bytes: Uint8Array.of(1, 2, 3) },
      one("'AQID'", 'bytes', 'Member must have length less than or equal to 2'),
    ],
  ])('%j', (input, message) => {
    expect(messageOf(input)).toBe(message);
  });

  it('tells at most ten errors', () => {
    const routes = Array.from({ length: 500 }, () => ({}));
    expect(messageOf({ routing: routes })).toMatch(/^10 validation errors detected: /);
    expect(messageOf({ routing: routes })!.match(/failed to satisfy/g)).toHaveLength(10);
  });
});

it('prints floats as Java does', () => {
  const rule = "at 'percentage' failed to satisfy constraint: Member must have value less than";
  expect(messageOf({ percentage: 101 })).toContain(`Value '101.0' ${rule}`);
  expect(messageOf({ percentage: 100.5 })).toContain(`Value '100.5' ${rule}`);
});

describe('counting', () => {
  it('counts characters, not UTF-16 units', () => {
    expect(messageOf({ name: '😀'.repeat(80) })).toBeUndefined();
    expect(messageOf({ name: '😀'.repeat(81) })).toContain('less than or equal to 80');
    expect(messageOf({ FunctionName: 'abc' })).toBeUndefined();
  });

  it('counts data in UTF-8 bytes', () => {
    expect(messageOf({ input: 'abcd' })).toBeUndefined();
    expect(messageOf({ input: 'éé' })).toBeUndefined();
    expect(messageOf({ input: 'ééé' })).toContain("Value at 'input'");
  });
});

describe('what passes', () => {
  it.each([
    [{}],
    [{ name: 'a', maxResults: 1000, statusFilter: 'RUNNING' }],
    [{ tags: { é: 'v' }, names: [''], states: ['arm64'], routing: [{ arn: 'a', weight: 0 }] }],
    [{ runtime: 'nodejs99.x' }],
    [{ nested: {} }],
  ])('%j', (input) => {
    expect(messageOf(input)).toBeUndefined();
  });
});
