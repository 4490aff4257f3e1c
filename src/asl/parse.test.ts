import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import { type Node, parseTree, placeOf } from './parse.ts';

function jsonOf(node: Node): Json {
  if (node.kind === 'array') return node.items.map(jsonOf);
  if (node.kind !== 'object') return node.value;
  return Object.fromEntries(node.members.map(({ key, node: child }) => [key, jsonOf(child)]));
}

function problemOf(text: string): { message: string; location: string } {
  const parsed = parseTree(text);
  if ('problem' in parsed) return parsed.problem;
  throw new Error(`${text} was read`);
}

describe('parseTree', () => {
  it('reads what JSON.parse reads, and refuses what it refuses', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.string({ maxLength: 2 }),
        (text, at, noise) => {
          const cut = at % (text.length + 1);
          for (const sample of [
            text,
            text.slice(0, cut) + noise + text.slice(cut),
            text.slice(0, cut),
          ]) {
            let expected: { value: Json } | undefined;
            try {
              expected = { value: JSON.parse(sample) as Json };
            } catch {
              expected = undefined;
            }
            const parsed = parseTree(sample);
            if ('tree' in parsed) expect({ value: jsonOf(parsed.tree) }).toEqual(expected);
            else expect(expected).toBeUndefined();
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('knows where values start', () => {
    const text = '{\n  "a": [1,\n    {"b": "x"}]\n}';
    const parsed = parseTree(text);
    if (!('tree' in parsed) || parsed.tree.kind !== 'object') throw new Error('no object');
    const list = parsed.tree.members[0]!.node;
    if (list.kind !== 'array') throw new Error('no array');
    expect(placeOf(text, list.offset)).toEqual({ line: 2, column: 8 });
    expect(placeOf(text, list.items[1]!.offset)).toEqual({ line: 3, column: 5 });
  });

  it.each<[string, string, string]>([
    [
      'not a definition',
      "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      'line: 1, column: 4',
    ],
    [
      '{not json',
      "Unexpected character ('n' (code 110)): was expecting double-quote to start field name",
      'line: 1, column: 3',
    ],
    [
      '{"a" 1}',
      "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
      'line: 1, column: 7',
    ],
    [
      '{"a": 1\n "b": 2}',
      `Unexpected character ('"' (code 34)): was expecting comma to separate Object entries`,
      'line: 2, column: 3',
    ],
    [
      '[1 2]',
      "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries",
      'line: 1, column: 5',
    ],
    [
      '{"a": "x',
      'Unexpected end-of-input: was expecting closing quote for a string value',
      'line: 1, column: 9',
    ],
    ['{"a', 'Unexpected end-of-input in field name', 'line: 1, column: 4'],
    ['{"a"', 'Unexpected end-of-input within/between Object entries', 'line: 1, column: 5'],
    ['[1,', 'Unexpected end-of-input within/between Array entries', 'line: 1, column: 4'],
    ['{"a":}', "Unexpected character ('}' (code 125)): expected a value", 'line: 1, column: 7'],
    [
      '[1,]',
      "Unexpected character (']' (code 93)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      'line: 1, column: 5',
    ],
    [
      '[1}',
      `Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)"[1}"; line: 1, column: 1])`,
      'line: 1, column: 4',
    ],
    ['01', 'Invalid numeric value: Leading zeroes not allowed', 'line: 1, column: 2'],
    ['-', 'Unexpected end-of-inputNo digit following minus sign', 'line: 1, column: 2'],
    [
      '[-x]',
      "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value",
      'line: 1, column: 4',
    ],
    [
      '[1.x]',
      "Unexpected character ('x' (code 120)) in numeric value: Decimal point not followed by a digit",
      'line: 1, column: 5',
    ],
    [
      '[1x]',
      "Unexpected character ('x' (code 120)): was expecting comma to separate Array entries",
      'line: 1, column: 4',
    ],
    [
      '1x',
      "Unexpected character ('x' (code 120)): Expected space separating root-level values",
      'line: 1, column: 3',
    ],
    [
      '{"a":NaN}',
      "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
      'line: 1, column: 9',
    ],
    [
      '{"a\u0007": 1}',
      'Illegal unquoted character ((CTRL-CHAR, code 7)): has to be escaped using backslash to be included in name',
      'line: 1, column: 5',
    ],
    [
      '\ufeff{}',
      "Unexpected character ('\ufeff' (code 65279 / 0xfeff)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      'line: 1, column: 2',
    ],
  ])('%s', (text, message, place) => {
    const problem = problemOf(text);
    expect(problem.location).toBe(`[Source: (String)"${text}"; ${place}]`);
    expect(problem.message).toBe(`${message}\n at ${problem.location}`);
  });

  it('names the place where an unfinished object began', () => {
    expect(problemOf('{"a": {').message).toBe(
      'Unexpected end-of-input: expected close marker for Object (start marker at ' +
        '[Source: (String)"{"a": {"; line: 1, column: 7])\n at [Source: (String)"{"a": {"; line: 1, column: 8]',
    );
  });

  it('shows a long text cut off, and survives deep ones', () => {
    expect(problemOf(`"${'x'.repeat(600)}`).location).toContain('"[truncated 101 chars]; line: 1');
    expect(problemOf('['.repeat(100_000)).message).toContain('Document nesting depth (1001)');
  });
});
