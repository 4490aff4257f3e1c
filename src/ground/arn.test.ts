import { describe, expect, it } from 'vitest';
import {
  executionArn,
  functionArn,
  iamArn,
  logGroupArn,
  parseArn,
  partitionOf,
  stateMachineArn,
} from './arn.ts';

const at = (region: string) => ({ account: '000000000000', region });

describe('partitions', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['eu-central-2', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['', 'aws'],
  ])('%s is of %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });

  it('stand in every ARN', () => {
    expect(stateMachineArn(at('us-gov-west-1'), 'm')).toBe(
      'arn:aws-us-gov:states:us-gov-west-1:000000000000:stateMachine:m',
    );
    expect(executionArn(at('cn-north-1'), 'm', 'e')).toBe(
      'arn:aws-cn:states:cn-north-1:000000000000:execution:m:e',
    );
    expect(functionArn(at('us-iso-east-1'), 'f')).toBe(
      'arn:aws-iso:lambda:us-iso-east-1:000000000000:function:f',
    );
    expect(logGroupArn(at('us-isob-east-1'), 'g')).toBe(
      'arn:aws-iso-b:logs:us-isob-east-1:000000000000:log-group:g',
    );
    expect(iamArn(at('cn-north-1'), 'root')).toBe('arn:aws-cn:iam::000000000000:root');
    expect(parseArn(stateMachineArn(at('cn-north-1'), 'm'))).toMatchObject({
      partition: 'aws-cn',
      resource: 'stateMachine:m',
    });
  });
});
