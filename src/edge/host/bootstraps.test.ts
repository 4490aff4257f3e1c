import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  codeFolder,
  nodeFunction,
  startHost,
  version,
} from '../../../test/support/function-host.ts';
import type { FunctionVersion } from '../../service/ports/functions.ts';

describe('Node.js', () => {
  const files: Record<string, [files: Record<string, string>, handler: string]> = {
    CommonJS: [{ 'index.js': 'exports.handler = async () => "ok";' }, 'index.handler'],
    '.cjs': [{ 'index.cjs': 'exports.handler = async () => "ok";' }, 'index.handler'],
    '.mjs': [{ 'index.mjs': 'export const handler = async () => "ok";' }, 'index.handler'],
    'type module': [
      {
        'package.json': '{"type":"module"}',
        'index.js': 'await 0; export const handler = async () => "ok";',
      },
      'index.handler',
    ],
    'a folder': [{ 'src/deep/app.js': 'exports.run = async () => "ok";' }, 'src/deep/app.run'],
    'a nested export': [
      {
        'index.js':
          'exports.api = { v1: { get() { return Promise.resolve(this.me); }, me: "ok" } };',
      },
      'index.api.v1.get',
    ],
    'an index of a folder': [
      { 'app/index.js': 'exports.handler = async () => "ok";' },
      'app.handler',
    ],
    'its own modules': [
      {
        'node_modules/dep/index.js': 'module.exports = "ok";',
        'index.js': 'exports.handler = async () => require("dep");',
      },
      'index.handler',
    ],
  };
  for (const [name, [code, handler]] of Object.entries(files)) {
    test(`loads a handler from ${name}`, async () => {
      const host = await startHost();
      expect((await host.call(version(codeFolder(code), { handler }))).value).toBe('ok');
    });
  }

  const bad: [string, string, Record<string, string>, string, RegExp][] = [
    ['no dot', 'handler', {}, 'Runtime.MalformedHandlerName', /^Bad handler$/],
    ['climbs', '../x.handler', {}, 'Runtime.MalformedHandlerName', /is not a valid handler name/],
    ['no file', 'none.handler', {}, 'Runtime.ImportModuleError', /Cannot find module 'none'/],
    [
      'no export',
      'index.none',
      {},
      'Runtime.HandlerNotFound',
      /^index.none is undefined or not exported$/,
    ],
    [
      'no function',
      'index.value',
      {},
      'Runtime.HandlerNotFound',
      /^index.value is not a function$/,
    ],
    [
      'syntax',
      'index.handler',
      { 'index.js': 'exports.handler = {' },
      'Runtime.UserCodeSyntaxError',
      /^SyntaxError: /,
    ],
  ];
  for (const [name, handler, code, type, message] of bad) {
    test(`says what is wrong with a handler: ${name}`, async () => {
      const host = await startHost();
      const dir = codeFolder({ 'index.js': 'exports.value = 1;', ...code });
      const { kind, value } = await host.call(version(dir, { handler }));
      expect(kind).toBe('init');
      expect(value.errorType).toBe(type);
      expect(value.errorMessage).toMatch(message);
      expect(Array.isArray(value.trace)).toBe(true);
    });
  }

  const answers: Record<string, [body: string, value: unknown]> = {
    'a promise': ['async () => ({ a: 1 })', { a: 1 }],
    'nothing at all': ['async () => {}', null],
    'a callback': ['(e, c, done) => { done(null, 5); }', 5],
    'a late callback': ['(e, c, done) => { setTimeout(() => done(null, 6), 20); }', 6],
    'context.succeed': ['(e, c) => c.succeed(7)', 7],
    'context.done': ['(e, c) => c.done(null, 8)', 8],
    'a loop that runs empty': ['() => { setTimeout(() => {}, 20); }', null],
    'a promise that never settles': ['() => new Promise(() => {})', null],
  };
  for (const [name, [body, value]] of Object.entries(answers)) {
    test(`answers ${name}`, async () => {
      const host = await startHost();
      const fn = nodeFunction(`exports.handler = ${body};`);
      expect(await host.call(fn)).toMatchObject({ type: 'Returned', value });
      expect(await host.call(fn)).toMatchObject({ type: 'Returned', value, cold: false });
    });
  }

  test('a callback waits for the event loop, unless told otherwise', async () => {
    const host = await startHost();
    const fn = nodeFunction(`exports.handler = (e, c, done) => {
      c.callbackWaitsForEmptyEventLoop = e.wait;
      setTimeout(() => {}, e.ms);
      done(null, 1);
    };`);
    await host.call(fn, { wait: false, ms: 400 });
    expect((await host.call(fn, { wait: true, ms: 400 })).durationMs).toBeGreaterThan(390);
    expect((await host.call(fn, { wait: false, ms: 60_000 })).durationMs).toBeLessThan(50_000);
  });

  const failures: Record<string, [body: string, payload: object]> = {
    'a thrown error': [
      'async () => { throw new TypeError("bad"); }',
      {
        errorType: 'TypeError',
        errorMessage: 'bad',
        trace: expect.arrayContaining(['TypeError: bad']),
      },
    ],
    'an error class': [
      'async () => { class Mine extends Error { constructor(m) { super(m); this.name = "Mine"; } } throw new Mine("m"); }',
      { errorType: 'Mine', errorMessage: 'm' },
    ],
    'a thrown text': [
      'async () => { throw "text"; }',
      { errorType: 'string', errorMessage: 'text', trace: [] },
    ],
    'an error given to the callback': [
      '(e, c, done) => done(new RangeError("far"))',
      { errorType: 'RangeError', errorMessage: 'far' },
    ],
    'context.fail': ['(e, c) => c.fail("no")', { errorType: 'string', errorMessage: 'no' }],
    'a value that is no JSON': [
      'async () => { const a = {}; a.a = a; return a; }',
      { errorType: 'Error', errorMessage: 'Unable to stringify response body' },
    ],
    'an uncaught exception': [
      '() => new Promise(() => { setTimeout(() => { throw new Error("late"); }, 10); })',
      { errorType: 'Error', errorMessage: 'late' },
    ],
    'an unhandled rejection': [
      '() => new Promise(() => { Promise.reject(new Error("lost")); })',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
  };
  for (const [name, [body, payload]] of Object.entries(failures)) {
    test(`shapes ${name} as Lambda does`, async () => {
      const host = await startHost();
      const fn = nodeFunction(
        `exports.handler = (e, c, done) => e.ok ? Promise.resolve(1) : (${body})(e, c, done);`,
      );
      expect(await host.call(fn)).toMatchObject({ kind: 'handler', value: payload });
      expect((await host.call(fn, { ok: true })).value).toBe(1);
    });
  }

  test('the error’s X-Ray cause names file and line', async () => {
    const host = await startHost();
    const fn = nodeFunction('exports.handler = async () => {\n  throw new Error("här");\n};');
    const cause = JSON.parse((await host.call(fn)).xrayCause!);
    expect(cause).toMatchObject({ message: 'här', working_directory: fn.codeDir });
    expect(cause.exceptions[0]).toMatchObject({
      type: 'Error',
      message: 'här',
      stack: [
        { path: `${fn.codeDir}/index.js`, line: 2, label: expect.stringContaining('handler') },
      ],
    });
  });

  test('a huge error passes, with what fits of its cause', async () => {
    const host = await startHost();
    const fn = nodeFunction(`exports.handler = async (e) => {
      const deep = (n) => { if (n === 0) throw new Error('ü'.repeat(e.length)); deep(n - 1); };
      Error.stackTraceLimit = 2000;
      deep(1000);
    };`);
    const long = await host.call(fn, { length: 3_000 });
    expect(long.value.errorMessage).toHaveLength(3_000);
    const cause = JSON.parse(long.xrayCause!);
    expect(cause.message).toHaveLength(3_000);
    expect(cause.exceptions[0].stack).toHaveLength(20);
    const huge = await host.call(fn, { length: 200_000 });
    expect(huge.value.errorMessage).toHaveLength(200_000);
    expect(huge).toMatchObject({ kind: 'handler', xrayCause: undefined });
  });

  test('console lines have Lambda’s form and one event each, in order', async () => {
    const host = await startHost();
    const fn = nodeFunction(`console.log('loading');
      exports.handler = async () => {
        console.log('one %d', 1, { a: 1 });
        process.stdout.write('raw\\n');
        console.error('two\\nlines');
        console.debug('d'); console.warn('w'); console.info('i');
        return 1;
      };`);
    const { tail } = await host.call(fn);
    const [start, ...rest] = tail.split(/(?<=\n)/);
    expect(start).toMatch(/^START RequestId: request-\d+ Version: \$LATEST\n$/);
    expect(rest.join('')).toMatch(
      /^\S+Z\trequest-\d+\tINFO\tone 1 \{ a: 1 \}\nraw\n\S+Z\trequest-\d+\tERROR\ttwo\nlines\n\S+Z\t\S+\tDEBUG\td\n\S+Z\t\S+\tWARN\tw\n\S+Z\t\S+\tINFO\ti\nEND RequestId: request-\d+\nREPORT RequestId/,
    );
    const messages = host.lines.map((line) => line.message);
    expect(messages.some((text) => /\tundefined\tINFO\tloading\n$/.test(text))).toBe(true);
    expect(messages.some((text) => /ERROR\ttwo\nlines\n$/.test(text))).toBe(true);
    expect(new Set(host.lines.map((line) => line.stream)).size).toBe(1);
  });

  test('a rejection that the handler did not wait for spoils no invocation', async () => {
    const host = await startHost();
    const fn = nodeFunction(`let n = 0;
      async function lost() { throw new Error('not waited for'); }
      exports.handler = async () => { lost(); return 'n' + ++n; };`);
    for (let round = 0; round < 3; round++) {
      const { type, value, tail, cold } = await host.call(fn);
      expect({ type, value, cold }).toEqual({ type: 'Returned', value: 'n1', cold: true });
      expect(tail).toMatch(
        /START.*ERROR\tUnhandled Promise Rejection.*not waited for.*END RequestId/s,
      );
    }
  });

  describe('Node.js 24', () => {
    const runtime = 'nodejs24.x';

    test.each([
      ['index.js', 'exports.handler = (e, c, cb) => cb(null, "x");'],
      ['index.mjs', 'export const handler = (e, c, cb) => cb(null, 1);'],
    ])('refuses handlers that take a callback: %s', async (file, code) => {
      const host = await startHost();
      const dir = codeFolder({ [file]: code });
      const { kind, value } = await host.call(version(dir, { runtime }));
      expect(kind).toBe('init');
      expect(value).toMatchObject({
        errorType: 'Runtime.CallbackHandlerDeprecated',
        errorMessage: expect.stringMatching(
          /^ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24\. You need/,
        ),
      });
    });

    test('has a smaller context, and answers what is returned', async () => {
      const host = await startHost();
      const code = 'exports.handler = (e, c) => [typeof c.done, typeof c.succeed, typeof c.fail];';
      const fn = nodeFunction(code, { runtime });
      expect((await host.call(fn)).value).toEqual(['undefined', 'undefined', 'undefined']);
      const old = nodeFunction(code.replace('(e, c) =>', 'async (e, c) =>'));
      const other = await startHost();
      expect((await other.call(old)).value).toEqual(['function', 'function', 'function']);
    });
  });

  test('errors in JSON lines are objects', async () => {
    const host = await startHost();
    const environment = { AWS_LAMBDA_LOG_FORMAT: 'JSON' };
    const body = `exports.handler = async () => {
      console.error(new TypeError('boom'));
      console.error('with text', new RangeError('two'));
      throw new RangeError('bad');
    };`;
    const { tail } = await host.call(nodeFunction(body, { environment }));
    const records = tail
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ level }) => level === 'ERROR');
    const stackTrace = expect.arrayContaining([expect.stringMatching(/^\w+Error: /)]);
    expect(records).toMatchObject([
      { message: { errorType: 'TypeError', errorMessage: 'boom', stackTrace } },
      { message: expect.stringContaining('with text RangeError: two'), errorType: 'RangeError' },
      { message: { errorType: 'RangeError', errorMessage: 'bad', stackTrace } },
    ]);
  });

  test('the JSON log format', async () => {
    const host = await startHost();
    const environment = { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'WARN' };
    const body = 'exports.handler = async () => { console.log("no"); console.warn({ a: 1 }); };';
    const { tail } = await host.call(nodeFunction(body, { environment }));
    const record = JSON.parse(tail.split('\n').find((line) => line.includes('"level"'))!);
    expect(record).toMatchObject({ level: 'WARN', message: { a: 1 } });
    expect(tail).not.toContain('"no"');
    const types = tail
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(['platform.start', undefined, 'platform.report']);
  });

  test('the context object', async () => {
    const host = await startHost();
    const fn = nodeFunction(
      'exports.handler = async (_, c) => ({ ...c, left: c.getRemainingTimeInMillis() });',
      { timeoutSeconds: 900 },
    );
    const { value } = await host.call(
      fn,
      {},
      { invokedArn: `${fn.arn}:$LATEST`, clientContext: '{"custom":{"a":"\\u00e9"}}' },
    );
    expect(value).toMatchObject({
      callbackWaitsForEmptyEventLoop: true,
      functionVersion: '$LATEST',
      functionName: 'f',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/f',
      invokedFunctionArn: `${fn.arn}:$LATEST`,
      awsRequestId: expect.stringMatching(/^request-/),
      clientContext: { custom: { a: 'é' } },
    });
    expect(value.left).toBeGreaterThan(600_000);
    expect(value.left).toBeLessThanOrEqual(900_000);
  });

  test('a function that wraps http does not reach the Runtime API’s calls', async () => {
    const host = await startHost();
    const fn = nodeFunction(`const http = require('node:http');
      let calls = 0;
      const request = http.request;
      http.request = (...args) => { calls += 1; return request(...args); };
      exports.handler = async () => calls;`);
    await host.call(fn);
    expect((await host.call(fn)).value).toBe(0);
  });
});

function pythonVersion(): string | undefined {
  try {
    return execFileSync('python3', ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const python = pythonVersion();
if (!python) console.log('Python functions are not tested: no python3 on the PATH');

describe.skipIf(!python)('Python', () => {
  const pythonFunction = (text: string, more: Partial<FunctionVersion> = {}): FunctionVersion =>
    version(codeFolder({ 'app.py': text }), {
      runtime: 'python3.12',
      handler: 'app.handler',
      ...more,
    });

  test('event, answer, context, trace id, warm', async () => {
    const host = await startHost();
    const fn = pythonFunction(
      `import os
def handler(event, context):
    return {"event": event, "id": context.aws_request_id, "name": context.function_name,
            "left": context.get_remaining_time_in_millis(), "memory": context.memory_limit_in_mb,
            "arn": context.invoked_function_arn, "trace": os.environ.get("_X_AMZN_TRACE_ID"),
            "client": context.client_context and context.client_context.custom}
`,
    );
    const more = { traceHeader: 'Root=1-a', clientContext: '{"custom":{"k":1}}' };
    const { value } = await host.call(fn, { é: ['ü'] }, more);
    expect(value).toMatchObject({
      event: { é: ['ü'] },
      id: expect.stringMatching(/^request-/),
      name: 'f',
      memory: '256',
      arn: fn.arn,
      trace: 'Root=1-a',
      client: { k: 1 },
    });
    expect(value.left).toBeGreaterThan(0);
    const second = await host.call(fn);
    expect(second).toMatchObject({ cold: false, value: { trace: null, client: null } });
  });

  const answers: Record<string, [body: string, value: unknown]> = {
    'bytes as they are': ['b\'"made"\'', 'made'],
    decimals: ['__import__("decimal").Decimal("1.5")', 1.5],
    nothing: ['None', null],
  };
  for (const [name, [expression, value]] of Object.entries(answers)) {
    test(`answers ${name}`, async () => {
      const host = await startHost();
      const fn = pythonFunction(`def handler(event, context):\n    return ${expression}\n`);
      expect((await host.call(fn)).value).toEqual(value);
    });
  }

  const failures: Record<string, [text: string, kind: string, payload: object]> = {
    'an exception': [
      'def handler(event, context):\n    raise ValueError("bad")\n',
      'handler',
      {
        errorMessage: 'bad',
        errorType: 'ValueError',
        requestId: expect.stringMatching(/^request-/),
        stackTrace: [
          expect.stringMatching(
            /^ {2}File ".*app.py", line 2, in handler\n {4}raise ValueError\("bad"\)\n/,
          ),
        ],
      },
    ],
    'a value that is no JSON': [
      'def handler(event, context):\n    return {1}\n',
      'handler',
      {
        errorType: 'Runtime.MarshalError',
        errorMessage: 'Unable to marshal response: Object of type set is not JSON serializable',
      },
    ],
    'a missing module': [
      'import nothing_of_that_name\n',
      'init',
      {
        errorType: 'Runtime.ImportModuleError',
        errorMessage: "Unable to import module 'app': No module named 'nothing_of_that_name'",
        requestId: '',
        stackTrace: [],
      },
    ],
    'a syntax error': ['def handler(:\n', 'init', { errorType: 'Runtime.UserCodeSyntaxError' }],
    'a missing handler': [
      'x = 1\n',
      'init',
      {
        errorType: 'Runtime.HandlerNotFound',
        errorMessage: "Handler 'handler' missing on module 'app'",
      },
    ],
    'an exception while loading': ['1 / 0\n', 'init', { errorType: 'ZeroDivisionError' }],
    'an exit': [
      'import sys\ndef handler(event, context):\n    sys.exit(4)\n',
      'exit',
      { errorMessage: expect.stringMatching(/exit status 4$/) },
    ],
  };
  for (const [name, [text, kind, payload]] of Object.entries(failures)) {
    test(`shapes ${name} as Lambda does`, async () => {
      const host = await startHost();
      expect(await host.call(pythonFunction(text))).toMatchObject({ kind, value: payload });
    });
  }

  test('prints and log records', async () => {
    const host = await startHost();
    const fn = pythonFunction(`import logging, sys
def handler(event, context):
    print("printed")
    logging.warning("warned\\ntwice")
    print("to stderr", file=sys.stderr)
    raise KeyError("k")
`);
    const { tail } = await host.call(fn);
    expect(tail).toMatch(
      /^START .*\nprinted\n\[WARNING\]\t\d{4}-\S+T\S+\.\d{3}Z\trequest-\d+\twarned\ntwice\nto stderr\n\[ERROR\] KeyError: 'k'\nTraceback \(most recent call last\):\n {2}File "/,
    );
    expect(host.lines.some((line) => /warned\ntwice\n$/.test(line.message))).toBe(true);
  });

  test('a timeout in code that never returns', async () => {
    const host = await startHost();
    const fn = pythonFunction('def handler(e, c):\n    while True: pass\n', { timeoutSeconds: 1 });
    expect((await host.call(fn)).kind).toBe('timeout');
  });
});

test('a runtime that is not on this machine is a clear failure', async () => {
  const host = await startHost();
  const { value } = await host.call(version(codeFolder({}), { runtime: 'java21' }));
  expect(value).toEqual({
    errorType: 'Runtime.InvalidRuntime',
    errorMessage: expect.stringContaining('No runtime java21 on this server'),
  });
});
