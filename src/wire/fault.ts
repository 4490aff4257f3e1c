/**
 * Errors on the wire, in the form of the protocol that the caller speaks. Status, code and members
 * come from the model; errors that no model has are in a table of AWS's common errors.
 *
 *   json       400 or 500, `{"__type": code, "message": …, members}`
 *   rest-json  the model's status, x-amzn-ErrorType, `{"message": …, members}`
 *   query      the model's status, XML
 */
import type { Fault } from '../ground/fault.ts';
import type { JsonObject } from '../ground/json.ts';
import { writerOf } from './encode.ts';
import type { Protocol, ServiceModel, StructureShape } from './model.ts';
import { element, xmlText } from './query.ts';
import { header, mediaType, type WireRequest, type WireResponse } from './request.ts';
import { errorHeaders } from './rest.ts';

/** Statuses of common errors in every protocol. */
const STATUSES: Readonly<Record<string, number>> = {
  InternalFailure: 500,
  NotImplemented: 501,
  RequestEntityTooLargeException: 413,
  ServiceUnavailable: 503,
};

/** Statuses that the json protocols flatten to 400. */
const STATUSES_BEYOND_JSON: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  ThrottlingException: 429,
  UnknownOperationException: 404,
  UnrecognizedClientException: 403,
};

/** Names that the query protocol writes otherwise. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  IncompleteSignatureException: 'IncompleteSignature',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  SerializationException: 'MalformedInput',
  ThrottlingException: 'Throttling',
  UnrecognizedClientException: 'InvalidClientTokenId',
};

/** Who is answered: a service where it is known, and the protocol of the request. */
export interface Caller {
  readonly service: ServiceModel | undefined;
  readonly protocol: Protocol;
}

/** The caller of a request whose service may be unknown; its form tells the protocol. */
export function callerOf(request: WireRequest, service: ServiceModel | undefined): Caller {
  if (service) return { service, protocol: service.protocol };
  if (request.headers['x-amz-target'] !== undefined) return { service, protocol: 'json' };
  const type = header(request.headers, 'content-type') ?? '';
  const isForm = mediaType(type) === 'application/x-www-form-urlencoded';
  return { service, protocol: isForm ? 'query' : 'rest-json' };
}

export function writeFault(caller: Caller, fault: Fault, requestId: string): WireResponse {
  const shape = caller.service?.errors.get(fault.code);
  const code = shape?.error?.code ?? fault.code;
  const status = statusOf(caller.protocol, fault, shape);
  if (caller.protocol === 'query') return writeXml(caller, fault, code, status, requestId);
  const json = bodyOf(fault, shape);
  if (caller.protocol === 'json') {
    const version = caller.service?.jsonVersion ?? '1.0';
    return {
      status,
      headers: { 'Content-Type': `application/x-amz-json-${version}` },
      body: JSON.stringify({ __type: code, ...json }),
    };
  }
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'x-amzn-ErrorType': code,
    ...(shape ? errorHeaders(shape, fault.members) : {}),
  };
  return { status, headers, body: JSON.stringify(json) };
}

/** Status and body of a fault in the protocol-free form of in-process calls. */
export function faultJson(
  service: ServiceModel | undefined,
  fault: Fault,
): { status: number; json: JsonObject } {
  const shape = service?.errors.get(fault.code);
  const status = statusOf('rest-json', fault, shape);
  return {
    status,
    json: { __type: shape?.error?.code ?? fault.code, ...bodyOf(fault, shape) },
  };
}

/** The status of a fault in the protocol of its service. */
export function faultStatus(service: ServiceModel, fault: Fault): number {
  return statusOf(service.protocol, fault, service.errors.get(fault.code));
}

function statusOf(protocol: Protocol, fault: Fault, shape: StructureShape | undefined): number {
  const trait = shape?.error;
  const server = trait ? trait.server : fault.side === 'server';
  const modelled = trait?.status ?? (trait ? undefined : STATUSES[fault.code]);
  const beyond = trait || protocol === 'json' ? undefined : STATUSES_BEYOND_JSON[fault.code];
  return fault.status ?? modelled ?? beyond ?? (server ? 500 : 400);
}

/** Message and members. A model's `Message` is sent in lower case as well: clients read either. */
function bodyOf(fault: Fault, shape: StructureShape | undefined): JsonObject {
  const json: JsonObject = { message: fault.message };
  if (!shape) return json;
  for (const member of shape.members) {
    if (member.location !== 'body') continue;
    let value = fault.members[member.name];
    if (value === undefined) {
      if (member.name === 'Message') value = fault.message;
      // Lambda says in every modelled error whose mistake it was.
      if (member.name === 'Type') value = shape.error?.server ? 'Service' : 'User';
    }
    if (value !== undefined && value !== null) {
      json[member.wireName] = writerOf(member.shape)(value);
    }
  }
  return json;
}

function writeXml(
  caller: Caller,
  fault: Fault,
  code: string,
  status: number,
  requestId: string,
): WireResponse {
  const type = element('Type', status >= 500 ? 'Receiver' : 'Sender');
  const told = element('Code', xmlText(QUERY_CODES[code] ?? code));
  const error = element('Error', type + told + element('Message', xmlText(fault.message)));
  const space = caller.service?.xmlNamespace ? ` xmlns="${caller.service.xmlNamespace}"` : '';
  const id = element('RequestId', xmlText(requestId));
  return {
    status,
    headers: { 'Content-Type': 'text/xml' },
    body: `<ErrorResponse${space}>${error}${id}</ErrorResponse>`,
  };
}
