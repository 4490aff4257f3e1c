/**
 * Every name that botocore's models use, by where it stands: those that this layer honours, and those
 * that it passes over, each with its reason. A test holds all models at hand against it, so that a
 * trait that nobody has thought of is noticed when its model comes, not when its data is lost.
 */
interface Traits {
  readonly honoured: readonly string[];
  readonly ignored: Readonly<Record<string, string>>;
}

const CLIENT = 'clients alone act on it';
const ENDPOINT = 'clients choose their endpoint by it; here there is one';
const TELLS = 'it tells readers of the model; requests look the same';

const BINDING = ['locationName', 'timestampFormat', 'flattened', 'streaming', 'xmlNamespace'];
/** Told by the documentation only. */
const AGE = { deprecated: TELLS, deprecatedMessage: TELLS, deprecatedSince: TELLS };

export const TRAITS = {
  model: {
    honoured: ['metadata', 'operations', 'shapes'],
    ignored: {
      version: 'of the form of the file',
      documentation: TELLS,
      examples: TELLS,
      clientContextParams: CLIENT,
    },
  },
  metadata: {
    honoured: [
      'apiVersion',
      'awsQueryCompatible',
      'endpointPrefix',
      'jsonVersion',
      'protocol',
      'protocols',
      'serviceFullName',
      'serviceId',
      'signingName',
      'targetPrefix',
      'xmlNamespace',
    ],
    ignored: {
      auth: 'signatures are read in every form and not verified',
      checksumFormat: CLIENT,
      globalEndpoint: ENDPOINT,
      protocolSettings: 'HTTP/2 is not spoken; clients fall back, or say that they cannot',
      serviceAbbreviation: TELLS,
      signatureVersion: 'signatures are read in every form and not verified',
      uid: TELLS,
    },
  },
  operation: {
    honoured: [
      'auth',
      'authtype',
      'deprecated',
      'endpoint',
      'errors',
      'http',
      'httpChecksum',
      'httpChecksumRequired',
      'input',
      'name',
      'output',
    ],
    ignored: {
      alias: CLIENT,
      deprecatedMessage: TELLS,
      documentation: TELLS,
      documentationUrl: TELLS,
      endpointdiscovery: ENDPOINT,
      endpointoperation: ENDPOINT,
      idempotent: CLIENT,
      operationContextParams: ENDPOINT,
      readonly: CLIENT,
      requestcompression: 'bodies are read by their Content-Encoding, whatever the operation',
      staticContextParams: ENDPOINT,
      unsignedPayload: 'signatures are not verified',
    },
  },
  http: {
    honoured: ['method', 'requestUri', 'responseCode'],
    ignored: {},
  },
  endpoint: {
    honoured: ['hostPrefix'],
    ignored: {},
  },
  checksum: {
    honoured: ['requestChecksumRequired'],
    ignored: {
      requestAlgorithmMember: 'the member is in the input like any other',
      requestValidationModeMember: 'the member is in the input like any other',
      responseAlgorithms: 'which of them an answer has, its handler says',
    },
  },
  input: {
    honoured: ['shape'],
    ignored: {
      locationName: 'a request has one outermost element, whatever its name',
      xmlNamespace: 'requests are read in whatever namespace they are',
      documentation: TELLS,
    },
  },
  output: {
    honoured: ['shape', 'resultWrapper'],
    ignored: { documentation: TELLS },
  },
  'error of an operation': {
    honoured: ['shape'],
    ignored: {
      documentation: TELLS,
      exception: TELLS,
      error: 'the shape says it too',
      fault: TELLS,
    },
  },
  shape: {
    honoured: [
      ...BINDING,
      'enum',
      'error',
      'event',
      'eventstream',
      'exception',
      'fault',
      'key',
      'max',
      'member',
      'members',
      'min',
      'pattern',
      'payload',
      'required',
      'sensitive',
      'type',
      'value',
      'xmlOrder',
    ],
    ignored: {
      ...AGE,
      box: 'absent members are absent here, boxed or not',
      documentation: TELLS,
      requiresLength: CLIENT,
      retryable: CLIENT,
      synthetic: 'an exception like any other',
      union: 'what is wrong with two members of a union each service says in words of its own',
      wrapper: 'of results that no model here has',
    },
  },
  error: {
    honoured: ['code', 'httpStatusCode', 'senderFault'],
    ignored: {},
  },
  member: {
    honoured: [
      ...BINDING,
      'enum',
      'eventheader',
      'eventpayload',
      'hostLabel',
      'jsonvalue',
      'location',
      'queryName',
      'shape',
      'xmlAttribute',
    ],
    ignored: {
      ...AGE,
      box: 'absent members are absent here, boxed or not',
      contextParam: ENDPOINT,
      documentation: TELLS,
      endpointdiscoveryid: ENDPOINT,
      idempotencyToken: 'clients fill it in; what comes without is as the caller wanted it',
    },
  },
  'part of a list or map': {
    honoured: ['locationName', 'shape'],
    ignored: { documentation: TELLS },
  },
  'XML namespace': {
    honoured: ['prefix', 'uri'],
    ignored: {},
  },
} satisfies Readonly<Record<string, Traits>>;

export type TraitLevel = keyof typeof TRAITS;
