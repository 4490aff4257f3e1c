/** Mocked results against the models of the APIs. */
import { describe, expect, test } from 'vitest';
import { refusal } from './testing.ts';

type Mode = 'STRICT' | 'PRESENT' | 'NONE';

async function check(resource: string, result: object, mode?: Mode): Promise<string> {
  const state = { Type: 'Task', Resource: `arn:aws:states:::${resource}`, End: true };
  const mock = { result: JSON.stringify(result), fieldValidationMode: mode };
  const answer = await refusal(state, { mock });
  return answer.replace('ValidationException: Mock result schema validation error: ', '');
}

describe('types and bounds', () => {
  const cases: [string, object, string][] = [
    ['aws-sdk:sqs:getQueueUrl', { QueueUrl: 1 }, "Field 'QueueUrl' must be a string"],
    ['aws-sdk:dynamodb:query', { Count: '1' }, "Field 'Count' must be a number"],
    ['aws-sdk:s3:listObjectsV2', { IsTruncated: 1 }, "Field 'IsTruncated' must be a boolean"],
    ['aws-sdk:sns:listTopics', { Topics: {} }, "Field 'Topics' must be an array"],
    ['dynamodb:getItem', { Item: [] }, "Field 'Item' must be an object"],
    ['dynamodb:getItem', { Item: { id: { S: 1 } } }, "Field 'S' must be a string"],
    ['dynamodb:getItem', { Item: { id: 1 } }, "Field 'id' must be an object"],
    ['aws-sdk:sns:listTopics', { Topics: [1] }, "Field 'Topics' must be an object"],
    ['aws-sdk:kms:generateMac', { Mac: 1 }, "Field 'Mac' must be a string"],
    ['aws-sdk:kms:generateMac', { Mac: '' }, "Field 'Mac' is smaller than the minimum length"],
    [
      'aws-sdk:kms:generateMac',
      { MacAlgorithm: 'HMAC' },
      "Field 'MacAlgorithm' is not an expected value",
    ],
    [
      'aws-sdk:lambda:getFunctionConfiguration',
      { EphemeralStorage: { Size: 1 } },
      "Field 'Size' is less than the minimum value",
    ],
    [
      'aws-sdk:lambda:getFunctionConfiguration',
      { EphemeralStorage: { Size: 99_999 } },
      "Field 'Size' exceeds the maximum value",
    ],
    [
      'aws-sdk:lambda:getFunctionConfiguration',
      { EphemeralStorage: { Size: 1e20 } },
      "Field 'Size' exceeds the maximum value",
    ],
    ['aws-sdk:sfn:startExecution', { StartDate: 1 }, "Field 'StartDate' must be a string"],
  ];
  test.each(cases)('%s %j', async (resource, result, message) => {
    expect(await check(resource, result, 'PRESENT')).toBe(message);
    expect(await check(resource, result, 'NONE')).toBe('accepted');
  });
});

test('STRICT, the default, wants the required members, in nested objects as well', async () => {
  expect(await check('aws-sdk:sfn:describeActivity', {})).toBe(
    "Required field 'ActivityArn' is missing",
  );
  const given = { ActivityArn: 'a', Name: 'n' };
  expect(await check('aws-sdk:sfn:describeActivity', given)).toBe(
    "Required field 'CreationDate' is missing",
  );
  expect(await check('aws-sdk:sfn:describeActivity', { ...given, CreationDate: 'd' })).toBe(
    'accepted',
  );
  expect(await check('aws-sdk:sfn:listActivities', { Activities: [{}] })).toBe(
    "Required field 'ActivityArn' is missing",
  );
  expect(await check('aws-sdk:sfn:listActivities', { Activities: [{}] }, 'PRESENT')).toBe(
    'accepted',
  );
});

test('members in another case, unknown members, and nulls are passed over', async () => {
  expect(await check('aws-sdk:sqs:getQueueUrl', { queueUrl: 1, Other: 1 })).toBe('accepted');
  expect(await check('aws-sdk:sqs:getQueueUrl', { QueueUrl: null })).toBe('accepted');
});

test('acronyms may be spelled as the SDK spells them', async () => {
  expect(await check('aws-sdk:rds:createDBInstance', { DbInstance: 1 })).toBe(
    "Field 'DbInstance' must be an object",
  );
  expect(await check('sqs:sendMessage', { MD5OfMessageBody: 1 })).toBe(
    "Field 'MD5OfMessageBody' must be a string",
  );
  expect(await check('aws-sdk:sqs:sendMessage', { Md5OfMessageBody: 1 })).toBe(
    "Field 'Md5OfMessageBody' must be a string",
  );
});

test('a payload that is handed out parsed may be anything', async () => {
  expect(await check('lambda:invoke', { Payload: { a: 1 } })).toBe('accepted');
  expect(await check('aws-sdk:lambda:invoke', { Payload: { a: 1 } })).toBe(
    "Field 'Payload' must be a string",
  );
});

test('what is not the answer of one known call is not checked', async () => {
  const any = { ExecutionArn: 1 };
  expect(await check('states:startExecution.sync:2', any)).toBe('accepted');
  expect(await check('states:startExecution.waitForTaskToken', any)).toBe('accepted');
  expect(await check('aws-sdk:honeycode:getThing', any)).toBe('accepted');
  expect(await check('aws-sdk:sqs:noSuchAction', any)).toBe('accepted');
  expect(await check('http:invoke', any)).toBe('accepted');
  expect(await check('sqs:sendMessage', [1])).toBe(
    'ValidationException: Mocked result must be a JSON object.',
  );
});
