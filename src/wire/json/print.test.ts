import { expect, test } from 'vitest';
import { productCatalog } from '../../main/catalog.ts';
import { printerOf } from './print.ts';
import { jsonWriter } from './write.ts';

const { operations } = productCatalog().services.get('states')!;

function printed(operation: string, output: object): string {
  const shape = operations.get(operation)!.output!;
  return printerOf(shape)(jsonWriter.of(shape)(output));
}

test('whole floats keep their point, integers and fractions stay as they are', () => {
  const inspectionData = { toleratedFailurePercentage: 1, maxConcurrency: 1, input: '{"a":1}' };
  expect(printed('TestState', { status: 'SUCCEEDED', inspectionData })).toBe(
    '{"status":"SUCCEEDED","inspectionData":{"toleratedFailurePercentage":1.0,' +
      '"maxConcurrency":1,"input":"{\\"a\\":1}"}}',
  );
  expect(printed('DescribeMapRun', { toleratedFailurePercentage: 33.3, maxConcurrency: 0 })).toBe(
    '{"toleratedFailurePercentage":33.3,"maxConcurrency":0}',
  );
});

test('answers without floats are printed as JSON.stringify prints them', () => {
  const output = { activities: [{ name: 'a"b', activityArn: 'arn' }], nextToken: undefined };
  expect(printed('ListActivities', output)).toBe(
    '{"activities":[{"name":"a\\"b","activityArn":"arn"}]}',
  );
});
