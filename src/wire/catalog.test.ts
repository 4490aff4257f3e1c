import { describe, expect, it } from 'vitest';
import { productCatalog } from '../main/catalog.ts';
import { Catalog } from './catalog.ts';
import type { ModelSource } from './model/raw.ts';
import { protocolOf } from './protocol/table.ts';
import type { WireRequest } from './request.ts';

const catalog = productCatalog();

function request(parts: Partial<WireRequest> & { text?: string }): WireRequest {
  const { text = '', ...rest } = parts;
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: {},
    body: new TextEncoder().encode(text),
    ...rest,
  };
}

function route(scope: string | undefined, parts: Parameters<typeof request>[0]): string {
  const asked = request(parts);
  const service = catalog.serviceOf(asked, scope);
  if (!service) return 'no service';
  const { operation, labels } = protocolOf(service, asked).route(service, asked);
  const told = Object.entries(labels).map(([name, value]) => ` ${name}=${value}`);
  return `${service.id}:${operation.name}${told.join('')}`;
}

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const FUNCTIONS = '/2015-03-31/functions';

describe('routes', () => {
  it.each<[string | undefined, Parameters<typeof request>[0], string]>([
    [
      'states',
      { headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' } },
      'states:StartExecution',
    ],
    [undefined, { headers: { 'x-amz-target': 'Logs_20140328.PutLogEvents' } }, 'logs:PutLogEvents'],
    ['lambda', { method: 'GET', path: FUNCTIONS }, 'lambda:ListFunctions'],
    ['lambda', { method: 'GET', path: `${FUNCTIONS}/` }, 'lambda:ListFunctions'],
    ['lambda', { path: FUNCTIONS }, 'lambda:CreateFunction'],
    ['lambda', { path: `${FUNCTIONS}/f/invocations` }, 'lambda:Invoke FunctionName=f'],
    [
      'lambda',
      {
        path: `${FUNCTIONS}/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af/invocations`,
      },
      'lambda:Invoke FunctionName=arn:aws:lambda:us-east-1:000000000000:function:f',
    ],
    ['lambda', { method: 'GET', path: '/2018-10-31/layers' }, 'lambda:ListLayers'],
    [
      'lambda',
      { method: 'GET', path: '/2018-10-31/layers', query: 'find=LayerVersion&Arn=a' },
      'lambda:GetLayerVersionByArn',
    ],
    [
      'lambda',
      { method: 'GET', path: '/2019-09-30/functions/f/provisioned-concurrency', query: 'List=ALL' },
      'lambda:ListProvisionedConcurrencyConfigs FunctionName=f',
    ],
    [
      'lambda',
      {
        method: 'GET',
        path: '/2019-09-30/functions/f/provisioned-concurrency',
        query: 'Qualifier=1',
      },
      'lambda:GetProvisionedConcurrencyConfig FunctionName=f',
    ],
    ['xray', { path: '/TraceSegments' }, 'xray:PutTraceSegments'],
    [undefined, { path: '/TraceSegments' }, 'xray:PutTraceSegments'],
    [undefined, { path: `${FUNCTIONS}/f/invocations` }, 'lambda:Invoke FunctionName=f'],
    [
      'sts',
      { headers: form, text: 'Action=GetCallerIdentity&Version=2011-06-15' },
      'sts:GetCallerIdentity',
    ],
    [
      undefined,
      { headers: form, text: 'Action=GetCallerIdentity&Version=2011-06-15' },
      'sts:GetCallerIdentity',
    ],
    [
      'sts',
      { method: 'GET', query: 'Action=GetCallerIdentity&Version=2011-06-15' },
      'sts:GetCallerIdentity',
    ],
    ['dynamodb', { headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem' } }, 'no service'],
    [undefined, { path: '/nowhere' }, 'no service'],
    [
      undefined,
      { headers: { host: 'xray.us-east-1.amazonaws.com' }, path: '/Groups' },
      'xray:GetGroups',
    ],
    [
      undefined,
      {
        headers: {
          host: 'sync-states.localhost:4566',
          'x-amz-target': 'AWSStepFunctions.StartSyncExecution',
        },
      },
      'states:StartSyncExecution',
    ],
  ])('%s %j', (scope, parts, expected) => {
    expect(route(scope, parts)).toBe(expected);
  });

  it.each<[string, Parameters<typeof request>[0], string]>([
    [
      'states',
      { headers: { 'x-amz-target': 'AWSStepFunctions.Nope' } },
      'UnknownOperationException',
    ],
    ['states', {}, 'UnknownOperationException'],
    [
      'states',
      { method: 'GET', headers: { 'x-amz-target': 'AWSStepFunctions.StartExecution' } },
      'UnknownOperationException',
    ],
    ['lambda', { method: 'PATCH', path: FUNCTIONS }, 'UnknownOperationException'],
    ['lambda', { path: `${FUNCTIONS}//invocations` }, 'UnknownOperationException'],
    ['sts', { headers: form, text: 'Action=Nope&Version=2011-06-15' }, 'InvalidAction'],
    [
      'sts',
      { headers: form, text: 'Action=GetCallerIdentity&Version=1999-01-01' },
      'InvalidAction',
    ],
    ['sts', { headers: form, text: 'Version=2011-06-15' }, 'MissingAction'],
  ])('%s %j is refused', (scope, parts, code) => {
    expect(() => route(scope, parts)).toThrow(expect.objectContaining({ code }));
  });

  it('reads a model whole when one of its operations is asked for', () => {
    const read: string[] = [];
    const source = (id: string): ModelSource => ({
      id,
      metadata: {
        apiVersion: '2020-01-01',
        endpointPrefix: id,
        protocol: 'json',
        serviceFullName: id,
        serviceId: id,
        targetPrefix: id,
      },
      read: () => {
        read.push(id);
        const operation = { name: 'Do', http: { method: 'POST', requestUri: '/' } };
        return { operations: { Do: operation }, shapes: {} };
      },
    });
    const lazy = new Catalog([source('one'), source('two')]);
    const asked = request({ headers: { 'x-amz-target': 'two.Do' } });
    const service = lazy.serviceOf(asked, undefined)!;
    expect([service.id, ...read]).toEqual(['two']);
    for (let i = 0; i < 2; i++) {
      expect(protocolOf(service, asked).route(service, asked).operation.name).toBe('Do');
      expect(read).toEqual(['two']);
    }
  });
});
