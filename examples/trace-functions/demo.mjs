/**
 * `npm run demo`: starts the server, deploys the example, runs ten executions, shows what happened
 * and keeps serving until Ctrl-C. `--once` ends after the tables. Other options go to the server.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const { LambdaClient } = await import('@aws-sdk/client-lambda');
const { SFNClient, StartExecutionCommand, DescribeExecutionCommand, GetExecutionHistoryCommand } =
  await import('@aws-sdk/client-sfn');
const { XRayClient, GetServiceGraphCommand, GetTraceSummariesCommand } = await import(
  '@aws-sdk/client-xray'
);
const { deploy } = await import('./deploy.mjs');
const { printMap, printTable } = await import('./print.mjs');

const EXECUTIONS = 10;
const args = process.argv.slice(2);
const once = args.includes('--once');
const serverArgs = args.filter((arg) => arg !== '--once');
const cli = join(import.meta.dirname, '../../dist/src/main/cli.js');

if (args.includes('--help')) {
  console.log('npm run demo [-- --once] [-- server options, see npx steplight --help]');
  process.exit(0);
}
if (!existsSync(cli)) {
  console.error('The server is not built. Run "npm ci" (or "npm run build") first.');
  process.exit(1);
}

/** Resolves with the server's URL once it says that it is ready. */
function startServer() {
  const server = spawn(process.execPath, [cli, 'start', ...serverArgs], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own: Ctrl-C reaches this process, which then asks the server to stop.
    detached: true,
  });
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      console.log(line);
      const url = /ready on (http:\/\/\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
    server.once('exit', (code) => reject(new Error(`the server ended with exit code ${code}`)));
  });
  return { server, ready };
}

async function runExecutions(sfn, stateMachineArn) {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const started = [];
  for (let n = 1; n <= EXECUTIONS; n++) {
    const input = JSON.stringify({ run: n });
    const name = `demo-${stamp}-${n}`;
    const answer = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    started.push({ n, name, arn: answer.executionArn });
  }
  const open = new Set(started);
  while (open.size > 0) {
    for (const execution of [...open]) {
      const executionArn = execution.arn;
      execution.last = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.last.status !== 'RUNNING') open.delete(execution);
    }
    progress(`executions: ${EXECUTIONS - open.size} of ${EXECUTIONS} ended`, open.size === 0);
    if (open.size > 0) await sleep(200);
  }
  return started;
}

function progress(text, done) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${text}${done ? '\n' : ''}`);
  else if (done) console.log(text);
}

/** The state whose error was caught or ended the execution, and that error. */
async function failureOf(sfn, executionArn) {
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  const failed = events.find((event) => /(Failed|TimedOut)$/.test(event.type));
  if (!failed) return { state: '', error: '' };
  const entered = events.filter(
    (event) => event.id < failed.id && event.type.endsWith('StateEntered'),
  );
  const details = Object.values(failed).find((value) => value?.error !== undefined);
  return {
    state: entered.at(-1)?.stateEnteredEventDetails.name ?? '',
    error: details?.error ?? '',
  };
}

async function traceOf(xray, execution, since) {
  const { TraceSummaries } = await xray.send(
    new GetTraceSummariesCommand({
      StartTime: since,
      EndTime: new Date(),
      FilterExpression: `resource.arn = "${execution.arn}"`,
    }),
  );
  return TraceSummaries[0]?.Id;
}

async function report({ sfn, xray, url, executions, since }) {
  const rows = [];
  for (const execution of executions) {
    const { status, startDate, stopDate, executionArn } = execution.last;
    const failure = status === 'SUCCEEDED' ? {} : await failureOf(sfn, executionArn);
    const trace = execution.traceId ?? (await traceOf(xray, execution, since));
    rows.push([
      execution.name,
      status,
      `${((stopDate - startDate) / 1000).toFixed(2)} s`,
      failure.state ?? '',
      failure.error ?? '',
      trace ? `${url}/console/traces/${trace}` : '',
    ]);
  }
  console.log();
  printTable(['execution', 'status', 'duration', 'failed state', 'error', 'trace'], rows);
  const { Services } = await xray.send(
    new GetServiceGraphCommand({ StartTime: since, EndTime: new Date() }),
  );
  console.log('\nService map\n');
  printMap(Services);
}

const { server, ready } = startServer();
let stopping = false;
async function stop(code) {
  if (stopping) return;
  stopping = true;
  if (server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));

try {
  const url = await ready;
  const settings = {
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'demo' },
  };
  const sfn = new SFNClient({ ...settings, disableHostPrefix: true });
  const xray = new XRayClient(settings);
  const since = new Date();
  console.log('\nDeploying examples/trace-functions with the AWS SDK');
  const stateMachineArn = await deploy({
    lambda: new LambdaClient(settings),
    sfn,
    report: (step) => console.log(`  created ${step}`),
  });
  console.log(`\nStarting ${EXECUTIONS} executions`);
  const executions = await runExecutions(sfn, stateMachineArn);
  await report({ sfn, xray, url, executions, since });
  console.log(`\nConsole: ${url}/console`);
  if (once) await stop(0);
  console.log('Serving until Ctrl-C.');
} catch (error) {
  if (!stopping) {
    console.error(`The demo could not go on: ${error.message}`);
    await stop(1);
  }
}
