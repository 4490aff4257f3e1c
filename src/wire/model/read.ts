/**
 * From botocore's file to the graph of shapes. The head of the file tells services apart; the graph
 * is built when an operation or an error is first looked at, and then throws InvariantError where
 * the model uses what this layer does not know.
 */
import { invariant } from '../../ground/invariant.ts';
import type { Quirks } from '../quirks.ts';
import { sdkServiceName } from '../sdk-names.ts';
import { ShapeGraph } from './graph.ts';
import type { ModelSource, RawMetadata, RawModel, RawOperation } from './raw.ts';
import type { Operation, ProtocolName, ServiceModel, StructureShape } from './shapes.ts';

const PROTOCOLS: Readonly<Record<string, ProtocolName>> = {
  json: 'json',
  'rest-json': 'rest-json',
  'rest-xml': 'rest-xml',
  query: 'query',
  ec2: 'ec2',
  'smithy-rpc-v2-cbor': 'cbor',
};

const NO_QUIRKS: Quirks = {};

export function readModel({ id, metadata, quirks = NO_QUIRKS, read }: ModelSource): ServiceModel {
  let contents: Contents | undefined;
  const built = (): Contents => {
    contents ??= readContents(service, read());
    return contents;
  };
  const service: ServiceModel = {
    id,
    fullName: metadata.serviceFullName,
    sdkName: sdkServiceName(metadata.serviceId),
    signingNames: [metadata.signingName ?? metadata.endpointPrefix, ...(quirks.signingNames ?? [])],
    endpointPrefix: metadata.endpointPrefix,
    protocols: protocolsOf(metadata),
    queryCompatible: metadata.awsQueryCompatible !== undefined,
    jsonVersion: metadata.jsonVersion ?? '1.0',
    apiVersion: metadata.apiVersion,
    targetPrefix: metadata.targetPrefix,
    xmlNamespace: metadata.xmlNamespace ?? quirks.xml?.namespace,
    quirks,
    get operations() {
      return built().operations;
    },
    get errors() {
      return built().errors;
    },
  };
  return service;
}

/** AWS answers in every protocol of the list, and in the query protocol who came by it before. */
function protocolsOf(metadata: RawMetadata): readonly ProtocolName[] {
  const names = (metadata.protocols ?? [metadata.protocol]).map((text) => {
    const name = PROTOCOLS[text];
    invariant(name, `protocol ${text} of ${metadata.serviceFullName} is not known here`);
    return name;
  });
  const old = metadata.awsQueryCompatible !== undefined && !names.includes('query');
  return old ? [...names, 'query'] : names;
}

type Contents = Pick<ServiceModel, 'operations' | 'errors'>;

function readContents(service: ServiceModel, raw: RawModel): Contents {
  const graph = new ShapeGraph(raw.shapes, service);
  const exceptions = Object.keys(raw.shapes)
    .filter((name) => raw.shapes[name]!.exception)
    .map((name) => graph.structure(name));
  const errors = new Map(exceptions.map((shape) => [shape.error!.code, shape]));
  for (const shape of exceptions) errors.set(shape.name, shape);
  const operations = new Map<string, Operation>();
  for (const operation of Object.values(raw.operations)) {
    operations.set(operation.name, readOperation(service, graph, operation));
  }
  return { operations, errors };
}

function readOperation(service: ServiceModel, graph: ShapeGraph, raw: RawOperation): Operation {
  const input = raw.input && graph.structure(raw.input.shape);
  const output = raw.output && graph.structure(raw.output.shape);
  return {
    service,
    name: raw.name,
    method: raw.http.method,
    uri: raw.http.requestUri,
    hostPrefix: raw.endpoint?.hostPrefix,
    status: raw.http.responseCode ?? 200,
    input,
    output,
    resultWrapper: raw.output?.resultWrapper,
    errors: (raw.errors ?? []).map(({ shape }) => graph.structure(shape)),
    unsigned: raw.authtype === 'none' || (raw.auth?.includes('smithy.api#noAuth') ?? false),
    deprecated: raw.deprecated ?? false,
    checksum: checksumOf(raw),
    streamsInput: streams(input),
    streamsOutput: streams(output),
    eventStreamInput: eventStreams(input),
    eventStreamOutput: eventStreams(output),
  };
}

function checksumOf({ httpChecksum, httpChecksumRequired }: RawOperation): Operation['checksum'] {
  if (httpChecksumRequired || httpChecksum?.requestChecksumRequired) return 'required';
  return httpChecksum?.requestAlgorithmMember === undefined ? undefined : 'optional';
}

function streams(shape: StructureShape | undefined): boolean {
  return shape?.payload?.shape.type === 'blob' && shape.payload.shape.streaming;
}

function eventStreams(shape: StructureShape | undefined): boolean {
  return shape?.members.some(({ shape: s }) => s.type === 'structure' && s.eventStream) ?? false;
}
