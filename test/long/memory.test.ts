/** Many short executions and invocations: the memory of a server finds its level and stays there. */
import { readFileSync } from 'node:fs';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { startServer, type TestServer, temporaryFolder } from '../support/server.ts';
import { ROLE } from '../support/workbench.ts';
import { functionZip } from '../support/zip.ts';

/** Caches and the young generation are full after this many; growth is measured from there. */
const WARM = 50_000;
const MEASURED = 50_000;
const GROWTH_MB_MAX = 100;

async function growth(run: (server: TestServer) => Promise<() => Promise<unknown>>) {
  const folder = temporaryFolder();
  const server = await startServer(folder.path);
  const once = await run(server);
  const many = async (count: number) => {
    let left = count;
    const worker = async () => {
      while (left-- > 0) await once();
    };
    await Promise.all(Array.from({ length: 32 }, worker));
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
  };
  const before = await many(WARM);
  const after = await many(MEASURED);
  console.log(`${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`);
  await server.stop();
  folder.remove();
  return after - before;
}

it.each(['STANDARD', 'EXPRESS'] as const)(
  'stays level over traced %s executions',
  async (type) => {
    const grown = await growth(async (server) => {
      const sfn = new SFNClient(server.client);
      const { stateMachineArn } = await sfn.send(
        new CreateStateMachineCommand({
          name: 'many',
          type,
          roleArn: ROLE,
          definition: JSON.stringify({
            StartAt: 'A',
            States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', End: true } },
          }),
          tracingConfiguration: { enabled: true },
        }),
      );
      return () => sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{"a":1}' }));
    });
    expect(grown).toBeLessThan(GROWTH_MB_MAX);
  },
  300_000,
);

it('stays level over traced invocations', async () => {
  const grown = await growth(async (server) => {
    const lambda = new LambdaClient(server.client);
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'many',
        Runtime: 'nodejs20.x',
        Handler: 'index.handler',
        Role: ROLE,
        TracingConfig: { Mode: 'Active' },
        Code: { ZipFile: functionZip({ 'index.js': 'exports.handler = async (e) => e;' }) },
      }),
    );
    return () => lambda.send(new InvokeCommand({ FunctionName: 'many', Payload: undefined }));
  });
  expect(grown).toBeLessThan(GROWTH_MB_MAX);
}, 300_000);
