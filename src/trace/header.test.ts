import { describe, expect, it } from 'vitest';
import { readDatagram } from './datagram.ts';
import { parseHeader, printHeader } from './header.ts';

const ROOT = '1-5759e988-bd862e3fe1be46a994272793';
const PARENT = '53995c3f42cd8ad8';

describe('the tracing header', () => {
  it.each([
    [`Root=${ROOT};Parent=${PARENT};Sampled=1`, { root: ROOT, parent: PARENT, sampled: '1' }],
    [`Sampled=?;Root=${ROOT}`, { root: ROOT, sampled: '?' }],
    [`Self=1-67891234-12456789abcdef012345678;Root=${ROOT}`, { root: ROOT }],
    [` root = ${ROOT} ; SAMPLED=0;;x;=y`, { root: ROOT, sampled: '0' }],
    [`Root=${ROOT};Sampled=2;Parent=zz`, { root: ROOT }],
    ['', {}],
  ])('%s', (text, expected) => {
    expect(parseHeader(text)).toEqual({ rootInvalid: false, others: [], ...expected });
  });

  it('keeps Lineage and what applications add', () => {
    const text = `Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=a87bd80c:1|68fd508a:5;k=v`;
    const header = parseHeader(text);
    expect(header.others).toEqual([
      ['Lineage', 'a87bd80c:1|68fd508a:5'],
      ['k', 'v'],
    ]);
    expect(printHeader(header)).toBe(text);
  });

  it('knows a root that is none', () => {
    expect(parseHeader('Root=not enabled;Sampled=0')).toEqual({
      rootInvalid: true,
      sampled: '0',
      others: [],
    });
  });

  it('carries a bounded amount of application data', () => {
    const header = parseHeader(`Root=${ROOT};a=${'x'.repeat(200)};b=${'y'.repeat(200)};c=z`);
    expect(header.others.map(([key]) => key)).toEqual(['a', 'c']);
  });
});

describe('a datagram', () => {
  it('is a header line and a document', () => {
    expect(readDatagram('{"format": "JSON", "version": 1}\n{"a":\n1}')).toEqual({
      type: 'document',
      text: '{"a":\n1}',
    });
  });

  it.each([
    ['', 'no header line'],
    ['{"format":"json","version":1}', 'no header line'],
    ['{"format":"json","version":1}\n', 'no document'],
    ['{"format":"xml","version":1}\n{}', 'not format json'],
    ['{"format":"json","version":2}\n{}', 'not format json'],
    ['\u0000\u0001\n{}', 'not JSON'],
    ['{"format":"json","version":1}\nT1SCgk=', 'OpenTelemetry'],
  ])('%j is refused with a reason', (text, reason) => {
    expect(readDatagram(text)).toMatchObject({
      type: 'refused',
      reason: expect.stringContaining(reason),
    });
  });
});
