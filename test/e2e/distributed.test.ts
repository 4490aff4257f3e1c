/** A distributed Map on a real server that is killed while it runs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';
import { expect, test } from 'vitest';
import { outcomeOf } from '../support/outcome.ts';
import { startServer, temporaryFolder, until } from '../support/server.ts';

const ITEMS = 3_000;
const ROLE = 'arn:aws:iam::000000000000:role/r';

const definition = JSON.stringify({
  StartAt: 'Map',
  States: {
    Map: {
      Type: 'Map',
      Label: 'Lines',
      MaxConcurrency: 500,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSONL' },
        Parameters: { Bucket: 'work', Key: 'in/items.jsonl' },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'W',
        States: { W: { Type: 'Wait', Seconds: 0, Next: 'P' }, P: { Type: 'Pass', End: true } },
      },
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Parameters: { Bucket: 'work', Prefix: 'out' },
        WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
      },
      End: true,
    },
  },
});

test('every item once, whatever happens to the server', async () => {
  const folder = temporaryFolder();
  try {
    const bucket = join(folder.path, 'objects', 'work');
    mkdirSync(join(bucket, 'in'), { recursive: true });
    const lines = Array.from({ length: ITEMS }, (_, n) => JSON.stringify({ n }));
    writeFileSync(join(bucket, 'in/items.jsonl'), lines.join('\n'));
    let server = await startServer(folder.path);
    let sfn = new SFNClient(server.client);
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name: 'm', roleArn: ROLE, definition }),
    );
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    const mapRunArn = await until('the Map Run', async () => {
      const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
      return mapRuns![0]?.mapRunArn;
    });
    const counts = async () =>
      (await sfn.send(new DescribeMapRunCommand({ mapRunArn }))).itemCounts!;
    for (const least of [300, 1_200]) {
      await until('some progress', async () => (await counts()).succeeded! >= least || undefined);
      await server.kill();
      server = await startServer(folder.path);
      sfn = new SFNClient(server.client);
    }
    const head = await outcomeOf(sfn, executionArn);
    expect(head).toMatchObject({ status: 'SUCCEEDED' });
    expect(await counts()).toMatchObject({ succeeded: ITEMS, failed: 0, total: ITEMS, running: 0 });
    const { Key } = JSON.parse(head.output!).ResultWriterDetails;
    const manifest = JSON.parse(readFileSync(join(bucket, Key), 'utf8'));
    const [file] = manifest.ResultFiles.SUCCEEDED;
    const results = readFileSync(join(bucket, file.Key), 'utf8').trim().split('\n');
    expect(results.map((line) => JSON.parse(line).n).sort((a, b) => a - b)).toEqual(
      Array.from({ length: ITEMS }, (_, n) => n),
    );
    const { executions } = await sfn.send(new ListExecutionsCommand({ mapRunArn, maxResults: 10 }));
    expect(executions).toHaveLength(10);
    expect(await server.stop()).toBe(0);
  } finally {
    folder.remove();
  }
});

test('every child is traced as its parent is, in a trace of its own', async () => {
  const folder = temporaryFolder();
  const server = await startServer(folder.path);
  const sfn = new SFNClient(server.client);
  const xray = new XRayClient(server.client);
  const processor = (executionType: string) => ({
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: executionType },
    StartAt: 'Odd',
    States: { Odd: { Type: 'Fail', Error: 'Odd' } },
  });
  for (const type of ['STANDARD', 'EXPRESS']) {
    const map = {
      Type: 'Map',
      Label: type,
      ToleratedFailurePercentage: 100,
      ItemProcessor: processor(type),
      End: true,
    };
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: type,
        roleArn: ROLE,
        definition: JSON.stringify({ StartAt: 'Map', States: { Map: map } }),
        tracingConfiguration: { enabled: true },
      }),
    );
    const started = new StartExecutionCommand({ stateMachineArn, input: '[1,2,3]' });
    const { executionArn } = await sfn.send(started);
    await outcomeOf(sfn, executionArn);
    const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
    const { executions } = await sfn.send(
      new ListExecutionsCommand({ mapRunArn: mapRuns![0]!.mapRunArn }),
    );
    expect(executions).toHaveLength(3);
    const ids = new Set<string>();
    for (const child of executions!) {
      const { TraceSummaries } = await until('the trace', async () => {
        const EndTime = new Date(Date.now() + 1000);
        const StartTime = new Date(EndTime.getTime() - 60_000);
        const FilterExpression = `resource.arn = "${child.executionArn}"`;
        const found = await xray.send(
          new GetTraceSummariesCommand({ StartTime, EndTime, FilterExpression }),
        );
        return found.TraceSummaries?.length ? found : undefined;
      });
      expect(TraceSummaries).toHaveLength(1);
      expect(TraceSummaries![0]).toMatchObject({ HasFault: true });
      ids.add(TraceSummaries![0]!.Id!);
    }
    expect(ids.size).toBe(3);
  }
  await server.stop();
  folder.remove();
});
