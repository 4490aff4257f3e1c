import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { kindOf, readReport } from './log-lines.ts';

const report =
  'REPORT RequestId: 1\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 110.10 ms\t';

it('reads report lines', () => {
  expect(readReport(`START RequestId: 1\nhello\n${report}`)).toEqual({
    durationMs: 3.01,
    initMs: 110.1,
    memoryUsedMb: 36,
  });
  expect(readReport('hello')).toEqual({});
});

it('tells frames and errors from the rest', () => {
  expect(kindOf(report)).toBe('frame');
  expect(kindOf('2026-11-20T10:00:00Z 1 Task timed out after 3.00 seconds')).toBe('error');
  expect(kindOf('2026-11-20T10:00:00Z\t1\tERROR\tboom')).toBe('error');
  expect(kindOf('started the START of it')).toBe('plain');
});

it('carries texts in base64, also beyond ASCII', () => {
  expect(toBase64('{"a":1}')).toBe('eyJhIjoxfQ==');
  expect(fromBase64(toBase64('Grüße, 世界'))).toBe('Grüße, 世界');
});
