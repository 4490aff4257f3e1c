/** S3 and EC2 on the wire: requests and answers in XML and in EC2's own spelling of queries. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../src/ground/fault.ts';
import type { HandlerTable } from '../../src/wire/dispatch.ts';
import type { ModelSource, RawModel } from '../../src/wire/model/raw.ts';
import { type Call, callRaw, dispatcherOf, FORM } from './models/call.ts';
import { clientOf, whole } from './models/clients.ts';
import { missing, modelSource } from './models/folder.ts';
import { QUIRKS } from './models/quirks.ts';

let arrived: Record<string, unknown> | undefined;
let at: string | undefined;
let answer: () => object;

beforeEach(() => {
  arrived = undefined;
  at = undefined;
  answer = () => ({});
});

/** Handlers of every operation. */
const table = new Proxy<HandlerTable>(
  {},
  {
    getOwnPropertyDescriptor: () => ({ value: 0, configurable: true, enumerable: true }),
    get: (_table, name) => async (input: Record<string, unknown>) => {
      arrived = input;
      at = String(name);
      return answer();
    },
  },
);

/** Some operations want a checksum of their body. */
const sha256Of = ({ body }: Call): Record<string, string> =>
  body === undefined
    ? {}
    : { 'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64') };

const ERROR_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe.skipIf(missing)('S3', () => {
  const dispatcher = missing
    ? undefined!
    : dispatcherOf([modelSource('s3', QUIRKS.s3)], { s3: table });
  const call = ({ headers, ...asked }: Call) =>
    callRaw(dispatcher, { scope: 's3', headers: { ...sha256Of(asked), ...headers }, ...asked });

  it.each<[Call, string]>([
    [{ method: 'GET' }, 'ListBuckets'],
    [{ method: 'GET', path: '/bucket' }, 'ListObjects'],
    [{ method: 'GET', path: '/bucket/', query: 'list-type=2' }, 'ListObjectsV2'],
    [{ method: 'GET', path: '/bucket', query: 'lifecycle' }, 'GetBucketLifecycleConfiguration'],
    [{ method: 'GET', path: '/bucket', query: 'analytics' }, 'ListBucketAnalyticsConfigurations'],
    [
      { method: 'GET', path: '/bucket', query: 'analytics&id=a' },
      'GetBucketAnalyticsConfiguration',
    ],
    [{ method: 'HEAD', path: '/bucket' }, 'HeadBucket'],
    [{ method: 'PUT', path: '/bucket' }, 'CreateBucket'],
    [{ method: 'PUT', path: '/bucket/k' }, 'PutObject'],
    [{ method: 'PUT', path: '/bucket/k', headers: { 'x-amz-copy-source': 'b/k' } }, 'CopyObject'],
    [{ method: 'PUT', path: '/bucket/k', query: 'partNumber=1&uploadId=u' }, 'UploadPart'],
    [
      {
        method: 'PUT',
        path: '/bucket/k',
        query: 'partNumber=1&uploadId=u',
        headers: { 'x-amz-copy-source': 'b/k' },
      },
      'UploadPartCopy',
    ],
    [{ method: 'GET', path: '/bucket/k', query: 'uploadId=u' }, 'ListParts'],
    [{ method: 'DELETE', path: '/bucket/k', query: 'uploadId=u' }, 'AbortMultipartUpload'],
    [{ method: 'DELETE', path: '/bucket/k' }, 'DeleteObject'],
    [{ method: 'POST', path: '/bucket/k', query: 'uploads' }, 'CreateMultipartUpload'],
  ])('%j is %s', async (asked, operation) => {
    await call(asked);
    expect(at).toBe(operation);
  });

  it('keeps the slashes of a key', async () => {
    await call({ method: 'GET', path: '/bucket/a//b%2Fc%20d/' });
    expect(arrived).toMatchObject({ Bucket: 'bucket', Key: 'a//b/c d/' });
  });

  it('has the headers of an object, its metadata among them, and its bytes', async () => {
    await call({
      method: 'PUT',
      path: '/bucket/key',
      headers: {
        'content-type': 'text/plain',
        'cache-control': 'no-store',
        expires: 'Tue, 14 Nov 2023 22:13:20 GMT',
        'x-amz-meta-first': 'a',
        'x-amz-meta-second': 'b',
        'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      },
      body: 'bytes',
    });
    const { Body, ...input } = arrived!;
    expect(Buffer.from(await whole(Body)).toString()).toBe('bytes');
    expect(input).toMatchObject({
      Bucket: 'bucket',
      Key: 'key',
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      BucketKeyEnabled: true,
      Metadata: { first: 'a', second: 'b' },
    });
  });

  it('answers with them', async () => {
    answer = () => ({
      Body: Buffer.from('bytes'),
      ContentType: 'text/plain',
      LastModified: new Date(1_700_000_000_000),
      ETag: '"e"',
      Metadata: { first: 'a' },
      DeleteMarker: false,
    });
    const got = await call({ method: 'GET', path: '/bucket/key' });
    expect(got).toMatchObject({
      status: 200,
      text: 'bytes',
      headers: {
        'Content-Type': 'text/plain',
        'Last-Modified': 'Tue, 14 Nov 2023 22:13:20 GMT',
        ETag: '"e"',
        'x-amz-meta-first': 'a',
        'x-amz-delete-marker': 'false',
        'x-amz-request-id': 'r-1',
      },
    });
  });

  it('reads lists in headers', async () => {
    await call({
      method: 'GET',
      path: '/bucket/key',
      query: 'attributes',
      headers: { 'x-amz-object-attributes': 'ETag,"ObjectSize", StorageClass' },
    });
    expect(arrived).toMatchObject({ ObjectAttributes: ['ETag', 'ObjectSize', 'StorageClass'] });
  });

  it('reads XML under any prefix, attributes included', async () => {
    await call({
      method: 'PUT',
      path: '/bucket',
      query: 'acl',
      body:
        '<n:AccessControlPolicy xmlns:n="http://s3.amazonaws.com/doc/2006-03-01/"><n:Owner><n:ID>o</n:ID></n:Owner>' +
        '<n:AccessControlList><n:Grant><n:Grantee xmlns:x="http://www.w3.org/2001/XMLSchema-instance" ' +
        'x:type="CanonicalUser"><n:ID>g</n:ID></n:Grantee><n:Permission>READ</n:Permission></n:Grant>' +
        '</n:AccessControlList></n:AccessControlPolicy>',
    });
    expect(arrived).toEqual({
      Bucket: 'bucket',
      AccessControlPolicy: {
        Owner: { ID: 'o' },
        Grants: [{ Grantee: { ID: 'g', Type: 'CanonicalUser' }, Permission: 'READ' }],
      },
    });
  });

  it('writes them so', async () => {
    answer = () => ({
      Owner: { ID: 'o' },
      Grants: [{ Grantee: { ID: 'g', Type: 'CanonicalUser' }, Permission: 'READ' }],
    });
    const got = await call({ method: 'GET', path: '/bucket', query: 'acl' });
    expect(got.text).toBe(
      `${ERROR_HEAD}<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
        '<Owner><ID>o</ID></Owner><AccessControlList><Grant>' +
        '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' +
        '<ID>g</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList>' +
        '</AccessControlPolicy>',
    );
  });

  it('writes flattened lists, and an output that is one text', async () => {
    answer = () => ({ Name: 'b', Contents: [{ Key: 'a&b' }, { Key: 'c' }], CommonPrefixes: [] });
    const listed = await call({ method: 'GET', path: '/bucket', query: 'list-type=2' });
    expect(listed.text).toBe(
      `${ERROR_HEAD}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
        '<Contents><Key>a&amp;b</Key></Contents><Contents><Key>c</Key></Contents><Name>b</Name>' +
        '</ListBucketResult>',
    );
    answer = () => ({ LocationConstraint: 'eu-west-1' });
    expect((await call({ method: 'GET', path: '/bucket', query: 'location' })).text).toBe(
      `${ERROR_HEAD}<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1` +
        '</LocationConstraint>',
    );
  });

  it('tells errors in XML without a wrapper', async () => {
    answer = () => {
      throw new Fault('NoSuchKey', 'The specified key does not exist.', { members: { Key: 'k' } });
    };
    const got = await call({ method: 'GET', path: '/bucket/k' });
    expect(got).toMatchObject({ status: 404, headers: { 'Content-Type': 'application/xml' } });
    expect(got.text).toBe(
      `${ERROR_HEAD}<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>` +
        `<Key>k</Key><RequestId>r-1</RequestId><HostId>${btoa('r-1')}</HostId></Error>`,
    );
  });

  it.each([
    '<Tagging><TagSet>',
    'not XML',
    '<!DOCTYPE a [<!ENTITY e "x">]><Tagging><TagSet><Tag><Key>&e;</Key><Value/></Tag></TagSet></Tagging>',
  ])('refuses %s', async (body) => {
    const got = await call({ method: 'PUT', path: '/bucket', query: 'tagging', body });
    expect(got.status).toBe(400);
    expect(got.text).toContain('<Code>MalformedXML</Code>');
  });

  it('reads the label of a host', async () => {
    const path = '/WriteGetObjectResponse';
    await call({
      path,
      scope: 's3-object-lambda',
      headers: {
        host: 'route-1.s3-object-lambda.us-east-1.amazonaws.com',
        'x-amz-request-token': 't',
      },
    });
    expect(arrived).toMatchObject({ RequestRoute: 'route-1', RequestToken: 't' });
  });
});

/** Of the kinds of names that EC2's model has. */
const EC2: RawModel = {
  operations: {
    RunInstances: {
      name: 'RunInstances',
      http: { method: 'POST', requestUri: '/' },
      input: { shape: 'RunRequest' },
      output: { shape: 'Reservation' },
    },
  },
  shapes: {
    RunRequest: {
      type: 'structure',
      members: {
        ImageId: { shape: 'String' },
        MinCount: { shape: 'Integer' },
        DryRun: { shape: 'Boolean', locationName: 'dryRun' },
        PrivateIp: { shape: 'String', locationName: 'privateIpAddress' },
        Addresses: { shape: 'Strings', locationName: 'addressSet', queryName: 'Address' },
        SecurityGroups: { shape: 'Strings', locationName: 'SecurityGroup' },
        Interfaces: { shape: 'Interfaces', locationName: 'networkInterface' },
      },
    },
    Interfaces: { type: 'list', member: { shape: 'Interface', locationName: 'item' } },
    Interface: {
      type: 'structure',
      members: {
        Index: { shape: 'Integer', locationName: 'deviceIndex' },
        Addresses: { shape: 'Strings', locationName: 'addressSet', queryName: 'Address' },
      },
    },
    Reservation: {
      type: 'structure',
      members: {
        Id: { shape: 'String', locationName: 'reservationId' },
        Groups: { shape: 'Strings', locationName: 'groupSet' },
      },
    },
    Strings: { type: 'list', member: { shape: 'String', locationName: 'item' } },
    String: { type: 'string' },
    Integer: { type: 'integer' },
    Boolean: { type: 'boolean' },
  },
};

const SOURCE: ModelSource = {
  id: 'ec2',
  metadata: {
    apiVersion: '2016-11-15',
    endpointPrefix: 'ec2',
    protocol: 'ec2',
    serviceFullName: 'Amazon Elastic Compute Cloud',
    serviceId: 'EC2',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15',
  },
  read: () => EC2,
};

describe("EC2's spelling", () => {
  const dispatcher = dispatcherOf([SOURCE], { ec2: table });
  const run = (more: string) =>
    callRaw(dispatcher, {
      scope: 'ec2',
      headers: FORM,
      body: `Action=RunInstances&Version=2016-11-15${more}`,
    });

  it('begins names with capitals, and numbers lists without a wrapper', async () => {
    answer = () => ({ Id: 'r-1', Groups: ['a', 'b'] });
    const got = await run(
      '&ImageId=ami&MinCount=1&DryRun=true&PrivateIpAddress=10.0.0.1&Address.1=a&Address.2=b' +
        '&SecurityGroup.1=g&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.Address.1=c',
    );
    expect(arrived).toEqual({
      ImageId: 'ami',
      MinCount: 1,
      DryRun: true,
      PrivateIp: '10.0.0.1',
      Addresses: ['a', 'b'],
      SecurityGroups: ['g'],
      Interfaces: [{ Index: 0, Addresses: ['c'] }],
    });
    expect(got.text).toBe(
      '<RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15"><requestId>r-1</requestId>' +
        '<reservationId>r-1</reservationId><groupSet><item>a</item><item>b</item></groupSet>' +
        '</RunInstancesResponse>',
    );
  });

  it('tells errors in its own form', async () => {
    answer = () => {
      throw new Fault('InvalidAMIID.NotFound', "The image id '[ami]' does not exist");
    };
    expect(await run('')).toMatchObject({
      status: 400,
      text:
        '<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code>' +
        "<Message>The image id '[ami]' does not exist</Message></Error></Errors>" +
        '<RequestID>r-1</RequestID></Response>',
    });
  });

  it.skipIf(missing)('is understood by the SDK, and understands it', async () => {
    const source = modelSource('cloudformation');
    const { protocols: _, ...metadata } = source.metadata;
    const spelled: ModelSource = { ...source, metadata: { ...metadata, protocol: 'ec2' } };
    const stacks = dispatcherOf([spelled], { cloudformation: table });
    const { sdk, client } = await clientOf('cloudformation', stacks, 'ec2');
    const Create = sdk.CreateStackCommand as new (input: object) => unknown;
    const Describe = sdk.DescribeStacksCommand as new (input: object) => unknown;
    const input = {
      StackName: 's',
      Parameters: [{ ParameterKey: 'a', ParameterValue: 'b' }],
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      RollbackConfiguration: { RollbackTriggers: [{ Arn: 'arn', Type: 't' }] },
    };
    answer = () => ({ StackId: 'id' });
    expect(await client.send(new Create(input))).toMatchObject({ StackId: 'id' });
    expect(arrived).toEqual(input);
    const described = {
      StackName: 's',
      StackStatus: 'CREATE_COMPLETE',
      Tags: [{ Key: 'k', Value: 'v' }],
    };
    answer = () => ({ Stacks: [{ ...described, CreationTime: new Date(1_700_000_000_000) }] });
    expect(await client.send(new Describe({}))).toMatchObject({ Stacks: [described] });
    answer = () => {
      throw new Fault('AlreadyExistsException', 'Stack [s] already exists');
    };
    await expect(client.send(new Create(input))).rejects.toThrow('Stack [s] already exists');
  });
});
