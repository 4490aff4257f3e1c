import { describe, expect, it } from 'vitest';
import { systemDigests } from '../edge/system.ts';
import { productCatalog } from '../main/catalog.ts';
import { Dispatcher } from '../wire/dispatch.ts';
import type { CallContext } from '../wire/operations.ts';
import { AwsCalls } from './calls.ts';
import { testLog } from './engine/testing.ts';

const context: CallContext = {
  account: '111122223333',
  region: 'eu-west-1',
  requestId: 'r',
  accessKeyId: undefined,
  traceHeader: undefined,
  abort: new AbortController().signal,
};
const log = testLog();
const asked: unknown[] = [];
const dispatcher = new Dispatcher({
  catalog: productCatalog(),
  services: {
    logs: {
      async DescribeLogGroups(input: object, { account }: CallContext) {
        asked.push(input);
        return { logGroups: [{ logGroupName: account }] };
      },
      async CreateLogGroup() {
        throw new TypeError('a defect');
      },
    },
  },
  account: '0',
  region: 'x',
  log,
  digests: systemDigests,
});
const calls = new AwsCalls(dispatcher);

describe('a service that asks another', () => {
  it('gets what its handler answers, where it asks', async () => {
    const input = { logGroupNamePrefix: 'a', limit: 1 };
    const output = await calls.call('logs', 'DescribeLogGroups', input, context);
    expect(output).toEqual({ logGroups: [{ logGroupName: '111122223333' }] });
    expect(asked).toEqual([input]);
  });

  it.each([
    ['logs', 'DescribeLogGroups', { limit: 0 }, 'InvalidParameterException'],
    ['logs', 'CreateLogGroup', { logGroupName: 'g' }, 'InternalFailure'],
    ['logs', 'DeleteLogGroup', { logGroupName: 'g' }, 'NotImplemented'],
    ['logs', 'Nothing', {}, 'NotImplemented'],
    ['nothing', 'Nothing', {}, 'NotImplemented'],
  ])('is refused as a request is: %s:%s %j', async (service, operation, input, code) => {
    await expect(calls.call(service, operation, input, context)).rejects.toMatchObject({
      name: 'Fault',
      code,
    });
  });
});
