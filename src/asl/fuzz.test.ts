/**
 * Properties on random input. fast-check prints the seed of a failure; give it back with
 * `fc.assert(…, { seed, path })`.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../ground/json.ts';
import { compileMachine } from './compile.ts';
import { graphOf } from './layout.ts';
import { compileTemplate, fillTemplate } from './template.ts';
import { testEnv } from './testing.ts';
import { validateDefinition } from './validate.ts';
import { variableReferences } from './variable-references.ts';

const name = fc.constantFrom('A', 'B', 'C', 'D');
const path = fc.constantFrom(
  '$',
  '$.a',
  '$.a[0]',
  '$$.State.Name',
  '$v.x',
  '$..a',
  'a',
  '$.',
  null,
);
const expression = fc.constantFrom(
  '{% $states.input %}',
  '{% $v + 1 %}',
  '{% a %}',
  '{% ( %}',
  'x',
);
const value = fc.oneof(
  path,
  expression,
  fc.json({ maxDepth: 2 }).map((text) => JSON.parse(text) as Json),
);
const template = fc.dictionary(fc.constantFrom('a', 'a.$', 'b.$', 'c'), value, { maxKeys: 3 });
const errors = fc.array(fc.constantFrom('States.ALL', 'States.Timeout', 'Mine'), { maxLength: 2 });
const handlers = fc.array(
  fc.record(
    { ErrorEquals: errors, Next: name, ResultPath: path },
    { requiredKeys: ['ErrorEquals'] },
  ),
  { maxLength: 2 },
);

const { flow } = fc.letrec<{ flow: Json; state: Json }>((tie) => ({
  state: fc.record(
    {
      Type: fc.constantFrom('Pass', 'Task', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map'),
      Next: name,
      End: fc.boolean(),
      QueryLanguage: fc.constantFrom('JSONPath', 'JSONata'),
      InputPath: path,
      ResultPath: path,
      Parameters: template,
      Output: value,
      Assign: template,
      Resource: fc.constantFrom('arn:aws:states:::lambda:invoke', 'arn:aws:x', 5),
      TimeoutSeconds: value,
      Seconds: value,
      Timestamp: value,
      ErrorPath: path,
      Retry: handlers,
      Catch: handlers,
      Choices: fc.array(
        fc.oneof(
          fc.record({ Variable: path, StringEquals: value, Next: name }),
          fc.record({ Condition: value, Next: name }),
          fc.record({ Not: fc.record({ Variable: path, IsNull: value }), Next: name }),
        ),
        { maxLength: 2 },
      ),
      Default: name,
      Branches: fc.array(tie('flow'), { maxLength: 2 }),
      ItemProcessor: tie('flow'),
      ItemsPath: path,
    },
    { requiredKeys: ['Type'] },
  ) as fc.Arbitrary<Json>,
  flow: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    value as fc.Arbitrary<Json>,
    fc.record(
      { StartAt: name, States: fc.dictionary(name, tie('state'), { maxKeys: 4 }) },
      { noNullPrototype: true },
    ) as fc.Arbitrary<Json>,
  ),
}));

const pass = (next?: string): Json =>
  next ? { Type: 'Pass', Next: next } : { Type: 'Pass', End: true };

describe('random definitions', () => {
  it('are validated without a crash, and the valid ones compile', () => {
    fc.assert(
      fc.property(flow, fc.constantFrom('STANDARD' as const, 'EXPRESS' as const), (json, type) => {
        const text = JSON.stringify(json);
        const { diagnostics } = validateDefinition(text, { type });
        if (diagnostics.some(({ severity }) => severity === 'ERROR')) return;
        graphOf(compileMachine(text));
        variableReferences(json as JsonObject);
      }),
      { numRuns: 1500 },
    );
  });

  it('of chained states are valid, and compile to as many states', () => {
    const types = fc.array(fc.constantFrom('Pass', 'Wait', 'Task'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(types, (chain) => {
        const states = chain.map((type, i) => {
          const base = pass(i + 1 < chain.length ? `S${i + 1}` : undefined) as Record<string, Json>;
          if (type === 'Wait') return [`S${i}`, { ...base, Type: type, Seconds: i }];
          const Resource = 'arn:aws:states:::lambda:invoke';
          return [`S${i}`, type === 'Task' ? { ...base, Type: type, Resource } : base];
        });
        const text = JSON.stringify({ StartAt: 'S0', States: Object.fromEntries(states) });
        expect(validateDefinition(text, { type: 'STANDARD' }).diagnostics).toEqual([]);
        expect(compileMachine(text).states.size).toBe(chain.length);
      }),
    );
  });
});

const key = fc.constantFrom('a', 'b', 'c', 'constructor');
const { data } = fc.letrec<{ data: Json }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom<Json>(null, 1, 'x', true),
    fc.array(tie('data'), { maxLength: 3 }) as fc.Arbitrary<Json>,
    fc.dictionary(key, tie('data'), { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Json>,
  ),
}));
describe('random templates', () => {
  it('without paths are what they are', () => {
    fc.assert(
      fc.property(data, (json) => {
        const compiled = compileTemplate(json, 'JSONPath', 'Parameters');
        expect(fillTemplate(compiled, testEnv({}))).toBe(json);
      }),
    );
  });
});
