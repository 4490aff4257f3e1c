/**
 * A stand-in for the server, for work on pages alone (`vite --mode mock`). It answers the reads that the pages make, from fixtures; writes change nothing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { graphOf, summaryOf } from './aggregate.ts';
import { buildRuns, DEFINITION, functionArn, MACHINE_ARN, PLACE, type Run } from './fixtures.ts';

const STARTED_AT = Date.now();

export function mockServer(): Plugin {
  const attach = (server: { middlewares: { use: (handler: typeof handle) => unknown } }): void => {
    server.middlewares.use(handle);
  };
  return { name: 'mock-server', configureServer: attach, configurePreviewServer: attach };
}

let runs: Run[] | undefined;
const allRuns = (): Run[] => {
  runs ??= buildRuns(STARTED_AT / 1000);
  return runs;
};

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!url.pathname.startsWith('/_steplight/')) return next();
  if (url.pathname === '/_steplight/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: hello\ndata: {}\n\n');
    return;
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const input = body ? JSON.parse(body) : {};
  const found = answer(url, input);
  response.writeHead(found === undefined ? 400 : 200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify(
      found ?? { __type: 'NotImplemented', message: `${url.pathname} is not mocked.` },
    ),
  );
}

function answer(url: URL, input: Record<string, unknown>): unknown {
  const call = /\/api\/call\/\w+\/(\w+)$/.exec(url.pathname)?.[1];
  if (call) return CALLS[call]?.(input);
  const query = url.searchParams;
  const run = allRuns().find((one) => one.execution.executionArn === query.get('arn'));
  switch (url.pathname.slice('/_steplight/'.length)) {
    case 'health':
      return { ...PLACE, version: '0.1.0', uptimeSeconds: (Date.now() - STARTED_AT) / 1000 };
    case 'api/executions':
      return { executions: listed(query) };
    case 'api/execution':
      return run?.execution;
    case 'api/execution/history': {
      const from = Number(query.get('from') ?? 1);
      return run && { events: run.events.filter((event) => Number(event.id) >= from) };
    }
    default:
      return undefined;
  }
}

function listed(query: URLSearchParams): unknown[] {
  const name = query.get('name')?.toLowerCase() ?? '';
  return allRuns()
    .map((run) => run.execution)
    .filter((one) => !query.get('status') || one.status === query.get('status'))
    .filter((one) => String(one.name).includes(name))
    .reverse();
}

const machine = {
  stateMachineArn: MACHINE_ARN,
  name: 'TraceFunctions',
  type: 'STANDARD',
  creationDate: STARTED_AT / 1000 - 900,
};

const functions = ['TestFunction1', 'TestFunction2', 'TestFunction3'].map((name) => ({
  FunctionName: name,
  FunctionArn: functionArn(name),
  Runtime: 'nodejs20.x',
  Handler: 'index.handler',
  Role: 'arn:aws:iam::000000000000:role/steplight',
  MemorySize: 128,
  Timeout: 10,
  CodeSize: 812,
  CodeSha256: 'q0FJ3yS0r1u5p0S2m9Zq3o6f4f1d2w8b0v7nC1xkQ2E=',
  LastModified: new Date(STARTED_AT - 900_000).toISOString().replace('Z', '+0000'),
  TracingConfig: { Mode: 'Active' },
  State: 'Active',
  Environment: { Variables: { STAGE: 'dev' } },
}));

type Input = Record<string, unknown>;
const CALLS: Readonly<Record<string, (input: Input) => unknown>> = {
  ListStateMachines: () => ({ stateMachines: [machine] }),
  DescribeStateMachine: () => ({
    ...machine,
    status: 'ACTIVE',
    definition: DEFINITION,
    roleArn: 'arn:aws:iam::000000000000:role/steplight',
    tracingConfiguration: { enabled: true },
    loggingConfiguration: { level: 'OFF' },
  }),
  ListTagsForResource: () => ({ tags: [{ key: 'team', value: 'orders' }] }),
  GetServiceGraph: () => ({ Services: graphOf(allRuns().flatMap((run) => run.segments)) }),
  GetTimeSeriesServiceStatistics: () => ({ TimeSeriesServiceStatistics: [] }),
  GetTraceGraph: ({ TraceIds }) => {
    const [id] = TraceIds as string[];
    const run = allRuns().find((one) => one.execution.traceId === id);
    return { Services: graphOf(run?.segments ?? []) };
  },
  GetTraceSummaries: () => ({
    TraceSummaries: allRuns().map(summaryOf).reverse(),
    TracesProcessedCount: 10,
  }),
  BatchGetTraces: ({ TraceIds }) => ({
    Traces: allRuns()
      .filter((run) => (TraceIds as string[]).includes(run.execution.traceId))
      .map((run) => ({
        Id: run.execution.traceId,
        Segments: run.segments.map((one) => ({ Id: one.id, Document: JSON.stringify(one) })),
      })),
  }),
  ListFunctions: () => ({ Functions: functions }),
  GetFunction: ({ FunctionName }) => ({
    Configuration: functions.find((one) => one.FunctionName === FunctionName),
  }),
  Invoke: () => ({
    StatusCode: 200,
    Payload: btoa('{"response":true}'),
    LogResult: btoa(
      'START RequestId: 1 Version: $LATEST\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\t\n',
    ),
  }),
  DescribeLogGroups: () => ({
    logGroups: functions.map((one) => ({
      logGroupName: `/aws/lambda/${one.FunctionName}`,
      creationTime: STARTED_AT - 900_000,
      storedBytes: 48_211,
    })),
  }),
  DescribeLogStreams: () => ({
    logStreams: [
      {
        logStreamName: '2026/11/20/[$LATEST]5c0f7a2b9d1e4f3a8b6c7d8e9f0a1b2c',
        lastEventTimestamp: STARTED_AT - 30_000,
      },
    ],
  }),
  FilterLogEvents: ({ logGroupName }) => ({
    events: allRuns()
      .flatMap((run) => run.logs)
      .filter((line) => line.group === logGroupName)
      .map((line, index) => ({ ...line, eventId: String(index) })),
  }),
};
