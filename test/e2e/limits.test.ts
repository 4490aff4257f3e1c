/** A server whose limits are others than AWS's: on the wire, in executions, and what it tells of it. */
import { CreateStateMachineCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../support/command.ts';
import { outcomeOf } from '../support/outcome.ts';
import { startServer, type TestServer, temporaryFolder } from '../support/server.ts';
import { ROLE } from '../support/workbench.ts';

const folder = temporaryFolder();
let server: TestServer;
let sfn: SFNClient;

beforeAll(async () => {
  const limits = 'payload-bytes=1MB,open-executions=2,definition-length=2000000';
  server = await startServer(folder.path, ['--limits', limits]);
  sfn = new SFNClient(server.client);
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  folder.remove();
});

async function machine(name: string, state: object, comment = ''): Promise<string> {
  const definition = JSON.stringify({ Comment: comment, StartAt: 'S', States: { S: state } });
  const input = { name, definition, roleArn: ROLE };
  return (await sfn.send(new CreateStateMachineCommand(input))).stateMachineArn!;
}

const jsonOf = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));

it('takes a payload as large as it may be here, and tells that it is near', async () => {
  const stateMachineArn = await machine('large', { Type: 'Pass', End: true });
  const input = jsonOf(2 ** 20);
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input }));
  const ended = await outcomeOf(sfn, executionArn);
  expect([ended.status, ended.output === input]).toEqual(['SUCCEEDED', true]);
  const larger = new StartExecutionCommand({ stateMachineArn, input: jsonOf(2 ** 20 + 1) });
  await expect(sfn.send(larger)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Member must have length less than or equal to 1048576'),
  });
  const health = await (await fetch(`${server.url}/_steplight/health`)).json();
  expect(health).toMatchObject({
    limits: {
      'payload-bytes': { limit: 2 ** 20, warnings: 1, latest: { of: executionArn } },
      'history-events': { limit: 25_000, warnings: 0 },
    },
  });
});

it('takes a definition that AWS would not', async () => {
  const state = { Type: 'Succeed' };
  expect(await machine('long', state, 'x'.repeat(1_500_000))).toContain(':long');
  await expect(machine('longer', state, 'x'.repeat(2_000_000))).rejects.toMatchObject({
    message: expect.stringContaining('Member must have length less than or equal to 2000000'),
  });
});

it('refuses one open execution too many', async () => {
  const stateMachineArn = await machine('waiting', { Type: 'Wait', Seconds: 600, End: true });
  const start = (name: string) => sfn.send(new StartExecutionCommand({ stateMachineArn, name }));
  await Promise.all([start('a'), start('b')]);
  await expect(start('c')).rejects.toMatchObject({ name: 'ExecutionLimitExceeded' });
});

it('does not start with limits that are none, and says so in one line', async () => {
  const refused = await runCommand(['start', '--limits', 'payload-bytes=lots']);
  expect(refused).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'steplight: --limits needs a size from 1024 to 33554432 for payload-bytes: ' +
      'payload-bytes=lots\n',
  });
  const { stdout } = await runCommand(['help']);
  expect(stdout).toMatch(/^ {2}history-events +25000 +events of a Standard execution$/m);
});
