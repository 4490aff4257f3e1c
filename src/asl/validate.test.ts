import { describe, expect, it } from 'vitest';
import { cpuRatio } from '../../test/support/cpu.ts';
import { invalidDefinitionMessage, validateDefinition } from './validate.ts';

type Definition = Record<string, unknown>;

function problems(
  definition: Definition | string,
  type: 'STANDARD' | 'EXPRESS' = 'STANDARD',
): string[] {
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const { diagnostics } = validateDefinition(text, { type });
  return diagnostics.map(({ severity, code, message, location }) =>
    [severity === 'WARNING' ? 'warning ' : '', code, ' | ', message, ' | ', location].join(''),
  );
}

const schema = (message: string, location: string): string =>
  `SCHEMA_VALIDATION_FAILED | ${message} | ${location}`;
const missing = (target: string, location: string): string =>
  `MISSING_TRANSITION_TARGET | Missing 'Next' target: ${target} | ${location}`;
const unreachable = (name: string, location: string): string =>
  `MISSING_TRANSITION_TARGET | State "${name}" is not reachable. | ${location}`;
const NO_END = 'MISSING_END_STATE | Workflow has no terminal state | ';

const end = { Type: 'Pass', End: true };
const one = (state: Definition, top: Definition = {}): Definition => ({
  ...top,
  StartAt: 'X',
  States: { X: state },
});
const task = (fields: Definition = {}): Definition => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f' },
  End: true,
  ...fields,
});
const map = (fields: Definition = {}, processor: Definition = {}): Definition => ({
  Type: 'Map',
  ItemProcessor: { StartAt: 'I', States: { I: end }, ...processor },
  End: true,
  ...fields,
});
const jsonata = { QueryLanguage: 'JSONata' };

describe('the document', () => {
  it.each<[string, string[]]>([
    ['', [schema('Definition must be a valid JSON object', '')]],
    ['[]', [schema('Definition must be a valid JSON object', '')]],
    ['{}', [schema('These fields are required: [States, StartAt]', '/')]],
    ['{"StartAt":"A"}', [schema('These fields are required: [States]', '/')]],
    ['{"States":{"A":5}}', [schema('These fields are required: [StartAt]', '/')]],
    [
      'not a definition',
      [
        "INVALID_JSON_DESCRIPTION | Unrecognized token 'not': was expecting (JSON String, Number, " +
          "Array, Object or token 'null', 'true' or 'false')\n at [Source: (String)\"not a " +
          'definition"; line: 1, column: 4] | [Source: (String)"not a definition"; line: 1, column: 4]',
      ],
    ],
    [
      '{"StartAt":"A","States":{"A":{"Type":"Pass","Type":"Pass","End":true}}}',
      ["INVALID_JSON_DESCRIPTION | Duplicate field 'Type' | /States/A/Type"],
    ],
  ])('%s', (text, expected) => expect(problems(text)).toEqual(expected));

  it('knows line and column', () => {
    const text = '{"StartAt":"A",\n "States":{\n  "A":{"Type":"Nope"}}}';
    const [diagnostic] = validateDefinition(text, { type: 'STANDARD' }).diagnostics;
    expect(diagnostic).toMatchObject({ location: '/States/A/Type', line: 3, column: 15 });
  });

  it('is as quick on a large definition that is wrong all over as on ten small ones', async () => {
    const wrong = (count: number): (() => number) => {
      const states = Array.from({ length: count }, (_, i) => [`S${i}`, { Type: 'Nope', Foo: 1 }]);
      const text = JSON.stringify({ StartAt: 'S0', States: Object.fromEntries(states) }, null, 1);
      return () => validateDefinition(text, { type: 'STANDARD' }).diagnostics.length;
    };
    expect(wrong(12_000)()).toBeGreaterThan(9999);
    expect(await cpuRatio(wrong(12_000), wrong(1_200), { enough: 40 })).toBeLessThan(40);
  });

  it('makes the message of InvalidDefinition', () => {
    const loop = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'NOPE' } } };
    const { diagnostics } = validateDefinition(JSON.stringify(loop), { type: 'STANDARD' });
    expect(invalidDefinitionMessage(diagnostics)).toBe(
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE " +
        "at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state at null'",
    );
  });

  it.each<[Definition, string[]]>([
    [{ Version: '2.0' }, [schema('Value should be one of the following: [1.0]', '/Version')]],
    [{ Extra: 1 }, [schema("Field 'Extra' is not supported", '/')]],
    [{ QueryLanguage: 5 }, [schema('Expected value of type [STRING]', '/QueryLanguage')]],
    [{ TimeoutSeconds: 'x' }, [schema('Expected value of type Integer', '/TimeoutSeconds')]],
    [{ TimeoutSeconds: 0 }, []],
  ])('with %j', (top, expected) => expect(problems(one(end, top))).toEqual(expected));
});

describe('transitions', () => {
  const loop = { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } };
  it.each<[string, Definition, string[]]>([
    ['a loop', { StartAt: 'A', States: loop }, [NO_END]],
    [
      'a loop and a lost state',
      { StartAt: 'A', States: { ...loop, C: { Type: 'Pass', Next: 'A' } } },
      [NO_END],
    ],
    [
      'a loop beside an end',
      { StartAt: 'A', States: { ...loop, C: end } },
      [unreachable('C', '/States/C')],
    ],
    [
      'a dangling Next',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'NOPE' } } },
      [missing('NOPE', '/States/A/Next'), NO_END],
    ],
    [
      'a dangling StartAt',
      { StartAt: 'Nope', States: { A: end } },
      [missing('Nope', '/StartAt'), unreachable('A', '/States/A')],
    ],
    [
      'a slash in a name',
      { StartAt: 'S', States: { S: end, 'a/b': end } },
      [unreachable('a/b', '/States/a/b')],
    ],
    [
      'a dangling Catch',
      one(task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Ghost' }] })),
      [missing('Ghost', '/States/X/Catch[0]/Next')],
    ],
    [
      'a dangling rule and Default',
      {
        StartAt: 'C',
        States: {
          C: {
            Type: 'Choice',
            Choices: [{ Variable: '$.x', IsPresent: true, Next: 'G' }],
            Default: 'H',
          },
          Z: end,
        },
      },
      [
        missing('G', '/States/C/Choices[0]/Next'),
        missing('H', '/States/C/Default'),
        unreachable('Z', '/States/Z'),
      ],
    ],
    ['a loop inside a Map', one(map({}, { StartAt: 'A', States: loop })), []],
    [
      'a lost state inside a Map',
      one(map({}, { States: { I: end, G: end } })),
      [unreachable('G', '/States/X/ItemProcessor/States/G')],
    ],
    [
      'a lost state inside a branch',
      one({
        Type: 'Parallel',
        Branches: [{ StartAt: 'W', States: { W: end, G: end } }],
        End: true,
      }),
      [unreachable('G', '/States/X/Branches[0]/States/G')],
    ],
    [
      'a way out of a Map',
      {
        StartAt: 'M',
        States: {
          M: {
            ...map({}, { States: { I: { Type: 'Pass', Next: 'Z' } } }),
            End: undefined,
            Next: 'Z',
          },
          Z: end,
        },
      },
      [missing('Z', '/States/M/ItemProcessor/States/I/Next')],
    ],
  ])('%s', (_, definition, expected) => expect(problems(definition)).toEqual(expected));
});

describe('states', () => {
  const TYPES = '[Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]';
  const SUPPORT = 'is only supported for the';
  const wrong = (language: string, field: string, only: string): string =>
    schema(
      `The QueryLanguage is set to '${language}', but field '${field}' ${SUPPORT} '${only}' QueryLanguage`,
      '/States/X',
    );
  it.each<[string, Definition, string[]]>([
    ['no type', {}, [schema('These fields are required: [Type]', '/States/X'), NO_END]],
    [
      'a bad type',
      { Type: 'pass' },
      [
        schema(`The field 'Type' should have one of these values: ${TYPES}`, '/States/X/Type'),
        NO_END,
      ],
    ],
    [
      'unknown fields, in a fixed order',
      { ...end, Retry: [], Foo: 1, TimeoutSeconds: 5, Catch: [] },
      ['TimeoutSeconds', 'Catch', 'Retry', 'Foo'].map((name) =>
        schema(`Field '${name}' is not supported`, '/States/X'),
      ),
    ],
    [
      'both Next and End',
      { ...end, Next: 'X' },
      [schema('There should only be one of the following fields: [Next, End]', '/States/X')],
    ],
    [
      'neither Next nor End',
      { Type: 'Pass' },
      [
        schema(
          'This object should have only one of the following fields: [Next, End]',
          '/States/X',
        ),
        NO_END,
      ],
    ],
    [
      'End: false',
      { Type: 'Pass', End: false },
      [
        schema(
          'This object should have only one of the following fields: [Next, End]',
          '/States/X',
        ),
      ],
    ],
    [
      'two durations',
      { Type: 'Wait', Seconds: 1, SecondsPath: '$.s', End: true },
      [
        schema(
          'There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]',
          '/States/X',
        ),
      ],
    ],
    [
      'no duration',
      { Type: 'Wait', End: true },
      [
        schema(
          'This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp]',
          '/States/X',
        ),
      ],
    ],
    [
      'a bad Timestamp',
      { Type: 'Wait', Timestamp: '2016-12-05T21:29:29', End: true },
      [schema('String does not match RFC3339 timestamp', '/States/X/Timestamp')],
    ],
    [
      'an expression as Timestamp',
      { Type: 'Wait', Timestamp: '{% $x %}', End: true },
      [schema('String does not match RFC3339 timestamp', '/States/X/Timestamp')],
    ],
    [
      'negative Seconds',
      { Type: 'Wait', Seconds: -1, End: true },
      [schema('Minimum value is 0', '/States/X/Seconds')],
    ],
    [
      'a pair',
      task({ TimeoutSeconds: 1, TimeoutSecondsPath: '$.t' }),
      [
        schema(
          'There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath]',
          '/States/X',
        ),
      ],
    ],
    [
      'a timeout of 0',
      task({ TimeoutSeconds: 0 }),
      [schema('Minimum value is 1', '/States/X/TimeoutSeconds')],
    ],
    [
      'a timeout too large',
      task({ TimeoutSeconds: 1e8 }),
      [schema('Maximum value is 99999999', '/States/X/TimeoutSeconds')],
    ],
    [
      'a timeout in words',
      task({ TimeoutSeconds: '5' }),
      [schema('Expected value of type Integer', '/States/X/TimeoutSeconds')],
    ],
    [
      'no resource',
      { Type: 'Task', End: true },
      [schema('These fields are required: [Resource]', '/States/X')],
    ],
    [
      'a resource that is no ARN',
      task({ Resource: 'foo:bar' }),
      [schema('Value is not a valid resource ARN', '/States/X/Resource')],
    ],
    [
      'an action that is not offered',
      task({ Resource: 'arn:aws:states:::dynamodb:query' }),
      [
        schema(
          'The resource provided arn:aws:states:::dynamodb:query is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.',
          '/States/X/Resource',
        ),
      ],
    ],
    [
      'no branch',
      { Type: 'Parallel', Branches: [], End: true },
      [schema('Value cannot be empty', '/States/X/Branches')],
    ],
    [
      'a path that is none',
      { ...end, InputPath: 'a' },
      [schema('Value must be a valid JSONPath.', '/States/X/InputPath')],
    ],
    [
      'a ResultPath with a wildcard',
      { ...end, ResultPath: '$.a[*]' },
      [schema('Value is not a Reference Path', '/States/X/ResultPath')],
    ],
    [
      'a filter where one node is meant',
      { Type: 'Wait', SecondsPath: '$.a[?(@.b)]', End: true },
      [schema('Value is not a Reference Path', '/States/X/SecondsPath')],
    ],
    ['null paths', { ...end, InputPath: null, OutputPath: null, ResultPath: null }, []],
    [
      'a bad template',
      { ...end, Parameters: { deep: [{ 'parsed.$': 'x' }] } },
      [
        schema(
          "The value for the field 'parsed.$' must be a valid JSONPath or a valid intrinsic function call",
          '/States/X/Parameters',
        ),
      ],
    ],
    [
      'a bad escape',
      { ...end, Parameters: { 'p.$': `States.StringToJson('{"a":"\\"b"}')` } },
      [
        schema(
          "The value for the field 'p.$' must be a valid JSONPath or a valid intrinsic function call",
          '/States/X/Parameters',
        ),
      ],
    ],
    [
      'keys that collide',
      { ...end, Parameters: { a: 1, 'a.$': '$.a' } },
      [
        schema(
          'There should only be one of the following fields: [a, a.$]',
          '/States/X/Parameters',
        ),
      ],
    ],
    [
      'a key without .$',
      { ...end, Parameters: { a: '$.b' } },
      [
        expect.stringMatching(
          /^warning NO_DOLLAR .* \| \/States\/X\/Parameters\/a$/,
        ) as unknown as string,
      ],
    ],
    [
      'a result that looks dynamic',
      { ...end, Result: { 'a.$': '$.b' } },
      [
        expect.stringMatching(
          /^warning PASS_RESULT_IS_STATIC .* \| \/States\/X\/Result$/,
        ) as unknown as string,
      ],
    ],
    [
      'fields of the other language',
      { ...task(), Output: 1 },
      [wrong('JSONPath', 'Output', 'JSONata')],
    ],
    [
      'a language in small letters',
      { ...end, QueryLanguage: 'jsonata', InputPath: '$.a' },
      [
        wrong('JSONata', 'InputPath', 'JSONPath'),
        schema(
          'Value should be one of the following: [JSONPath, JSONata]',
          '/States/X/QueryLanguage',
        ),
      ],
    ],
    [
      'no RoleArn',
      task({ Credentials: {} }),
      [schema("The field 'RoleArn' is required but was missing", '/States/X/Credentials')],
    ],
    [
      'a reserved variable',
      { ...end, Assign: { states: 1 } },
      [
        "RESERVED_VARIABLE_NAME | Cannot assign to reserved variable '$states'. | /States/X/Assign/states",
      ],
    ],
    [
      'a bad variable',
      { ...end, Assign: { 'a b.$': '$.x' } },
      [
        "INVALID_VARIABLE_NAME | Invalid variable name 'a b': the variable name contains invalid characters. | /States/X/Assign/a b.$",
      ],
    ],
    [
      'Fail with a call that gives a list',
      { Type: 'Fail', CausePath: 'States.Array(1)' },
      [
        schema(
          'Value must be a valid JSONPath or a valid intrinsic function call',
          '/States/X/CausePath',
        ),
      ],
    ],
    [
      'Fail with a call that gives a text',
      { Type: 'Fail', CausePath: "States.Format('{}', $.a)" },
      [],
    ],
  ])('%s', (_, state, expected) => expect(problems(one(state))).toEqual(expected));

  it('refuses a step back to JSONPath, and then nothing about fields', () => {
    const message =
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine";
    const state = { ...end, QueryLanguage: 'JSONPath', Output: { v: '{% 1 %}' } };
    expect(problems(one(state, jsonata))).toEqual([schema(message, '/States/X')]);
    const concurrency = map({ QueryLanguage: 'JSONPath', MaxConcurrency: -1 });
    expect(problems(one(concurrency, jsonata))).toEqual([
      schema(message, '/States/X'),
      schema('Minimum value is 0', '/States/X/MaxConcurrency'),
    ]);
  });

  it('does not hand a Map’s language down', () => {
    const inner = { States: { I: { ...end, Output: 1 } } };
    expect(problems(one(map({ QueryLanguage: 'JSONata', Items: [] }, inner)))).toEqual([
      schema(
        "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage",
        '/States/X/ItemProcessor/States/I',
      ),
    ]);
    expect(problems(one(map({}, jsonata)))).toEqual([
      schema("Field 'QueryLanguage' is not supported", '/States/X/ItemProcessor'),
    ]);
  });

  it('wants names and labels to be unique and short', () => {
    const long = 'n'.repeat(81);
    expect(problems({ StartAt: long, States: { [long]: end } })[0]).toMatch(/^INVALID_STATE_NAME/);
    expect(problems(one(map({}, { StartAt: 'X', States: { X: end } })))).toEqual([
      'DUPLICATE_STATE_NAME | Duplicate State name: X | /States/X/ItemProcessor/States/X',
    ]);
    expect(problems(one(map({ Label: '' })))[0]).toMatch(/^INVALID_LABEL_NAME/);
    expect(problems(one(map({ Label: 'a b' })))[0]).toMatch(/^INVALID_LABEL_NAME/);
    expect(problems(one(map({ Label: 'l'.repeat(41) })))[0]).toMatch(/^INVALID_LABEL_NAME/);
    expect(problems(one(map({ Label: 'l'.repeat(40) })))).toEqual([]);
  });

  it('keeps inner scopes from hiding outer variables, but not in a distributed Map', () => {
    const inner = { States: { I: { ...end, Assign: { a: 1, b: 2 } } } };
    const distributed = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    expect(problems(one(map({ Assign: { a: 1 } }, inner)))).toHaveLength(1);
    expect(problems(one(map({ Assign: { a: 1 } }, { ...inner, ...distributed })))).toEqual([]);
  });
});

describe('rules, retriers and catchers', () => {
  const choice = (rule: Definition, fields: Definition = {}): Definition => ({
    StartAt: 'X',
    States: { X: { Type: 'Choice', Choices: [rule], ...fields }, Z: end },
  });
  const at = '/States/X/Choices[0]';
  it.each<[Definition, string[]]>([
    [
      { Variable: '$.a', StringEquals: 'x' },
      [schema('These fields are required: [Next]', at), unreachable('Z', '/States/Z')],
    ],
    [
      { Variable: '$.a', StringEquals: 'x', IsNull: true, Next: 'Z' },
      [schema('There should only be one of the following fields: [StringEquals, IsNull]', at)],
    ],
    [
      { Variable: '$.a', StringEquals: 5, Next: 'Z' },
      [schema('Expected value of type [STRING]', `${at}/StringEquals`)],
    ],
    [
      { Variable: 'States.ArrayLength($.a)', NumericEquals: 0, Next: 'Z' },
      [
        schema(
          "Value is not a Reference Path: Reference path didn't start with '$'",
          `${at}/Variable`,
        ),
      ],
    ],
    [
      { Not: { Variable: '$.a', IsNull: true, Next: 'Z' }, Next: 'Z' },
      [schema("Field 'Next' is not supported", `${at}/Not`)],
    ],
    [{ And: [], Next: 'Z' }, [schema('Value cannot be empty', `${at}/And`)]],
    [
      { Next: 'Z' },
      [
        schema(
          'The object must have only one of the following fields, [And, Or, Not, Variable, Condition]',
          at,
        ),
      ],
    ],
    [
      { Condition: '{% true %}', Next: 'Z' },
      [
        schema(
          "The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' QueryLanguage",
          at,
        ),
      ],
    ],
    [{ Or: [{ Variable: '$$.a', TimestampEqualsPath: '$v' }], Next: 'Z' }, []],
  ])('%j', (rule, expected) => expect(problems(choice(rule))).toEqual(expected));

  it.each<[Definition, string[]]>([
    [{ Retry: [{}] }, [schema('These fields are required: [ErrorEquals]', '/States/X/Retry[0]')]],
    [
      { Retry: [{ ErrorEquals: [] }] },
      [schema('Value cannot be empty', '/States/X/Retry[0]/ErrorEquals')],
    ],
    [
      { Retry: [{ ErrorEquals: ['States.ALL', 'A'] }] },
      [schema('States.ALL must appear alone and at end of list', '/States/X/Retry[0]/ErrorEquals')],
    ],
    [
      { Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] },
      [schema('States.ALL must appear alone and at end of list', '/States/X/Retry[0]/ErrorEquals')],
    ],
    [
      { Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'SOME' }] },
      [
        schema(
          'Value should be one of the following: [NONE, FULL]',
          '/States/X/Retry[0]/JitterStrategy',
        ),
      ],
    ],
    [
      { Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5, MaxAttempts: -1 }] },
      [
        schema('Minimum value is 1', '/States/X/Retry[0]/BackoffRate'),
        schema('Minimum value is 0', '/States/X/Retry[0]/MaxAttempts'),
      ],
    ],
    [
      { Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 0 }] },
      [schema('Minimum value is 1', '/States/X/Retry[0]/IntervalSeconds')],
    ],
    [
      { Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 5, MaxDelaySeconds: 5 }] },
      [
        schema(
          'MaxDelaySeconds must be greater than IntervalSeconds',
          '/States/X/Retry[0]/MaxDelaySeconds',
        ),
      ],
    ],
    [
      { Catch: [{ ErrorEquals: ['A'] }] },
      [schema('These fields are required: [Next]', '/States/X/Catch[0]')],
    ],
    [
      { HeartbeatSeconds: 5, TimeoutSeconds: 5 },
      [
        schema(
          'HeartbeatSeconds must be smaller than TimeoutSeconds',
          '/States/X/HeartbeatSeconds',
        ),
      ],
    ],
  ])('%j', (fields, expected) => expect(problems(one(task(fields)))).toEqual(expected));
});

describe('distributed maps and express machines', () => {
  const config = (fields: Definition): Definition => ({
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS', ...fields },
  });
  const place = '/States/X/ItemProcessor/ProcessorConfig';
  it.each<[Definition, string[]]>([
    [
      map({}, config({ ExecutionType: undefined })),
      [schema('These fields are required: [ExecutionType]', place)],
    ],
    [
      map({}, config({ Mode: 'INLINE' })),
      [schema("Field 'ExecutionType' is not supported", place)],
    ],
    [
      map({ ItemReader: { Resource: 'arn:aws:states:::s3:putObject' } }, config({})),
      [
        schema(
          "The field 'Resource' does not match any of the allowed values",
          '/States/X/ItemReader/Resource',
        ),
      ],
    ],
    [
      map(
        {
          ItemReader: {
            Resource: 'arn:aws:states:::s3:getObject',
            ReaderConfig: { InputType: 'CSV' },
          },
        },
        config({}),
      ),
      [schema("The field 'CSVHeaderLocation' is required", '/States/X/ItemReader/ReaderConfig')],
    ],
    [
      map({ ResultWriter: {} }, config({})),
      [schema('These fields are required: [Resource, Parameters]', '/States/X/ResultWriter')],
    ],
    [
      map({ ItemProcessor: undefined }),
      [
        schema(
          'This object should have only one of the following fields: [ItemProcessor, Iterator]',
          '/States/X',
        ),
      ],
    ],
    [
      map({ QueryLanguage: 'JSONata', Items: 1 }),
      [schema('Expected value of type [ARRAY]', '/States/X/Items')],
    ],
    [map({ QueryLanguage: 'JSONata', Items: { a: '{% 1 %}' } }), []],
    [
      map({ ItemBatcher: { BatchInput: {} } }, config({})),
      [
        schema(
          'This object should have at least one of the following fields: [MaxItemsPerBatch, ' +
            'MaxItemsPerBatchPath, MaxInputBytesPerBatch, MaxInputBytesPerBatchPath]',
          '/States/X/ItemBatcher',
        ),
      ],
    ],
    [
      map({ ItemBatcher: { MaxItemsPerBatch: 0 } }, config({})),
      [schema('Minimum value is 1', '/States/X/ItemBatcher/MaxItemsPerBatch')],
    ],
  ])('%#', (state, expected) => expect(problems(one(state))).toEqual(expected));

  const reading = (ReaderConfig: Definition): string[] => {
    const ItemReader = { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig };
    return problems(one(map({ ItemReader }, config({}))));
  };
  const reader = '/States/X/ItemReader/ReaderConfig';
  it.each<[Definition, string[]]>([
    [
      { InputType: 'JSON', CSVHeaderLocation: 'FIRST_ROW' },
      [schema("Field 'CSVHeaderLocation' is not supported", reader)],
    ],
    [
      { InputType: 'JSONL', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a'] },
      [
        schema("Field 'CSVHeaderLocation' is not supported", reader),
        schema("Field 'CSVHeaders' is not supported", reader),
      ],
    ],
    [
      { InputType: 'CSV', CSVHeaderLocation: 'GIVEN' },
      [schema('These fields are required: [CSVHeaders]', reader)],
    ],
    [
      { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW', ItemsPointer: '/a' },
      [schema("Field 'ItemsPointer' is not supported", reader)],
    ],
    [
      { InputType: 'JSON', ItemsPointer: 'a/b' },
      [schema('Value must be a valid JSONPointer', `${reader}/ItemsPointer`)],
    ],
    [{ InputType: 'JSON', ItemsPointer: '/a~1b/0' }, []],
    [
      { ManifestType: 'S3_INVENTORY', InputType: 'JSONL' },
      [schema("Field 'InputType' is not supported", reader)],
    ],
    [{ ManifestType: 'S3_INVENTORY', InputType: 'MANIFEST' }, []],
    [
      { ManifestType: 'ATHENA_DATA', InputType: 'JSON' },
      [
        schema(
          'Value should be one of the following: [CSV, JSONL, PARQUET]',
          `${reader}/InputType`,
        ),
      ],
    ],
    [
      { Transformation: 'LOAD_AND_FLATTEN' },
      [schema('These fields are required: [InputType]', reader)],
    ],
  ])('%j is read so', (fields, expected) => expect(reading(fields)).toEqual(expected));

  it.each<[Definition, string]>([
    [
      task({ Resource: 'arn:aws:states:::states:startExecution.sync' }),
      "Express state machine does not support '.sync' service integration",
    ],
    [
      task({ Resource: 'arn:aws:states:::sns:publish.waitForTaskToken' }),
      "Express state machine does not support '.waitForTaskToken' service integration ",
    ],
    [
      task({ Resource: 'arn:aws:states:us-east-1:1:activity:a' }),
      'Express state machine does not support Activity ARN',
    ],
  ])('%#', (state, message) => {
    expect(problems(one(state), 'EXPRESS')).toEqual([schema(message, '/States/X/Resource')]);
    expect(problems(one(state))).toEqual([]);
  });
});

describe('expressions', () => {
  const output = (expression: string): Definition =>
    one({ ...end, Output: { v: expression } }, jsonata);
  const invalid = (message: string): string =>
    `INVALID_JSONATA_EXPRESSION | ${message} | /States/X/Output/v`;
  const unsupported = (message: string): string =>
    `UNSUPPORTED_JSONATA_EXPRESSION | ${message} | /States/X/Output/v`;
  const topLevel = (name: string): string =>
    unsupported(`Reference to '${name}' at the top level is not supported.`);
  it.each<[string, string[]]>([
    ['{% a[1,2) %}', [invalid('Expected "]", got ","')]],
    ['{% "unterminated %}', [invalid('String literal must be terminated by a matching quote')]],
    ['{% 1 + %}', [invalid('Unexpected end of expression')]],
    ['{% {"a":} %}', [invalid('The symbol "}" cannot be used as a unary operator')]],
    ['{%%}', [invalid('Unexpected end of expression')]],
    ['{% $match("a", /abc %}', [invalid('No terminating / in regular expression')]],
    ['{% phone %}', [topLevel('phone')]],
    ['{% $map($states.input.a, function($x){ b }) %}', [topLevel('b')]],
    ['{% $ %}', [topLevel('$')]],
    ['{% $$ %}', [unsupported("Reference to '$$' is not supported.")]],
    ['{% $states.errorOutput %}', [unsupported("Field '$states.errorOutput' does not exist.")]],
    ['{% $states.input.items[value > 3]{key: $sum(v)}^(w) %}', []],
    ['{% $states.input.a.b ~> $map(function($v) { $v.c }) %}', []],
    ['{% 1 %', [schema('JSONata string must start with {% and end with %}', '/States/X/Output/v')]],
    ['1 %}', [schema('JSONata string must start with {% and end with %}', '/States/X/Output/v')]],
    [' {% 1 %}', []],
  ])('%s', (expression, expected) => expect(problems(output(expression))).toEqual(expected));

  it('offers the result and the error where there is one', () => {
    const state = task({
      Parameters: undefined,
      Arguments: {},
      Output: '{% $states.result %}',
      Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'X' }],
      Retry: [],
    });
    expect(problems(one(state, jsonata))).toEqual([]);
    const early = task({ Parameters: undefined, Arguments: '{% $states.result %}' });
    expect(problems(one(early, jsonata))).toEqual([
      "UNSUPPORTED_JSONATA_EXPRESSION | Field '$states.result' does not exist. | /States/X/Arguments",
    ]);
  });

  it('takes expressions for numbers', () => {
    expect(problems(one({ Type: 'Wait', Seconds: '{% $n %}', End: true }, jsonata))).toEqual([]);
    expect(problems(one({ Type: 'Wait', Seconds: '{% $n %}', End: true }))).toEqual([
      schema('Expected value of type Integer', '/States/X/Seconds'),
    ]);
  });
});
