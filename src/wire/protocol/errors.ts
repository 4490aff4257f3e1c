/**
 * Errors as every protocol tells them: status, code and members come from the model; of errors that
 * no model has, the statuses are in a table of AWS's common errors.
 */
import type { Fault } from '../../ground/fault.ts';
import type { JsonObject } from '../../ground/json.ts';
import { jsonWriter } from '../json/write.ts';
import type { ServiceModel, StructureShape } from '../model/shapes.ts';

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

/** An error with what the model says of it. */
export interface ToldFault {
  readonly fault: Fault;
  readonly shape: StructureShape | undefined;
}

export function told(service: ServiceModel | undefined, fault: Fault): ToldFault {
  return { fault, shape: service?.errors.get(fault.code) };
}

/** The name of the error in every protocol but those of queries, which have codes of their own. */
export function errorName({ fault, shape }: ToldFault): string {
  return shape?.name ?? fault.code;
}

/** The status; `flat` protocols know 400 and 500 of what their models do not say. */
export function statusOf({ fault, shape }: ToldFault, flat: boolean): number {
  const trait = shape?.error;
  const modelled = trait ? trait.status : STATUSES[fault.code];
  const beyond = trait || flat ? undefined : STATUSES_BEYOND_JSON[fault.code];
  const server = trait ? trait.server : fault.side === 'server';
  return fault.status ?? modelled ?? beyond ?? (server ? 500 : 400);
}

/** Whose mistake it was, as the query protocol says it. */
export function typeOf(error: ToldFault): 'Sender' | 'Receiver' {
  return statusOf(error, false) >= 500 ? 'Receiver' : 'Sender';
}

/** Members of a modelled error; the message, and what AWS fills in by itself. */
export function errorMembers({ fault, shape }: ToldFault): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const { name } of shape?.members ?? []) {
    let value = fault.members[name];
    if (value === undefined) {
      if (name.toLowerCase() === 'message') value = fault.message;
      // Lambda says in every modelled error whose mistake it was.
      if (name === 'Type') value = shape?.error?.server ? 'Service' : 'User';
    }
    if (value !== undefined && value !== null) members[name] = value;
  }
  return members;
}

/** Message and members. A model's `Message` is sent in lower case as well: clients read either. */
export function jsonError(error: ToldFault): JsonObject {
  const json: JsonObject = { message: error.fault.message };
  const members = errorMembers(error);
  for (const member of error.shape?.members ?? []) {
    const value = members[member.name];
    if (member.location !== 'body' || value === undefined) continue;
    json[member.wireName] = jsonWriter.of(member.shape)(value);
  }
  return json;
}

/** Status and body of a fault in the protocol-free form of in-process calls. */
export function faultJson(
  service: ServiceModel | undefined,
  fault: Fault,
): { status: number; json: JsonObject } {
  const error = told(service, fault);
  return {
    status: statusOf(error, false),
    json: { __type: errorName(error), ...jsonError(error) },
  };
}
