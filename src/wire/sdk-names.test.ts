import { expect, test } from 'vitest';
import { memberNames, sdkException, sdkMember, sdkServiceName } from './sdk-names.ts';

test.each([
  ['stateMachineArn', 'StateMachineArn'],
  ['KMSKeyArn', 'KmsKeyArn'],
  ['DBInstances', 'DbInstances'],
  ['S3Bucket', 'S3Bucket'],
  ['ResourceARN', 'ResourceARN'],
  ['HTTPMethod', 'HttpMethod'],
  ['ARN', 'Arn'],
  ['Id', 'Id'],
])('the member %s is %s', (name, shown) => {
  expect(sdkMember(name)).toBe(shown);
  expect(memberNames(name)).toContain(shown);
  expect(memberNames(name)[0]).toBe(`${name[0]!.toUpperCase()}${name.slice(1)}`);
});

test.each([
  ['InvalidToken', 'InvalidTokenException'],
  ['ResourceNotFoundException', 'ResourceNotFoundException'],
  ['KMSDisabledException', 'KmsDisabledException'],
  ['EC2ThrottledException', 'Ec2ThrottledException'],
  ['DBInstanceNotFoundFault', 'DbInstanceNotFoundException'],
])('the error %s is %s', (shape, exception) => {
  expect(sdkException(shape)).toBe(exception);
});

test.each([
  ['SFN', 'sfn'],
  ['CloudWatch Logs', 'cloudwatchlogs'],
  ['Config Service', 'config'],
])('the service %s is %s', (serviceId, name) => {
  expect(sdkServiceName(serviceId)).toBe(name);
});
