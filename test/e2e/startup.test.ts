/** How a server begins and ends: data that it cannot use, signals, and what it leaves behind. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import Libsql from 'libsql';
import { afterAll, expect, it } from 'vitest';
import { runCommand, startCommand } from '../support/command.ts';
import { outcomeOf } from '../support/outcome.ts';
import { startServer, type TestServer, temporaryFolder } from '../support/server.ts';
import { ROLE } from '../support/workbench.ts';
import { functionZip } from '../support/zip.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const data = (name: string): string => join(folder.path, name);
const start = (path: string) =>
  runCommand(['start', '--port', '0', '--xray-port', '0', '--data', path]);

const create = (server: TestServer, name: string, code: string) =>
  new LambdaClient(server.client).send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Role: ROLE,
      Timeout: 30,
      Code: { ZipFile: functionZip({ 'index.js': code }) },
    }),
  );

it('says in one line why it cannot use its data', async () => {
  writeFileSync(data('file'), '');
  mkdirSync(data('garbage'));
  writeFileSync(data('garbage/executions.sqlite'), 'no database at all '.repeat(500));
  const server = await startServer(data('newer'));
  await server.stop();
  const database = new Libsql(data('newer/executions.sqlite'));
  database.exec("UPDATE meta SET value = '999' WHERE key = 'format.executions'");
  database.close();
  const cases = [
    ['file', 'is not a folder; choose one with --data'],
    ['garbage', 'file is not a database; move the data folder away'],
    ['newer', 'use a newer version or another data folder'],
  ] as const;
  for (const [name, reason] of cases) {
    const { code, stderr } = await start(data(name));
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/^steplight: [^\n]+\n$/);
  }
});

it('lets what is in flight finish when it is told to stop, and goes on later', async () => {
  const path = data('signals');
  let server = await startServer(path);
  const slow =
    'exports.handler = async (e) => { await new Promise((r) => setTimeout(r, 800)); return e }';
  const { FunctionArn } = await create(server, 'slow', slow);
  const state = { Type: 'Task', Resource: FunctionArn };
  const definition = JSON.stringify({
    StartAt: 'A',
    States: { A: { ...state, Next: 'B' }, B: { ...state, End: true } },
  });
  const sfn = () => new SFNClient(server.client);
  const given = { name: 'slow', definition, roleArn: ROLE };
  const { stateMachineArn } = await sfn().send(new CreateStateMachineCommand(given));
  const { executionArn } = await sfn().send(
    new StartExecutionCommand({ stateMachineArn, input: '"in"' }),
  );
  const payload = new TextEncoder().encode('"direct"');
  const invoked = new LambdaClient(server.client).send(
    new InvokeCommand({ FunctionName: 'slow', Payload: payload }),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await server.stop()).toBe(0);
  expect(Buffer.from((await invoked).Payload!).toString()).toBe('"direct"');
  server = await startServer(path);
  const ended = await outcomeOf(sfn(), executionArn);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '"in"' });
  expect(await server.stop()).toBe(0);
});

/** Processes with this text in their command line. */
function running(text: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  }).length;
}

it.skipIf(!existsSync('/proc/self/environ'))(
  'leaves no process of a function behind, however it ends and wherever they went',
  async () => {
    const path = data('strays');
    const mark = `${30_000 + process.pid}.${Math.floor(Math.random() * 1e6)}`;
    const code = `
    const { spawn } = require('child_process');
    exports.handler = async () => {
      for (const detached of [true, false])
        spawn('sleep', ['${mark}'], { detached, stdio: 'ignore' }).unref();
      await new Promise((resolve) => setTimeout(resolve, 200));
    };`;
    let server = await startServer(path);
    await create(server, 'strays', code);
    const invoke = () =>
      new LambdaClient(server.client).send(new InvokeCommand({ FunctionName: 'strays' }));
    await invoke();
    expect(running(mark)).toBe(2);
    await server.stop();
    expect(running(mark)).toBe(0);
    server = await startServer(path);
    await invoke();
    await server.kill();
    expect(running(mark)).toBeGreaterThan(0);
    server = await startServer(path);
    expect(running(mark)).toBe(0);
    await server.stop();
  },
);

it('goes on when nobody reads what it prints any more', async () => {
  const args = ['start', '--port', '0', '--xray-port', '0', '--data', data('unread')];
  const child = startCommand(args);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.stdout.destroy();
  child.stderr.destroy();
  const url = /http:\/\/[\w.:]+/.exec(line.toString())![0];
  for (let i = 0; i < 3; i++) {
    // Each is refused with a line in the log.
    const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await fetch(`${url}/_steplight/health`, foreign)).status).toBe(403);
  }
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});
