import { expect, it } from 'vitest';
import { jumpTarget } from './jump.ts';

const known = {
  machines: [{ name: 'Orders', arn: 'arn:aws:states:us-east-1:0:stateMachine:Orders' }],
  functions: ['charge'],
};
const path = (query: string): string => decodeURIComponent(jumpTarget(query, known).path);

it('leads to what was pasted', () => {
  const id = '1-62ecf1b7-39b0d615391d011ef3f77dff';
  expect(path(`Root=${id};Sampled=1`)).toBe(`/traces/${id}`);
  expect(path('62ecf1b739b0d615391d011ef3f77dff')).toBe(`/traces/${id}`);
  const execution = 'arn:aws:states:us-east-1:0:execution:Orders:e1';
  expect(path(execution)).toBe(`/executions/${execution}`);
  expect(path('arn:aws:lambda:us-east-1:0:function:charge:1')).toBe('/functions/charge');
  expect(path('/aws/lambda/charge')).toBe('/logs//aws/lambda/charge');
  expect(path('orders')).toBe(`/machines/${known.machines[0]!.arn}`);
  expect(path('Charge')).toBe('/functions/charge');
  expect(jumpTarget('order-17', known)).toEqual({
    path: '/executions',
    search: { name: 'order-17' },
  });
});
