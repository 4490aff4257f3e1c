import { describe, expect, it } from 'vitest';
import type { Json } from '../ground/json.ts';
import { compileTemplate, fillTemplate } from './template.ts';
import { testEnv } from './testing.ts';

function fill(template: Json, input: Json, extra = {}): string {
  const compiled = compileTemplate(template, 'JSONPath', 'Parameters');
  return JSON.stringify(fillTemplate(compiled, testEnv(input, extra)));
}

describe('payload templates', () => {
  it('replaces keys that end in .$ at any depth', () => {
    const template = { a: { 'b.$': '$.x' }, list: [{ 'c.$': '$.x' }, '$.x'], 'd.$': '$' };
    expect(fill(template, { x: 1 })).toBe('{"a":{"b":1},"list":[{"c":1},"$.x"],"d":{"x":1}}');
  });

  it('puts constants first and paths in hash order', () => {
    const template = { 'name.$': '$.n', 'total.$': '$.n', 'id.$': '$.n', z: 1 };
    expect(fill(template, { n: 0 })).toBe('{"z":1,"total":0,"name":0,"id":0}');
  });

  it('reads context, variables and calls alike', () => {
    const extra = { context: () => ({ State: { Name: 'S' } }), variables: { v: [1] } };
    const template = { 'a.$': '$$.State.Name', 'b.$': '$v[0]', 'c.$': "States.Format('{}', $.x)" };
    expect(fill(template, { x: 2 }, extra)).toBe('{"a":"S","b":1,"c":"2"}');
  });

  it('keeps nulls, and an index past the end is null', () => {
    expect(fill({ 'a.$': '$.n', 'b.$': '$.l[3]' }, { n: null, l: [] })).toBe('{"a":null,"b":null}');
  });

  it('passes values that are no objects', () => {
    expect(fill('text', {})).toBe('"text"');
    expect(fill(['x'], {})).toBe('["x"]');
  });

  it('keeps a key named __proto__ an ordinary key', () => {
    const template = JSON.parse('{"__proto__.$":"$.a"}') as Json;
    expect(fill(template, { a: { x: 1 } })).toBe('{"__proto__":{"x":1}}');
  });

  it('names the key and the input when nothing is found', () => {
    expect(() => fill({ deep: { 'value.$': '$.x' } }, { a: 1 })).toThrow(
      `The JSONPath '$.x' specified for the field 'value.$' could not be found in the input '{"a":1}'`,
    );
    const extra = { context: () => ({ Execution: {} }) };
    expect(() => fill({ 'value.$': '$$.Nope' }, { a: 1 }, extra)).toThrow(
      `The JSONPath '$$.Nope' specified for the field 'value.$' could not be found in the input '{"Execution":{}}'`,
    );
  });
});
