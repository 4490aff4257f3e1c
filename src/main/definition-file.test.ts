import { describe, expect, it } from 'vitest';
import { checkDefinition } from './definition-file.ts';

const check = (yaml: string) => checkDefinition('x.yaml', yaml, 'STANDARD');

describe('checkDefinition', () => {
  it('reads YAML with anchors, merged maps and block texts as the JSON they stand for', () => {
    const { definition, findings } = check(`
# A comment.
StartAt: A
States:
  A: &task
    Type: Pass
    Comment: |
      two
      lines
    Next: B
  B:
    <<: *task
    Next: C
  C: { Type: Succeed, yes: ~ }
`);
    expect(JSON.parse(definition!)).toEqual({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Comment: 'two\nlines\n', Next: 'B' },
        B: { Type: 'Pass', Comment: 'two\nlines\n', Next: 'C' },
        C: { Type: 'Succeed', yes: null },
      },
    });
    expect(findings).toMatchObject([{ line: 14, location: '/States/C' }]);
  });

  it('places what is wrong in the YAML text', () => {
    const { findings } = check(
      'StartAt: A\nStates:\n  A:\n    Type: Wait\n    Seconds: -1\n    End: true\n',
    );
    expect(findings).toEqual([
      {
        severity: 'ERROR',
        code: 'SCHEMA_VALIDATION_FAILED',
        message: 'Minimum value is 0',
        location: '/States/A/Seconds',
        line: 5,
        column: 14,
      },
    ]);
  });

  it.each([
    ['A: [1, 2', 1],
    ['A: 1\nB: *nowhere\n', 2],
    ['A: .inf', 1],
    ['? [a]\n: 1', 1],
    [
      `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`).join('\n')}`,
      2,
    ],
  ])('finds %j to be no definition, in one line', (yaml, line) => {
    const { definition, findings } = check(yaml);
    expect(definition).toBeUndefined();
    expect(findings[0]).toMatchObject({ severity: 'ERROR', code: 'INVALID_YAML' });
    expect(findings[0]!.line).toBeGreaterThanOrEqual(line);
  });

  it('names twice the same key as the API does', () => {
    const { findings } = check('StartAt: A\nStartAt: B\nStates: {}\n');
    expect(findings[0]).toMatchObject({ message: "Duplicate field 'StartAt'", line: 2 });
  });

  it('knows JSON by its name or its look', () => {
    const json = '\uFEFF{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}';
    expect(checkDefinition('-', json, 'STANDARD').findings).toEqual([]);
    const [finding] = checkDefinition('x.json', 'StartAt: A', 'STANDARD').findings;
    expect(finding).toMatchObject({ code: 'INVALID_JSON_DESCRIPTION', line: 1 });
  });
});

it.each([
  ['StartAt: A\nStates: &s\n  A: *s\n', 's'],
  ['&a [*a]', 'a'],
  ['StartAt: A\nStates: &x { A: &y { B: *x, C: *y } }\n', 'x'],
  ['a: &m\n  <<: *m\n', 'm'],
])('an anchor that has itself in it is named: %j', (yaml, name) => {
  const { definition, findings } = check(yaml);
  expect(definition).toBeUndefined();
  expect(findings).toMatchObject([
    { code: 'INVALID_YAML', message: `the anchor "${name}" has itself in it` },
  ]);
});
