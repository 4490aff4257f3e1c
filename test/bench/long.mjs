/**
 * Long executions: a Choice loop until the history is full at event 25,000 (target 3 s), an inline
 * Map over 6,000 items (24,006 events), and a page of 1,000 events out of the middle of its history,
 * over HTTP. Durations are by the executions' own dates.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { awsJson, load } from './load.mjs';
import { clientOf, startServer } from './server.mjs';

const roleArn = 'arn:aws:iam::000000000000:role/bench';
const ITEMS = 6_000;
const PAGES = 100;
const PAGE_EVENTS = 1_000;

const LOOP = {
  StartAt: 'Again',
  States: {
    Again: {
      Type: 'Choice',
      Choices: [{ Variable: '$.stop', BooleanEquals: true, Next: 'Done' }],
      Default: 'Again',
    },
    Done: { Type: 'Succeed' },
  },
};

const MAP = {
  StartAt: 'Map',
  States: {
    Map: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } },
      End: true,
    },
  },
};

async function run(sfn, name, definition, input) {
  const text = JSON.stringify(definition);
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({ name, roleArn, definition: text }),
  );
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  let head;
  do {
    await sleep(50);
    head = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } while (head.status === 'RUNNING');
  const last = { executionArn, reverseOrder: true, maxResults: 1 };
  const { events } = await sfn.send(new GetExecutionHistoryCommand(last));
  return { executionArn, events: events[0].id, ms: head.stopDate - head.startDate };
}

/** The request for the page that follows the first half of the history. */
async function middlePage(sfn, { executionArn, events }) {
  let request = { executionArn, maxResults: PAGE_EVENTS };
  for (let seen = 0; seen < events / 2; seen += PAGE_EVENTS) {
    const { nextToken } = await sfn.send(new GetExecutionHistoryCommand(request));
    request = { ...request, nextToken };
  }
  return request;
}

export async function measure() {
  const server = await startServer();
  const sfn = new SFNClient(clientOf(server));
  const loop = await run(sfn, 'loop', LOOP, { stop: false });
  const items = Array.from({ length: ITEMS }, (_, id) => ({ id, name: `item ${id}` }));
  const map = await run(sfn, 'map', MAP, items);
  if (loop.events !== 25_000 || map.events !== 24_006) {
    throw new Error(`${loop.events} and ${map.events} events`);
  }
  const page = await load({
    port: server.port,
    headers: awsJson('GetExecutionHistory'),
    bodies: [JSON.stringify(await middlePage(sfn, map))],
    connections: 1,
    total: PAGES,
  });
  await server.stop();
  return [
    { name: 'Choice loop to event 25,000', value: loop.ms / 1000, unit: 's' },
    { name: '  of the loop an event', value: (loop.ms / loop.events) * 1000, unit: 'µs' },
    { name: 'inline Map, 6,000 items, 24,006 events', value: map.ms / 1000, unit: 's' },
    { name: '  of the Map an event', value: (map.ms / map.events) * 1000, unit: 'µs' },
    { name: 'history page of 1,000 events, median', value: page.p50Ms, unit: 'ms' },
  ];
}
