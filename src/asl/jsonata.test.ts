import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import type { ExpressionRequest } from './env.ts';
import { compileExpressions, expressionSource, fillExpressions } from './jsonata.ts';

const scope = { states: { input: 1 }, variables: { v: 2 } };

/** Drives the computation with answers, and notes what it asked. */
function fill(json: Json, ...answers: Json[]): { value: Json; asked: ExpressionRequest[] } {
  const evaluation = fillExpressions(compileExpressions(json, 'Output'), scope);
  const asked: ExpressionRequest[] = [];
  let step = evaluation.next();
  while (!step.done) {
    asked.push(step.value);
    step = evaluation.next(answers.shift()!);
  }
  return { value: step.value, asked };
}

describe('expressions', () => {
  it.each([
    ['{% 1 %}', '1'],
    ['{%  $a\n %}', '$a'],
    ['{%%}', ''],
    [' {% 1 %}', undefined],
    ['{% 1 %} ', undefined],
    ['{%}', undefined],
    ['x', undefined],
  ])('%j', (text, source) => expect(expressionSource(text)).toBe(source));

  it('asks for each in order, with its place and its scope', () => {
    const json = { a: ['{% $x %}', 'text', { 'k.$': '{% $y %}' }], n: null };
    const { value, asked } = fill(json, 'X', { deep: 1 });
    expect(JSON.stringify(value)).toBe('{"a":["X","text",{"k.$":{"deep":1}}],"n":null}');
    expect(asked).toEqual([
      { source: '$x', field: 'Output/a[0]', ...scope },
      { source: '$y', field: 'Output/a[2]/k.$', ...scope },
    ]);
  });

  it('asks nothing where there is none', () => {
    const json = { a: [1, 'x'] };
    expect(fill(json)).toEqual({ value: json, asked: [] });
  });
});
