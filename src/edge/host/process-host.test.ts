import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  codeFolder,
  nodeFunction,
  startHost,
  temporaryFolder,
  version,
} from '../../../test/support/function-host.ts';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

async function until(what: () => boolean, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !what(); await sleep(10)) {
    if (Date.now() > end) throw new Error('did not happen in time');
  }
}

const PID = 'exports.handler = async () => process.pid;';

describe('warm and cold', () => {
  test('a warm process is used again, and knows that it is not cold', async () => {
    const host = await startHost();
    const fn = nodeFunction(PID);
    const first = await host.call(fn);
    const second = await host.call(fn);
    expect(second.value).toBe(first.value);
    expect([first.cold, second.cold]).toEqual([true, false]);
    expect(first.tail).toMatch(/Init Duration: \d+\.\d\d ms\t\n$/);
    expect(second.tail).not.toContain('Init Duration');
  });

  test('each concurrent invocation has a process of its own', async () => {
    const host = await startHost();
    const fn = nodeFunction(
      'exports.handler = () => new Promise((r) => setTimeout(r, 300, process.pid));',
    );
    const calls = await Promise.all([host.call(fn), host.call(fn), host.call(fn)]);
    expect(new Set(calls.map((call) => call.value)).size).toBe(3);
    expect(host.counts()).toMatchObject({ processes: 3, busy: 0 });
  });

  test('no more processes than allowed: what is beyond waits, idle ones make room', async () => {
    const host = await startHost({ processesMax: 2 });
    const fn = nodeFunction(
      'exports.handler = () => new Promise((r) => setTimeout(r, 100, process.pid));',
    );
    const calls = await Promise.all(Array.from({ length: 6 }, () => host.call(fn)));
    expect(new Set(calls.map((call) => call.value)).size).toBe(2);
    const other = nodeFunction(PID, { arn: 'other' });
    expect((await host.call(other)).type).toBe('Returned');
    expect(host.counts().processes).toBeLessThanOrEqual(2);
  });

  test('an idle process ends after a while; another revision never meets it', async () => {
    const host = await startHost({ idleMs: 200 });
    const fn = nodeFunction(PID);
    const { value: pid } = await host.call(fn);
    const { value: next } = await host.call({ ...fn, revision: '2' });
    expect(next).not.toBe(pid);
    await until(() => !alive(pid) && !alive(next));
  });

  test('retire ends idle processes at once and busy ones after their work', async () => {
    const host = await startHost();
    const fn = nodeFunction(
      'exports.handler = (e) => new Promise((r) => setTimeout(r, e.ms ?? 0, process.pid));',
    );
    const busy = host.call(fn, { ms: 300 });
    await until(() => host.counts().busy === 1 && host.lines.some((l) => /START/.test(l.message)));
    host.retire(fn.arn);
    const { type, value } = await busy;
    expect(type).toBe('Returned');
    await until(() => !alive(value));
  });

  test('an invocation that is given up while it waits is not run', async () => {
    const host = await startHost({ processesMax: 1 });
    const fn = nodeFunction(
      'exports.handler = () => new Promise((r) => setTimeout(r, 300, process.pid));',
    );
    const first = host.call(fn);
    const abort = new AbortController();
    const second = host.call(fn, {}, { abort: abort.signal });
    abort.abort();
    await expect(second).rejects.toThrow('given up');
    expect((await first).type).toBe('Returned');
    expect(host.lines.filter((line) => line.message.startsWith('START'))).toHaveLength(1);
  });
});

describe('limits', () => {
  test('a timeout ends the process and says so as Lambda does', async () => {
    const host = await startHost();
    const fn = nodeFunction(
      'exports.handler = () => { console.log("begun"); return new Promise(() => setTimeout(() => {}, 60000)); };',
      { timeoutSeconds: 1 },
    );
    const { type, kind, value, tail, durationMs } = await host.call(fn);
    expect([type, kind]).toEqual(['Failed', 'timeout']);
    expect(value.errorType).toBe('Sandbox.Timedout');
    expect(value.errorMessage).toMatch(
      /^RequestId: request-\d+ Error: Task timed out after 1.00 seconds$/,
    );
    expect(durationMs).toBeGreaterThanOrEqual(999);
    // Far from the minute that the handler waits.
    expect(durationMs).toBeLessThan(30_000);
    expect(tail).toContain('begun');
    expect(tail).toMatch(/Z request-\d+ Task timed out after 1.00 seconds\n/);
    expect(tail).toMatch(/REPORT .*Status: timeout\t\n$/s);
    expect(host.counts().busy).toBeLessThanOrEqual(1);
  });

  test('a handler that never lets go of the processor is ended as well', async () => {
    const host = await startHost();
    const fn = nodeFunction('exports.handler = () => { for (;;); };', { timeoutSeconds: 1 });
    expect((await host.call(fn)).kind).toBe('timeout');
    await until(() => host.counts().processes === 0);
  });

  test('memory beyond the limit ends the process', async () => {
    const host = await startHost();
    const body = `exports.handler = async () => {
      const kept = [];
      for (;;) { kept.push(Buffer.alloc(8 << 20, 1)); await new Promise((r) => setTimeout(r, 5)); }
    };`;
    const { kind, value, tail } = await host.call(nodeFunction(body, { memoryMb: 128 }));
    expect(kind).toBe('memory');
    expect(value).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('Runtime exited with error: signal: killed'),
    });
    expect(tail).toContain('Max Memory Used: 128 MB');
    expect(tail).toContain('Error Type: Runtime.ExitError');
  });

  test('memory of processes that the function starts counts', async () => {
    const host = await startHost();
    const body = `const { spawn } = require('node:child_process');
      exports.handler = () => new Promise((resolve) => {
        spawn(process.execPath, ['-e', 'globalThis.b = Buffer.alloc(200 << 20, 1); setTimeout(() => {}, 60000)']);
      });
      setInterval(() => {}, 1000);`;
    const { kind } = await host.call(nodeFunction(body, { memoryMb: 128 }));
    expect(kind).toBe('memory');
  });

  test('an answer beyond 6 MB is an error of the function, and the process goes on', async () => {
    const host = await startHost();
    const fn = nodeFunction('exports.handler = async (e) => "x".repeat(e.n);');
    const { kind, value } = await host.call(fn, { n: 7 << 20 });
    expect(kind).toBe('handler');
    expect(value).toEqual({
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      errorType: 'Function.ResponseSizeTooLarge',
    });
    const next = await host.call(fn, { n: 3 });
    expect([next.value, next.cold]).toEqual(['xxx', false]);
  });

  test('a large event and a large answer pass', async () => {
    const host = await startHost();
    const fn = nodeFunction('exports.handler = async (e) => e;');
    const event = { text: 'é'.repeat(2_900_000) };
    expect((await host.call(fn, event)).value).toEqual(event);
  });

  test('a flood of output neither stops the server nor fills its memory', async () => {
    const host = await startHost();
    const body = `const fs = require('node:fs');
      const text = 'flood '.repeat(10000) + '\\n';
      exports.handler = async () => {
        const end = Date.now() + 1500;
        while (Date.now() < end) { try { fs.writeSync(1, text); } catch {} }
        return 'done';
      };`;
    let turns = 0;
    const ticks = setInterval(() => {
      turns += 1;
    }, 5);
    const { value } = await host.call(nodeFunction(body));
    clearInterval(ticks);
    expect(value).toBe('done');
    const bytes = host.lines.reduce((sum, line) => sum + line.message.length, 0);
    expect(bytes).toBeLessThan(12 * 1024 * 1024);
    expect(host.lines.some((line) => /bytes of output were dropped/.test(line.message))).toBe(true);
    expect(turns).toBeGreaterThan(20);
  });
});

describe('processes that die', () => {
  test('an exit is an outcome that tells the status, and the next call works', async () => {
    const host = await startHost();
    const fn = nodeFunction(
      'exports.handler = async (e) => { if (e.exit !== undefined) process.exit(e.exit); return 1; };',
    );
    const failed = await host.call(fn, { exit: 127 });
    expect(failed.kind).toBe('exit');
    expect(failed.value.errorType).toBe('Runtime.ExitError');
    expect(failed.value.errorMessage).toMatch(/Runtime exited with error: exit status 127$/);
    const quiet = await host.call(fn, { exit: 0 });
    expect(quiet.value.errorMessage).toMatch(/Runtime exited without providing a reason$/);
    expect((await host.call(fn)).value).toBe(1);
  });

  test('what a function has started ends with it', async () => {
    const host = await startHost();
    const body = `const { spawn } = require('node:child_process');
      exports.handler = async () => spawn('sleep', ['60']).pid;`;
    const fn = nodeFunction(body);
    const { value: child } = await host.call(fn);
    expect(alive(child)).toBe(true);
    host.retire(fn.arn);
    await until(() => !alive(child));
  });

  test('no function survives its server, however that one dies', async () => {
    const folder = temporaryFolder();
    const stuck = `exports.handler = (e) => {
      require("fs").writeFileSync(e.file, String(process.pid));
      for (;;);
    };`;
    const file = join(folder, 'pid');
    const script = join(folder, 'server.test.ts');
    // A server of its own: vitest runs it, and it is killed with the invocation under way.
    const support = join(import.meta.dirname, '../../../test/support/function-host.ts');
    const lines = [
      `import { test } from 'vitest';`,
      `import { nodeFunction, startHost } from ${JSON.stringify(support)};`,
      `test('serves', async () => {`,
      `  const host = await startHost({ dir: ${JSON.stringify(join(folder, 'book'))} });`,
      `  const stuck = nodeFunction(${JSON.stringify(stuck)}, { timeoutSeconds: 60 });`,
      `  await host.call(stuck, { file: ${JSON.stringify(file)} });`,
      `}, 60000);`,
    ];
    writeFileSync(script, lines.join('\n'));
    const root = join(import.meta.dirname, '../../..');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--root', folder, '--pool', 'forks', script];
    const server = spawn(process.execPath, args, { cwd: root, detached: true, stdio: 'ignore' });
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '');
    const pid = Number(readFileSync(file, 'utf8'));
    expect(alive(pid)).toBe(true);
    process.kill(-server.pid!, 'SIGKILL');
    await until(() => !alive(pid));
  });

  test('processes that a dead server recorded are ended at the next start', async () => {
    const dir = temporaryFolder();
    const orphan = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const other = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    const stat = readFileSync(`/proc/${orphan.pid}/stat`, 'latin1');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    // The second line has the pid of a process that began at another time: not ours.
    writeFileSync(join(dir, '1-1.txt'), `${orphan.pid} ${started}\n${other.pid} 12345\n`);
    await startHost({ dir });
    await until(() => !alive(orphan.pid!));
    expect(alive(other.pid!)).toBe(true);
    other.kill('SIGKILL');
    expect(readdirSync(dir)).not.toContain('1-1.txt');
  });

  test('stop waits for running work, then ends what is left', async () => {
    const host = await startHost({ stopMs: 400 });
    const body = 'exports.handler = (e) => new Promise((r) => setTimeout(r, e.ms, process.pid));';
    const fn = nodeFunction(body, { timeoutSeconds: 30 });
    await Promise.all([host.call(fn, { ms: 50 }), host.call(fn, { ms: 50 })]);
    const short = host.call(fn, { ms: 150 });
    const long = host.call(fn, { ms: 20_000 });
    await sleep(50);
    await host.stop();
    expect((await short).type).toBe('Returned');
    expect(await long).toMatchObject({ kind: 'exit' });
    expect(host.counts().processes).toBe(0);
    await expect(host.call(fn, {})).rejects.toThrow('starting or stopping');
  });
});

describe('initialization', () => {
  test('an error while loading is the invocation’s answer', async () => {
    const host = await startHost();
    const fn = nodeFunction('require("./no-such-file");');
    const { kind, value, tail } = await host.call(fn);
    expect(kind).toBe('init');
    expect(value.errorType).toBe('Runtime.ImportModuleError');
    expect(value.errorMessage).toMatch(/^Error: Cannot find module '.\/no-such-file'/);
    expect(tail).toMatch(/^START .*END .*Status: error\tError Type: Runtime.ImportModuleError/s);
    const report = host.lines.find((line) => line.message.startsWith('INIT_REPORT'));
    expect(report?.message).toMatch(
      /^INIT_REPORT Init Duration: [\d.]+ ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\n$/,
    );
  });

  test('a process that ends while loading is told apart from a failing one', async () => {
    const host = await startHost();
    const { kind, value } = await host.call(nodeFunction('process.exit(3);'));
    expect(kind).toBe('init');
    expect(value.errorType).toBe('Runtime.ExitError');
    expect(value.errorMessage).toMatch(/exit status 3$/);
  });

  test('each waiting invocation gets its own failure', async () => {
    const host = await startHost({ startsMax: 1 });
    const fn = nodeFunction('throw new Error("not today");');
    const calls = await Promise.all([host.call(fn), host.call(fn), host.call(fn)]);
    expect(calls.map((call) => call.value.errorMessage)).toEqual(Array(3).fill('not today'));
  });

  test('after its own limit it runs again within the invocation', async () => {
    const host = await startHost({ initMs: 1_500 });
    // The first process hangs while loading, the second one does not.
    const marker = join(temporaryFolder(), 'marker');
    const body = `const fs = require('node:fs');
      const again = fs.existsSync(process.env.MARKER);
      fs.writeFileSync(process.env.MARKER, '');
      if (!again) for (;;);
      exports.handler = async () => 'second try';`;
    const fn = nodeFunction(body, { environment: { MARKER: marker } });
    const { value, tail } = await host.call(fn);
    expect(value).toBe('second try');
    expect(tail).not.toContain('Init Duration');
    const report = host.lines.find((line) => line.message.startsWith('INIT_REPORT'));
    expect(report?.message).toMatch(
      /Init Duration: 1[456]\d\d\.\d\d ms\tPhase: init\tStatus: timeout/,
    );
  });
});

test('invocations that still wait when the server stops are given up, not run', async () => {
  const host = await startHost({ processesMax: 1, stopMs: 100 });
  const body = 'exports.handler = () => new Promise((r) => setTimeout(r, 10000));';
  const fn = nodeFunction(body, { timeoutSeconds: 30 });
  const running = host.call(fn);
  const waiting = host.call(fn);
  waiting.catch(() => {});
  await until(() => host.lines.some((line) => line.message.startsWith('START')));
  await host.stop();
  expect(await running).toMatchObject({ kind: 'exit' });
  await expect(waiting).rejects.toMatchObject({ code: 'ServiceException' });
  expect(host.counts()).toEqual({ processes: 0, busy: 0, queued: 0 });
});

describe('environment', () => {
  test('holds what Lambda documents and the function’s own, nothing of the server', async () => {
    process.env.STEPLIGHT_TEST_SECRET = 'secret';
    const host = await startHost();
    const fn = nodeFunction(
      'exports.handler = async (_, c) => ({ env: process.env, cwd: process.cwd(), c });',
      { environment: { MINE: '1', AWS_ENDPOINT_URL: 'http://else' }, memoryMb: 200 },
    );
    const { value } = await host.call(fn, {}, { traceHeader: 'Root=1;Parent=2;Sampled=1' });
    delete process.env.STEPLIGHT_TEST_SECRET;
    const { env } = value;
    expect(env.STEPLIGHT_TEST_SECRET).toBeUndefined();
    expect(env.HOME).toBeUndefined();
    expect(value.cwd).toBe(fn.codeDir);
    expect(env).toMatchObject({
      MINE: '1',
      AWS_ENDPOINT_URL: 'http://else',
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: 'Root=1;Parent=2;Sampled=1',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '200',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(
        /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/,
      ),
      AWS_ACCESS_KEY_ID: '000000000000',
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
      _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
      _AWS_XRAY_DAEMON_PORT: '2000',
      LAMBDA_TASK_ROOT: fn.codeDir,
      TZ: ':UTC',
      PATH: process.env.PATH,
    });
    expect(env.AWS_LAMBDA_RUNTIME_API).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test('a traced invocation names its segment in the REPORT line', async () => {
    const host = await startHost();
    const traced = {
      traceId: '1-5759e988-bd862e3fe1be46a994272793',
      segmentId: '17e84e76450d1777',
    };
    const { tail } = await host.call(nodeFunction(PID), {}, { traced });
    expect(tail).toMatch(
      /\t\nXRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 17e84e76450d1777\tSampled: true\t\n$/,
    );
  });
});

describe('provided runtimes', () => {
  test('run a bootstrap of any kind behind the Runtime API', async () => {
    const host = await startHost();
    const bootstrap = `#!/usr/bin/env node
      const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
      (async () => {
        for (;;) {
          const next = await fetch(api + 'next');
          const id = next.headers.get('lambda-runtime-aws-request-id');
          const event = await next.json();
          console.error('to standard error');
          if (event.fail) {
            await fetch(api + id + '/error', { method: 'POST', body: '{"errorMessage":"no","errorType":"Mine"}',
              headers: { 'lambda-runtime-function-error-type': 'Mine' } });
            continue;
          }
          const wrong = await fetch(api + 'not-this-one/response', { method: 'POST', body: '1' });
          const body = JSON.stringify({ event, wrong: wrong.status, why: await wrong.json(),
            trace: next.headers.get('lambda-runtime-trace-id') });
          await fetch(api + id + '/response', { method: 'POST', body });
        }
      })();`;
    const fn = version(codeFolder({ bootstrap }), { runtime: 'provided.al2023' });
    const { value, tail } = await host.call(fn, { a: 1 }, { traceHeader: 'Root=1-x' });
    expect(value).toEqual({
      event: { a: 1 },
      wrong: 400,
      why: { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' },
      trace: 'Root=1-x',
    });
    expect(tail).toContain('to standard error\n');
    const failed = await host.call(fn, { fail: true });
    expect(failed).toMatchObject({ kind: 'handler', value: { errorType: 'Mine' }, cold: false });
  });

  test('say what is wrong with a bootstrap that is missing or not executable', async () => {
    const host = await startHost();
    const missing = version(codeFolder({ other: '' }), { runtime: 'provided.al2' });
    expect((await host.call(missing)).value).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringContaining("Couldn't find valid bootstrap(s)"),
    });
    const plain = version(codeFolder({ 'bootstrap/x': '' }), { runtime: 'provided.al2' });
    expect((await host.call(plain)).value.errorType).toBe('Runtime.InvalidEntrypoint');
  });
});

test('a page in a browser cannot answer for a function', async () => {
  const host = await startHost();
  const body = `exports.handler = async () => {
    const url = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/next';
    const foreign = await fetch(url, { headers: { origin: 'http://evil.example' } });
    return foreign.status;
  };`;
  expect((await host.call(nodeFunction(body))).value).toBe(403);
});
