import { expect, it } from 'vitest';
import { functionSample } from './sample.ts';

const HERE = { account: '000000000000', region: 'us-east-1' };
const ROOT = '1-6553f100-000000000000000000000005';
const tools = {
  now: () => 1_700_000_000_000,
  random: () => 0.5,
  uuid: () => '00000000-0000-4000-8000-000000000001',
};

it('obeys the header of an invocation', () => {
  const asked: string[] = [];
  const sampler = {
    sample: (_place: object, { serviceName }: { serviceName: string }) => {
      asked.push(serviceName);
      return true;
    },
  };
  const sample = functionSample(sampler, tools);
  const decide = (header: string | undefined) =>
    sample({ place: HERE, functionName: 'f', functionArn: 'arn', header });
  expect(decide(`Root=${ROOT};Parent=0000000000000003;Sampled=1`)).toEqual({
    sampled: true,
    traceId: ROOT,
    parentId: '0000000000000003',
  });
  expect(decide(`Root=${ROOT};Sampled=0`)).toEqual({ sampled: false, traceId: ROOT });
  expect(decide('Root=not enabled;Sampled=0').sampled).toBe(false);
  expect(asked).toEqual([]);
  expect(decide(undefined).traceId).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(asked).toEqual(['f']);
});
