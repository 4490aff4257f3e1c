/**
 * restXml: what is not bound elsewhere is the XML body. Errors have the model's status and say the
 * rest in XML, in S3's form or in that of the query protocol.
 */
import { textOf } from '../bytes.ts';
import type { Operation, ServiceModel, StructureShape } from '../model/shapes.ts';
import { type WireRequest, wholeBody } from '../request.ts';
import { serializationFault } from '../values.ts';
import { parseXml } from '../xml/parse.ts';
import { xmlReaderOf } from '../xml/read.ts';
import { element, namespace, xmlText } from '../xml/text.ts';
import { xmlElement, xmlWriterOf } from '../xml/write.ts';
import { headersWriter } from './bind-output.ts';
import { statusOf, type ToldFault, told, typeOf } from './errors.ts';
import type { Protocol, Target } from './protocol.ts';
import { furtherMembers } from './query.ts';
import { queryCode } from './query-code.ts';
import { bodyMembers, hasPath, inputReader, rawPayload, routeByPath, writeRest } from './rest.ts';

type Input = Record<string, unknown>;
type Read = (target: Target, request: WireRequest) => Input;

const readers = new WeakMap<Operation, Read>();

export const restXml: Protocol = {
  name: 'rest-xml',

  /** Of services that speak it alone: whatever comes. */
  speaks: () => true,

  fits: hasPath,

  route: routeByPath,

  read(target, request) {
    const { operation } = target;
    let read = readers.get(operation);
    if (!read) {
      read = inputReader(operation, bodyReader(operation.input));
      readers.set(operation, read);
    }
    return read(target, request);
  },

  write: (operation, output, requestId) =>
    writeRest(operation, output, identified(requestId), writeDocument),

  fault(service, fault, requestId) {
    const error = told(service, fault);
    const headers = { 'Content-Type': 'application/xml', ...identified(requestId) };
    if (error.shape) headersWriter(error.shape)(fault.members, headers);
    return {
      status: statusOf(error, false),
      headers,
      body: DECLARATION + errorBody(service, error, requestId),
    };
  },

  statusOf: (service, fault) => statusOf(told(service, fault), false),

  events: {
    opens: false,
    contentType: () => 'text/xml',
    write: (shape, value) =>
      (shape as StructureShape).members.length === 0
        ? ''
        : xmlElement(shape.name, shape as StructureShape, value),
    read: (shape, payload) => xmlReaderOf(shape)(parseXml(documentOf(payload))),
  },
};

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Clients of S3 read the request's id under names of its own. */
function identified(requestId: string): Record<string, string> {
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) };
}

/** S3's second id, which tells the host; here it tells the request again. */
const hostId = (requestId: string): string => btoa(requestId);

function documentOf(body: Uint8Array): string {
  const text = textOf(body);
  if (text === undefined) throw serializationFault('The request body is not valid UTF-8.');
  return text;
}

function bodyReader(shape: StructureShape | undefined): (request: WireRequest) => Input {
  if (!shape) return () => ({});
  const raw = rawPayload(shape);
  if (raw) return raw;
  const { payload } = shape;
  if (!payload && bodyMembers(shape).length === 0) return () => ({});
  const read = xmlReaderOf(payload ? payload.shape : shape);
  return (request) => {
    const body = wholeBody(request);
    if (body.length === 0) return {};
    const value = read(parseXml(documentOf(body)));
    return payload ? { [payload.name]: value } : (value as Input);
  };
}

function writeDocument(
  { service, name, output: shape }: Operation,
  output: Input,
  headers: Record<string, string>,
): string {
  if (!shape) return '';
  const { payload } = shape;
  const body = payload ? payload.shape : shape;
  if (body.type !== 'structure' || (!payload && bodyMembers(shape).length === 0)) return '';
  const value = payload ? output[payload.name] : output;
  if (value === undefined || value === null) return '';
  headers['Content-Type'] ??= 'application/xml';
  const { xml } = service.quirks;
  const root = xml?.roots?.[name] ?? payload?.xmlName ?? shape.xmlName ?? shape.name;
  const space = payload?.xmlNamespace ?? { uri: service.xmlNamespace, prefix: undefined };
  const attributes = namespace(space.uri, space.prefix);
  if (xml?.unwrapped?.includes(name)) {
    const [only] = bodyMembers(body);
    const text = xmlWriterOf(only!.shape)((value as Input)[only!.name] ?? '');
    return `${DECLARATION}<${root}${attributes}>${text}</${root}>`;
  }
  return DECLARATION + xmlElement(root, body, value, attributes);
}

function errorBody(service: ServiceModel | undefined, error: ToldFault, requestId: string): string {
  const code = element('Code', xmlText(queryCode(error)));
  const message = element('Message', xmlText(error.fault.message));
  const id = element('RequestId', xmlText(requestId));
  const further = furtherMembers(error);
  if (service?.quirks.xml?.bareErrors) {
    const host = element('HostId', xmlText(hostId(requestId)));
    return element('Error', code + message + (further || plainMembers(error)) + id + host);
  }
  const type = element('Type', typeOf(error));
  const space = namespace(service?.xmlNamespace);
  return `<ErrorResponse${space}>${element('Error', type + code + message + further)}${id}</ErrorResponse>`;
}

/** S3 tells more in its errors than its model says: the key, the bucket, the resource. */
function plainMembers({ fault }: ToldFault): string {
  return Object.entries(fault.members)
    .map(([name, value]) => element(name, xmlText(String(value))))
    .join('');
}
