/**
 * The promise under test: whatever StartExecution acknowledged ends, and no task attempt runs twice,
 * however often the server is killed with kill -9 while it works.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { zipSync } from 'fflate';
import { startServer, type TestServer, temporaryFolder, until } from './server.ts';

const ROLE = 'arn:aws:iam::000000000000:role/kill';

/** Writes a line before it works, so that a run that is repeated shows twice. */
const HANDLER = `
const { appendFileSync } = require('node:fs');
exports.handler = async (event) => {
  appendFileSync(process.env.COUNTER, event.key + '\\n');
  await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
  return event.carry;
};`;

function definition(functionArn: string): string {
  const task = (name: string, next: string): Record<string, unknown> => ({
    Type: 'Task',
    Resource: functionArn,
    Parameters: {
      'key.$':
        "States.Format('{} {} {} {}', $$.Execution.Name, $$.State.Name, $$.State.EnteredTime, $$.State.RetryCount)",
      'carry.$': '$',
    },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 50, BackoffRate: 1 }],
    Next: next,
    Comment: name,
  });
  return JSON.stringify({
    StartAt: 'First',
    States: {
      First: task('First', 'Pause'),
      Pause: { Type: 'Wait', Seconds: 1, Next: 'Second' },
      Second: task('Second', 'Third'),
      Third: task('Third', 'Done'),
      Done: { Type: 'Succeed' },
    },
  });
}

export interface KillReport {
  readonly seed: number;
  readonly kills: number;
  readonly acknowledged: number;
  readonly succeeded: number;
  readonly notSucceeded: readonly string[];
  readonly repeated: readonly string[];
  readonly attempts: number;
  /** Attempts that are not the first of their state. */
  readonly retried: number;
}

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function deploy(server: TestServer, counter: string): Promise<string> {
  const lambda = new LambdaClient(server.client);
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'counter',
      Runtime: 'nodejs20.x',
      Role: ROLE,
      Handler: 'index.handler',
      Timeout: 30,
      Code: { ZipFile: zipSync({ 'index.js': new TextEncoder().encode(HANDLER) }) },
      Environment: { Variables: { COUNTER: counter } },
    }),
  );
  const machine = await new SFNClient(server.client).send(
    new CreateStateMachineCommand({
      name: 'Killed',
      roleArn: ROLE,
      definition: definition(made.FunctionArn!),
    }),
  );
  return machine.stateMachineArn!;
}

/** Starts executions one after another until told to stop; only acknowledged ones are counted. */
async function load(
  server: TestServer,
  machine: string,
  acknowledged: Set<string>,
  halt: () => boolean,
) {
  const sfn = new SFNClient(server.client);
  while (!halt()) {
    try {
      const answer = await sfn.send(
        new StartExecutionCommand({ stateMachineArn: machine, input: '{"a":1}' }),
      );
      acknowledged.add(answer.executionArn!);
    } catch {
      // The server is gone or going: not acknowledged, so nothing was promised.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Ends a loaded server `kills` times at random moments, then lets the last one finish. A server
 * that is ended by SIGTERM must exit with 0.
 */
export async function killUnderLoad(
  kills: number,
  seed: number,
  by: 'SIGKILL' | 'SIGTERM' = 'SIGKILL',
): Promise<KillReport> {
  const folder = temporaryFolder();
  const draw = random(seed);
  const counter = join(folder.path, 'counter.txt');
  writeFileSync(counter, '');
  const acknowledged = new Set<string>();
  const data = join(folder.path, 'data');
  let server = await startServer(data);
  const machine = await deploy(server, counter);
  for (let kill = 0; kill < kills; kill++) {
    let halted = false;
    const loads = [1, 2, 3].map(() => load(server, machine, acknowledged, () => halted));
    await new Promise((resolve) => setTimeout(resolve, 200 + draw() * 1500));
    const code = by === 'SIGKILL' ? await server.kill() : await server.stop();
    halted = true;
    if (by === 'SIGTERM' && code !== 0) throw new Error(`the server exited with ${code}`);
    await Promise.all(loads);
    server = await startServer(data);
  }
  const notSucceeded = await finish(server, acknowledged);
  await server.stop();
  const lines = readFileSync(counter, 'utf8').split('\n').filter(Boolean);
  const times = new Map<string, number>();
  for (const line of lines) times.set(line, (times.get(line) ?? 0) + 1);
  folder.remove();
  return {
    seed,
    kills,
    acknowledged: acknowledged.size,
    succeeded: acknowledged.size - notSucceeded.length,
    notSucceeded,
    repeated: [...times].filter(([, count]) => count > 1).map(([line]) => line),
    attempts: lines.length,
    retried: lines.filter((line) => !line.endsWith(' 0')).length,
  };
}

async function finish(server: TestServer, acknowledged: Set<string>): Promise<string[]> {
  const sfn = new SFNClient(server.client);
  const failed: string[] = [];
  for (const executionArn of acknowledged) {
    const status = await until(
      `${executionArn} to end`,
      async () => {
        const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return status === 'RUNNING' ? undefined : status;
      },
      120_000,
    );
    if (status !== 'SUCCEEDED') failed.push(`${executionArn} ${status}`);
  }
  return failed;
}
