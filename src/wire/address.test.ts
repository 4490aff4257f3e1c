import { describe, expect, it } from 'vitest';
import { addressesOf, addressFor, pathWithin } from './address.ts';

const SERVICES = new Set(['s3', 'states', 'logs', 'sqs', 'lambda', 'iam', 'api.ecr', 'kinesis']);
const OWN = ['localhost', 'aws.example.org', '127.0.0.1', '[::1]'];

/** The likeliest reading as one text: resource | service | region. */
function read(host: string | undefined): string {
  const [{ service, region, resource }] = addressesOf(host, SERVICES, OWN) as [never];
  return [resource, service, region].map((part) => part ?? '-').join(' | ');
}

describe('a host name says', () => {
  it.each([
    // S3, in all the ways of its guide.
    ['bucket.s3.eu-west-1.amazonaws.com', 'bucket | s3 | eu-west-1'],
    ['bucket.with.dots.s3.eu-west-1.amazonaws.com', 'bucket.with.dots | s3 | eu-west-1'],
    ['bucket.s3.amazonaws.com', 'bucket | s3 | -'],
    ['s3.amazonaws.com', '- | s3 | -'],
    ['bucket.s3-us-west-2.amazonaws.com', 'bucket | s3 | us-west-2'],
    ['bucket.s3.dualstack.us-west-2.amazonaws.com', 'bucket | s3 | us-west-2'],
    ['bucket.s3-fips.dualstack.us-west-2.amazonaws.com', 'bucket | s3 | us-west-2'],
    ['bucket.s3.cn-north-1.amazonaws.com.cn', 'bucket | s3 | cn-north-1'],
    ['bucket.s3.us-gov-west-1.amazonaws.com', 'bucket | s3 | us-gov-west-1'],
    ['bucket.s3-accelerate.amazonaws.com', 'bucket | s3-accelerate | -'],
    ['us-west-2.s3.amazonaws.com', 'us-west-2 | s3 | -'],
    ['123456789012.s3-control.us-east-1.amazonaws.com', '123456789012 | s3-control | us-east-1'],
    ['name-1234.s3-accesspoint.us-east-1.amazonaws.com', 'name-1234 | s3-accesspoint | us-east-1'],
    // Others.
    ['states.us-east-1.amazonaws.com', '- | states | us-east-1'],
    ['sync-states.us-east-1.amazonaws.com', '- | states | us-east-1'],
    ['streaming-logs.us-east-1.amazonaws.com', '- | logs | us-east-1'],
    ['lambda.us-east-1.api.aws', '- | lambda | us-east-1'],
    ['iam.amazonaws.com', '- | iam | -'],
    ['a1b2c3.execute-api.eu-central-1.amazonaws.com', 'a1b2c3 | execute-api | eu-central-1'],
    ['a1b2c3.lambda-url.us-east-1.on.aws', 'a1b2c3 | lambda-url | us-east-1'],
    ['other.us-east-1.amazonaws.com', '- | - | -'],
    // Under names of our own.
    ['localhost', '- | - | -'],
    ['localhost:4566', '- | - | -'],
    ['bucket.localhost:4566', 'bucket | - | -'],
    ['bucket.with.dots.localhost', 'bucket.with.dots | - | -'],
    ['bucket.s3.localhost:4566', 'bucket | s3 | -'],
    ['bucket.s3.eu-west-1.localhost:4566', 'bucket | s3 | eu-west-1'],
    ['s3.localhost', '- | s3 | -'],
    ['123456789012.s3-control.localhost', '123456789012 | s3-control | -'],
    ['a1b2c3.execute-api.localhost:4566', 'a1b2c3 | execute-api | -'],
    ['bucket.s3.aws.example.org', 'bucket | s3 | -'],
    ['sync-states.localhost', '- | states | -'],
    ['eu-west-1.localhost', 'eu-west-1 | - | -'],
    ['BUCKET.S3.LOCALHOST:80', 'bucket | s3 | -'],
    ['bucket.localhost.', 'bucket | - | -'],
    // Nothing.
    ['127.0.0.1:4566', '- | - | -'],
    ['bucket.127.0.0.1', '- | - | -'],
    ['sync-127.0.0.1:4566', '- | - | -'],
    ['sync-localhost:4566', '- | - | -'],
    ['[::1]:4566', '- | - | -'],
    ['..localhost', '- | - | -'],
    ['steplight:4566', '- | - | -'],
    ['notlocalhost', '- | - | -'],
    ['', '- | - | -'],
    [undefined, '- | - | -'],
  ])('%s → %s', (host, told) => {
    expect(read(host)).toBe(told);
  });
});

describe('of several readings', () => {
  const resourceFor = (host: string, endpoint: string): string | undefined =>
    addressFor(addressesOf(host, SERVICES, OWN), endpoint).resource;

  it.each([
    ['my-logs.localhost', 's3', 'my-logs'],
    ['my-logs.localhost', 'logs', undefined],
    ['sqs.localhost', 's3', 'sqs'],
    ['sqs.localhost', 'sqs', undefined],
    ['a.s3.localhost', 's3', 'a'],
    ['a.s3-accelerate.amazonaws.com', 's3', 'a'],
    ['a.s3.amazonaws.com', 'sqs', undefined],
    ['localhost', 's3', undefined],
  ])('%s has for %s the resource %s', (host, endpoint, resource) => {
    expect(resourceFor(host, endpoint)).toBe(resource);
  });
});

it('the resource becomes the first part of the path', () => {
  expect(pathWithin('bucket', '/a%2Fb/c')).toBe('/bucket/a%2Fb/c');
  expect(pathWithin('bucket', '/')).toBe('/bucket');
});
