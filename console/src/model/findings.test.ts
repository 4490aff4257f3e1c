import { expect, it } from 'vitest';
import { validateDefinition } from '../../../src/asl/validate.ts';
import { findingsOf } from './findings.ts';
import { starterDefinition } from './starters.ts';

const check = (text: string) =>
  findingsOf(text, validateDefinition(text, { type: 'STANDARD' }).diagnostics);

it('marks the word that is wrong', () => {
  const text = '{\n  "StartAt": "A",\n  "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}\n}';
  const [finding] = check(text);
  expect(finding).toMatchObject({ severity: 'error' });
  expect(text.slice(finding!.from, finding!.to)).toContain('Nowhere');
});

it('marks something also where the text ends early or the whole is meant', () => {
  for (const text of ['', '{', '[]', '{"States": {}}']) {
    for (const finding of check(text)) {
      expect(finding.from).toBeLessThanOrEqual(text.length);
      expect(finding.to).toBeGreaterThanOrEqual(finding.from);
    }
    expect(check(text).length).toBeGreaterThan(0);
  }
});

it('says where the JSON breaks without quoting it', () => {
  expect(check('{"a":1} x')[0]!.message).toBe(
    "Unexpected character ('x' (code 120)): Expected end of the document (line 1, column 10)",
  );
  expect(check('{"a": 1')[0]!.message).toMatch(/close marker for Object \(line 1, column 8\)$/);
});

it('starts with a valid definition', () => {
  expect(check(starterDefinition(undefined))).toEqual([]);
  expect(check(starterDefinition('arn:aws:lambda:us-east-1:000000000000:function:f'))).toEqual([]);
});
