/**
 * What cannot be compared with the SDK's clients, and why: by service, or by service and protocol,
 * then by operation. A test fails where one of these can be compared after all.
 */
type Misses = Readonly<Record<string, string>>;

const EVENTS = 'event streams are tested with their framing';

export const MISSES: Readonly<Record<string, Misses>> = {
  'kinesis json': { SubscribeToShard: EVENTS },
  'lambda rest-json': { InvokeWithResponseStream: EVENTS },
  'logs json': { GetLogObject: EVENTS, StartLiveTail: EVENTS },
  's3 rest-xml': {
    ListDirectoryBuckets: 'the same request as ListBuckets, at another host',
    SelectObjectContent: EVENTS,
  },
  'sqs query': {
    ReceiveMessage: 'AttributeNames and MessageSystemAttributeNames have one name in forms',
  },
};

/** Errors that have the code of another one, by which clients look them up. */
export const AMBIGUOUS: readonly string[] = ['DashboardNotFoundError'];

/** Members that clients add by themselves where they are not given. */
export const ADDED: Readonly<Record<string, readonly string[]>> = {
  apigateway: ['accepts'],
  s3: ['ChecksumCRC32', 'ContentLength', 'ContentType'],
};

/** Members that are left out. */
export const OMITTED: readonly string[] = [
  // The client would sign for several regions, for which it wants a package of its own.
  'PutEventsRequest.EndpointId',
  // The client would hold the made up checksums of the answer against its body.
  'GetObjectRequest.ChecksumMode',
  'GetObjectAnnotationRequest.ChecksumMode',
  // The client makes a date of it, or leaves it out.
  'GetObjectOutput.Expires',
  'HeadObjectOutput.Expires',
  // A number in the model, a text to the client.
  'GetObjectAttributesParts.NextPartNumberMarker',
  'GetObjectAttributesParts.PartNumberMarker',
  'ListPartsOutput.NextPartNumberMarker',
  'ListPartsOutput.PartNumberMarker',
];
