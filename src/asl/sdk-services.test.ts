import { expect, test } from 'vitest';
import { isOffered } from './integrations.ts';
import { parseResource } from './resource.ts';
import { sdkClient } from './sdk-services.ts';

test.each([
  ['sfn', 'Sfn'],
  ['cloudwatchlogs', 'CloudWatchLogs'],
  ['dynamodb', 'DynamoDb'],
  ['sesv2', 'SesV2'],
  ['config', 'Config'],
  ['lookoutvision', 'LookoutVision'],
])('%s is the client %s', (service, client) => {
  expect(sdkClient(service)).toBe(client);
});

test.each([
  ['aws-sdk:sfn:startExecution', true],
  ['aws-sdk:sfn:startExecution.waitForTaskToken', true],
  ['aws-sdk:sfn:startExecution.sync', false],
  ['aws-sdk:sfn:StartExecution', false],
  ['aws-sdk:stepfunctions:startExecution', false],
  ['aws-sdk:lambda:invoke', true],
  ['aws-sdk:lambda:invokeAsync', false],
  ['aws-sdk:sts:assumeRole', false],
  ['aws-sdk:sts:getCallerIdentity', true],
  ['aws-sdk:kinesis:subscribeToShard', false],
])('%s is offered: %s', (resource, offered) => {
  expect(isOffered(parseResource(`arn:aws:states:::${resource}`)!)).toBe(offered);
});
