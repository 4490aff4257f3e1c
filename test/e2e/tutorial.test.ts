import {
  BatchGetTracesCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  type Service,
  XRayClient,
} from '@aws-sdk/client-xray';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer, temporaryFolder, until } from '../support/server.ts';
import { deployTutorial, runExecution } from '../support/tutorial.ts';

interface Part {
  id: string;
  name: string;
  parent_id?: string;
  origin?: string;
  fault?: boolean;
  error?: boolean;
  cause?: { message?: string; exceptions?: { type?: string; message?: string }[] };
  subsegments?: Part[];
}

const folder = temporaryFolder();
let server: TestServer;
let machine: string;
let xray: XRayClient;
const since = new Date(Date.now() - 1000);

beforeAll(async () => {
  server = await startServer(folder.path);
  xray = new XRayClient(server.client);
  machine = await deployTutorial(server);
}, 60_000);

afterAll(async () => {
  await server?.stop();
  folder.remove();
});

async function traceOf(executionArn: string): Promise<Part[]> {
  const { TraceSummaries } = await xray.send(
    new GetTraceSummariesCommand({
      StartTime: since,
      EndTime: new Date(Date.now() + 1000),
      FilterExpression: `resource.arn = "${executionArn}"`,
    }),
  );
  expect(TraceSummaries).toHaveLength(1);
  const ids = [TraceSummaries![0]!.Id!];
  const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: ids }));
  return Traces![0]!.Segments!.map((segment) => JSON.parse(segment.Document!) as Part);
}

const all = (parts: Part[]): Part[] =>
  parts.flatMap((part) => [part, ...all(part.subsegments ?? [])]);
const named = (parts: Part[], name: string, origin?: string): Part => {
  const found = all(parts).find((part) => part.name === name && part.origin === origin);
  expect(found, `${name} ${origin ?? ''}`).toBeDefined();
  return found!;
};

describe('the tutorial "View X-Ray traces in Step Functions"', () => {
  it('traces an execution that succeeds, with the subsegment the function sent itself', async () => {
    const execution = await runExecution(server, machine, { n: 1 });
    expect(execution.status).toBe('SUCCEEDED');
    const parts = await until('the subsegment of the X-Ray SDK', async () => {
      const found = await traceOf(execution.executionArn!);
      return all(found).some((part) => part.name === 'look up prices') ? found : undefined;
    });
    const root = named(parts, 'TraceFunctions', 'AWS::StepFunctions::StateMachine');
    expect(root.fault).toBeUndefined();
    expect(root.subsegments!.map((part) => part.name)).toEqual([
      'CallTestFunction1',
      'CallTestFunction2',
      'CallTestFunction3',
      'Succeed',
    ]);
    const call = root.subsegments![0]!.subsegments![0]!;
    expect(call.name).toBe('Lambda');
    const service = named(parts, 'TestFunction1', 'AWS::Lambda');
    expect(service.parent_id).toBe(call.id);
    const fn = named(parts, 'TestFunction1', 'AWS::Lambda::Function');
    expect(fn.parent_id).toBe(service.id);
    expect(fn.subsegments!.map((part) => part.name)).toEqual([
      'Initialization',
      'Invocation',
      'Overhead',
    ]);
    const invocation = fn.subsegments![1]!;
    expect(invocation.subsegments!.map((part) => part.name)).toEqual(['look up prices']);
  });

  it('shows the exception of a function that fails', async () => {
    const execution = await runExecution(server, machine, { fail: 'TestFunction2' });
    expect(execution.status).toBe('FAILED');
    const parts = await traceOf(execution.executionArn!);
    const root = named(parts, 'TraceFunctions', 'AWS::StepFunctions::StateMachine');
    expect(root.fault).toBe(true);
    const state = named(parts, 'CallTestFunction2');
    expect(state.fault).toBe(true);
    expect(state.cause!.exceptions![0]).toMatchObject({ type: 'RangeError' });
    expect(state.cause!.message).toContain('Something went wrong in TestFunction2');
    const fn = named(parts, 'TestFunction2', 'AWS::Lambda::Function');
    expect(fn.error).toBe(true);
    expect(named(parts, 'AfterTaskFailed').fault).toBe(true);
  });

  it('times out, and the map counts every node', async () => {
    const execution = await runExecution(server, machine, { slow: true });
    expect(execution.status).toBe('FAILED');
    const parts = await traceOf(execution.executionArn!);
    expect(named(parts, 'CallTestFunction3').cause!.exceptions![0]!.type).toBe('States.Timeout');
    const { Services } = await xray.send(
      new GetServiceGraphCommand({ StartTime: since, EndTime: new Date(Date.now() + 1000) }),
    );
    const node = (name: string, type: string): Service => {
      const found = Services!.find((service) => service.Name === name && service.Type === type);
      expect(found, `${name} ${type}`).toBeDefined();
      return found!;
    };
    const root = node('TraceFunctions', 'AWS::StepFunctions::StateMachine');
    expect(root.SummaryStatistics).toMatchObject({
      TotalCount: 3,
      OkCount: 1,
      FaultStatistics: { TotalCount: 2 },
    });
    expect(node('TestFunction1', 'AWS::Lambda').SummaryStatistics!.TotalCount).toBe(3);
    expect(node('TestFunction2', 'AWS::Lambda').SummaryStatistics!.TotalCount).toBe(3);
    expect(node('TestFunction3', 'AWS::Lambda').SummaryStatistics!.TotalCount).toBe(2);
    const failing = node('TestFunction2', 'AWS::Lambda::Function').SummaryStatistics!;
    expect(failing.ErrorStatistics!.TotalCount).toBe(1);
  });
});
