import { describe, expect, it } from 'vitest';
import { normalise } from './normalise.ts';
import { readDocuments } from './segment.ts';

const GOOD = {
  name: 'front',
  id: '70de5b6f19ff9a0a',
  trace_id: '1-581cf771-a006649127e371903a2de979',
  start_time: 1.478293361271e9,
  end_time: 1.478293361449e9,
};

const codes = (document: unknown): string[] =>
  readDocuments(typeof document === 'string' ? document : JSON.stringify(document)).refused.map(
    ({ code }) => code,
  );

describe('segment documents', () => {
  it('are taken with exponents, whole seconds and further members', () => {
    const text =
      '{"name":"a","id":"70de5b6f19ff9a0a","trace_id":"1-581cf771-a006649127e371903a2de979",' +
      '"start_time":1.4E9,"end_time":1400000001,"notTraced":false}';
    const { accepted, refused } = readDocuments(text);
    expect(refused).toEqual([]);
    expect(accepted).toEqual([{ traceId: GOOD.trace_id, id: GOOD.id, inProgress: false, text }]);
  });

  it('without an end are in progress', () => {
    const { end_time: _, ...open } = GOOD;
    expect(readDocuments(JSON.stringify(open)).accepted[0]!.inProgress).toBe(true);
    expect(readDocuments(JSON.stringify({ ...open, in_progress: true })).accepted).toHaveLength(1);
  });

  it('come as an array of subsegments too, each judged by itself', () => {
    const subsegment = { ...GOOD, type: 'subsegment', parent_id: '53995c3f42cd8ad8' };
    const { accepted, refused } = readDocuments(
      JSON.stringify([subsegment, { ...subsegment, id: undefined }, 7]),
    );
    expect(accepted.map(({ text }) => JSON.parse(text).type)).toEqual(['subsegment']);
    expect(refused.map(({ code }) => code)).toEqual(['MissingId', 'ParseError']);
  });

  it.each([
    ['no JSON', '{"a":', 'ParseError'],
    ['a number', '5', 'ParseError'],
    ['no id', { ...GOOD, id: undefined }, 'MissingId'],
    ['an id that is too short', { ...GOOD, id: 'abc' }, 'InvalidId'],
    ['an id that is a number', { ...GOOD, id: 7 }, 'InvalidId'],
    ['no name', { ...GOOD, name: '' }, 'MissingName'],
    ['a name with a question mark', { ...GOOD, name: 'a?' }, 'InvalidName'],
    ['a name of 201 characters', { ...GOOD, name: 'x'.repeat(201) }, 'InvalidName'],
    ['no trace id', { ...GOOD, trace_id: undefined }, 'MissingTraceId'],
    [
      'the trace id of W3C',
      { ...GOOD, trace_id: '4efaaf4d1e8720b39541901950019ee5' },
      'InvalidTraceId',
    ],
    ['no start', { ...GOOD, start_time: undefined }, 'MissingStartTime'],
    ['a start that is text', { ...GOOD, start_time: '1478293361' }, 'InvalidTime'],
    ['milliseconds', { ...GOOD, start_time: 1478293361271 }, 'InvalidTime'],
    ['an end before the start', { ...GOOD, end_time: GOOD.start_time - 1 }, 'InvalidTime'],
    ['a parent that is no id', { ...GOOD, parent_id: 'x' }, 'InvalidParentId'],
    [
      'a subsegment without id',
      { ...GOOD, subsegments: [{ name: 'a', start_time: 1 }] },
      'MissingId',
    ],
    ['more than 64 KB', { ...GOOD, metadata: { a: 'x'.repeat(65_536) } }, 'SegmentTooLarge'],
  ])('are refused with %s', (_, document, code) => {
    expect(codes(document)).toEqual([code]);
  });

  it('are refused in the words of AWS', () => {
    const messages = (document: unknown) => readDocuments(JSON.stringify(document)).refused;
    expect(messages({ ...GOOD, name: 'a?' })).toEqual([
      {
        id: GOOD.id,
        code: 'InvalidName',
        message: 'Invalid subsegment. ErrorCode: InvalidName, Cause: null',
      },
    ]);
    expect(messages({ ...GOOD, id: undefined })).toEqual([
      { id: undefined, code: 'MissingId', message: 'Invalid segment. ErrorCode: MissingId' },
    ]);
  });

  it('count bytes, not characters', () => {
    const metadata = { a: 'é'.repeat(33_000) };
    expect(codes({ ...GOOD, metadata })).toEqual(['SegmentTooLarge']);
    expect(codes({ ...GOOD, metadata: { a: 'e'.repeat(33_000) } })).toEqual([]);
  });

  it('may be deep, but not so deep that they could not be printed again', () => {
    const nested = (depth: number) => {
      const metadata = `${'{"a":['.repeat(depth / 2)}"]}\\\\"${']}'.repeat(depth / 2)}`;
      return JSON.stringify(GOOD).replace('{', `{"metadata":${metadata},`);
    };
    expect(codes(nested(990))).toEqual([]);
    expect(codes(nested(1_200))).toEqual(['ParseError']);
    expect(codes('['.repeat(30_000))).toEqual(['ParseError']);
  });

  it('may have names in any language', () => {
    expect(codes({ ...GOOD, name: 'Bestellung für Köln: 注文 _./%&#=+\\-@' })).toEqual([]);
  });
});

describe('processing a document', () => {
  const processed = (more: Record<string, unknown>) =>
    normalise(JSON.parse(JSON.stringify({ ...GOOD, ...more }))).entity;

  it('drops unknown members and wrong types, at any depth', () => {
    expect(
      processed({
        notTraced: true,
        user: 5,
        namespace: null,
        fault: 'yes',
        http: { request: { method: 'GET', body: 'x' }, response: { status: '404', other: 1 } },
        annotations: { ok: 1, text: 'a', 'c d': 2, 'e-f': 3, list: [1], nothing: null },
        cause: { exceptions: [{ id: 'e', message: 'm', odd: 1, stack: [{ line: 3, column: 4 }] }] },
      }),
    ).toEqual({
      ...GOOD,
      http: { request: { method: 'GET' }, response: { status: 404 } },
      annotations: { ok: 1, text: 'a' },
      cause: { exceptions: [{ id: 'e', message: 'm', stack: [{ line: 3 }] }] },
    });
  });

  it('mends what the Node SDK sends', () => {
    const entity = processed({
      http: { response: { status: 200, content_length: '17' } },
      cause: { id: '53995c3f42cd8ad8' },
    });
    expect(entity.http!.response!.content_length).toBe(17);
    expect(entity.cause).toBe('53995c3f42cd8ad8');
  });

  it('keeps dangerous keys as data', () => {
    const { entity } = normalise(
      JSON.parse(JSON.stringify(GOOD).replace('{', '{"annotations":{"__proto__":"x"},')),
    );
    expect(Object.keys(entity.annotations!)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it.each([
    [{ namespace: 'aws', aws: { table_name: 'T' } }, ['T']],
    [{ namespace: 'aws', aws: { function_name: 'f', operation: 'Invoke' } }, ['f']],
    [{ origin: 'AWS::Lambda::Function' }, ['front']],
    [{ aws: { table_name: 'T' } }, undefined],
  ])('names the resources of %j', (more, names) => {
    expect(processed(more).aws?.resource_names).toEqual(names);
  });
});
