import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer, temporaryFolder, until } from '../support/server.ts';
import { functionZip } from '../support/zip.ts';

const folder = temporaryFolder();
let server: TestServer;

function available(command: string, args: readonly string[]): boolean {
  const found = spawnSync(command, args, { encoding: 'utf8' }).status === 0;
  if (!found) console.log(`skipped: "${command} ${args.join(' ')}" does not work here`);
  return found;
}

const boto3 = available('python3', ['-c', 'import boto3']);
const cli = available('aws', ['--version']);

beforeAll(async () => {
  server = await startServer(join(folder.path, 'data'));
}, 60_000);

afterAll(async () => {
  await server?.stop();
  folder.remove();
});

describe.skipIf(!boto3)('boto3', () => {
  it('walks from a function to a traced execution', () => {
    const script = join(import.meta.dirname, 'boto3_walk.py');
    const run = spawnSync('python3', [script, server.url], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const seen = JSON.parse(run.stdout);
    expect(seen).toMatchObject({
      payload: { got: { n: 1 }, by: 'walk-py' },
      hasLog: true,
      status: 'SUCCEEDED',
      output: { got: { a: 1 }, by: 'walk-py' },
      events: [
        'ExecutionStarted',
        'TaskStateEntered',
        'LambdaFunctionScheduled',
        'LambdaFunctionStarted',
        'LambdaFunctionSucceeded',
        'TaskStateExited',
        'ExecutionSucceeded',
      ],
      sync: ['SUCCEEDED', { b: 2 }, 64],
      traces: 1,
      logged: true,
      missing: 'ExecutionDoesNotExist',
      account: '000000000000',
    });
    expect(seen.nodes).toContainEqual(['walk-boto3', 'AWS::StepFunctions::StateMachine']);
    expect(seen.nodes).toContainEqual(['walk-py', 'AWS::Lambda::Function']);
  });
});

describe.skipIf(!cli)('AWS CLI', () => {
  function aws(...args: string[]): Record<string, unknown> {
    const run = spawnSync('aws', args, {
      encoding: 'utf8',
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: server.url,
        AWS_ACCESS_KEY_ID: '000000000000',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_DEFAULT_OUTPUT: 'json',
      },
    });
    expect(run.stderr).toBe('');
    return run.stdout ? JSON.parse(run.stdout) : {};
  }

  it('creates, starts, describes, lists events, invokes and reads traces', async () => {
    const since = Math.floor(Date.now() / 1000) - 1;
    const role = 'arn:aws:iam::000000000000:role/cli';
    const zip = join(folder.path, 'cli.zip');
    writeFileSync(zip, functionZip({ 'index.mjs': 'export const handler = async (e) => e;' }));
    const created = aws(
      ...['lambda', 'create-function', '--function-name', 'cli', '--runtime', 'nodejs20.x'],
      ...['--handler', 'index.handler', '--role', role, '--zip-file', `fileb://${zip}`],
      ...['--tracing-config', 'Mode=Active'],
    );
    const out = join(folder.path, 'out.json');
    const invoked = aws('lambda', 'invoke', '--function-name', 'cli', out);
    expect(invoked).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    const definition = JSON.stringify({
      StartAt: 'Call',
      States: { Call: { Type: 'Task', Resource: created.FunctionArn, End: true } },
    });
    const machine = aws(
      ...['stepfunctions', 'create-state-machine', '--name', 'cli', '--role-arn', role],
      ...['--definition', definition, '--tracing-configuration', 'enabled=true'],
    ).stateMachineArn as string;
    const execution = aws('stepfunctions', 'start-execution', '--state-machine-arn', machine)
      .executionArn as string;
    await until('the execution to end', async () => {
      const described = aws('stepfunctions', 'describe-execution', '--execution-arn', execution);
      return described.status === 'SUCCEEDED' ? true : undefined;
    });
    const history = aws('stepfunctions', 'get-execution-history', '--execution-arn', execution);
    expect((history.events as unknown[]).length).toBe(7);
    const range = [
      '--start-time',
      `${since}`,
      '--end-time',
      `${Math.floor(Date.now() / 1000) + 1}`,
    ];
    const filter = ['--filter-expression', 'service("cli") AND ok'];
    const summaries = aws('xray', 'get-trace-summaries', ...range, ...filter);
    expect((summaries.TraceSummaries as unknown[]).length).toBeGreaterThan(0);
    const graph = aws('xray', 'get-service-graph', ...range);
    const types = (graph.Services as { Name: string; Type: string }[])
      .filter((service) => service.Name === 'cli')
      .map((service) => service.Type);
    expect(types).toContain('AWS::StepFunctions::StateMachine');
  }, 120_000);
});
