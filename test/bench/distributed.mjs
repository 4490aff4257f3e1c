/**
 * A distributed Map over 100,000 JSON Lines of the local object folder: Standard children of two
 * Pass states, MaxConcurrency 10,000, results exported. Then the same with a Wait of one second in
 * each child. How long from the first event to the last, and the most memory the server ever had;
 * targets of the first one are 20 s and 600 MB.
 *
 * `node test/bench/distributed.mjs [items]` prints one run.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { clientOf, startServer } from './server.mjs';

const ROLE = 'arn:aws:iam::000000000000:role/bench';
const isRunAlone = process.argv[1] === import.meta.filename;
const ITEMS = Number((isRunAlone && process.argv[2]) || 100_000);

const definition = (states) =>
  JSON.stringify({
    StartAt: 'Map',
    States: {
      Map: {
        Type: 'Map',
        MaxConcurrency: 10_000,
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSONL' },
          Parameters: { Bucket: 'bench', Key: 'items.jsonl' },
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          ...states,
        },
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Parameters: { Bucket: 'bench', Prefix: 'results' },
        },
        End: true,
      },
    },
  });

const PASSES = {
  StartAt: 'A',
  States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', End: true } },
};
const WAITS = {
  StartAt: 'A',
  States: {
    A: { Type: 'Pass', Next: 'W' },
    W: { Type: 'Wait', Seconds: 1, Next: 'B' },
    B: { Type: 'Pass', End: true },
  },
};

function items() {
  const lines = Array.from({ length: ITEMS }, (_, i) =>
    JSON.stringify({ id: i, name: `item ${i}`, amount: i / 7 }),
  );
  return `${lines.join('\n')}\n`;
}

async function run(states) {
  const server = await startServer();
  const bucket = join(server.data, 'objects', 'bench');
  mkdirSync(bucket, { recursive: true });
  writeFileSync(join(bucket, 'items.jsonl'), items());
  const sfn = new SFNClient(clientOf(server));
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({ name: 'bench', roleArn: ROLE, definition: definition(states) }),
  );
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
  let head;
  do {
    await sleep(250);
    head = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } while (head.status === 'RUNNING');
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  const { mapRunArn } = mapRuns[0];
  const { itemCounts } = await sfn.send(new DescribeMapRunCommand({ mapRunArn }));
  if (head.status !== 'SUCCEEDED' || itemCounts.succeeded !== ITEMS) {
    throw new Error(`${head.status}: ${head.cause} ${JSON.stringify(itemCounts)}`);
  }
  const { Bucket, Key } = JSON.parse(head.output).ResultWriterDetails;
  const manifest = JSON.parse(readFileSync(join(bucket, '..', Bucket, Key), 'utf8'));
  const [file] = manifest.ResultFiles.SUCCEEDED;
  const records = JSON.parse(readFileSync(join(bucket, file.Key), 'utf8'));
  if (records.length !== ITEMS) throw new Error(`${records.length} results of ${ITEMS} items`);
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  await server.stop();
  return {
    seconds: (head.stopDate - head.startDate) / 1000,
    memoryMb: Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024,
  };
}

export async function measure() {
  const passes = await run(PASSES);
  const waits = await run(WAITS);
  return [
    { name: `distributed Map, ${ITEMS} items`, value: passes.seconds, unit: 's' },
    { name: '  most memory', value: passes.memoryMb, unit: 'MB' },
    { name: '  with a Wait of 1 s in each child', value: waits.seconds, unit: 's' },
    { name: '  most memory with the Wait', value: waits.memoryMb, unit: 'MB' },
  ];
}

if (isRunAlone) {
  for (const { name, value, unit } of await measure()) {
    console.log(name, Math.round(value * 100) / 100, unit);
  }
}
