import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { leadTo } from './jump.ts';
import { FEATURES } from './list.ts';

const machine = 'arn:aws:states:us-east-1:0:stateMachine:Orders';
const client = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } },
});
const place = { region: 'eu-west-1' };
const listed = (item: object) => ({ items: [item], isWhole: true });
client.setQueryData(['machines', place], listed({ name: 'Orders', stateMachineArn: machine }));
client.setQueryData(['functions', place], listed({ FunctionName: 'charge' }));

const path = async (text: string): Promise<string> =>
  decodeURIComponent((await leadTo(text, FEATURES, client, place))!.path);

it('leads to what was pasted', async () => {
  const id = '1-62ecf1b7-39b0d615391d011ef3f77dff';
  expect(await path(`Root=${id};Sampled=1`)).toBe(`/traces/${id}`);
  expect(await path('62ecf1b739b0d615391d011ef3f77dff')).toBe(`/traces/${id}`);
  const execution = 'arn:aws:states:us-east-1:0:execution:Orders:e1';
  expect(await path(execution)).toBe(`/executions/${execution}`);
  expect(await path('arn:aws:states:us-east-1:0:express:Orders:e1:u1')).toContain('/executions/');
  expect(await path(machine)).toBe(`/machines/${machine}`);
  expect(await path('arn:aws:lambda:us-east-1:0:function:charge:1')).toBe('/functions/charge');
  expect(await path('arn:aws:logs:us-east-1:0:log-group:/a/b:*')).toBe('/logs//a/b');
  expect(await path('/aws/lambda/charge')).toBe('/logs//aws/lambda/charge');
  expect(await path('orders')).toBe(`/machines/${machine}`);
  expect(await path('Charge')).toBe('/functions/charge');
  expect(await leadTo('order-17', FEATURES, client, place)).toEqual({
    path: '/executions',
    search: { name: 'order-17' },
  });
});

it('searches where the names cannot be read', async () => {
  const broken = [
    { id: 'x', routes: [], jump: { names: () => Promise.reject(new Error('gone')) } },
  ];
  expect(await leadTo('orders', broken, client, place)).toBeUndefined();
  expect(await leadTo('orders', [...broken, ...FEATURES], client, place)).toMatchObject({
    path: `/machines/${encodeURIComponent(machine)}`,
  });
});
