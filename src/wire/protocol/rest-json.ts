/**
 * restJson: what is not bound elsewhere is the JSON body. Errors have the model's status, their name
 * in x-amzn-ErrorType and `{"message": …, members}`.
 */
import type { JsonObject } from '../../ground/json.ts';
import { printerOf } from '../json/print.ts';
import { jsonReader, parseBody } from '../json/read.ts';
import { jsonWriter } from '../json/write.ts';
import type { Operation, StructureShape } from '../model/shapes.ts';
import { type WireRequest, wholeBody } from '../request.ts';
import { serializationFault } from '../values.ts';
import { headersWriter } from './bind-output.ts';
import { errorName, jsonError, statusOf, told } from './errors.ts';
import { jsonEvents } from './event-codec.ts';
import type { Protocol, Target } from './protocol.ts';
import { bodyMembers, hasPath, inputReader, rawPayload, routeByPath, writeRest } from './rest.ts';

type Input = Record<string, unknown>;
type Read = (target: Target, request: WireRequest) => Input;

const readers = new WeakMap<Operation, Read>();
const writers = new WeakMap<StructureShape, (output: unknown) => JsonObject>();

export const restJson: Protocol = {
  name: 'rest-json',

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

  write: (operation, output) => writeRest(operation, output, {}, writeDocument),

  fault(service, fault) {
    const error = told(service, fault);
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': errorName(error),
    };
    if (error.shape) headersWriter(error.shape)(fault.members, headers);
    return {
      status: statusOf(error, false),
      headers,
      body: JSON.stringify(jsonError(error)),
    };
  },

  statusOf: (service, fault) => statusOf(told(service, fault), false),

  events: jsonEvents({ opens: false, contentType: () => 'application/json' }),
};

function bodyReader(shape: StructureShape | undefined): (request: WireRequest) => Input {
  if (!shape) return () => ({});
  const raw = rawPayload(shape);
  if (raw) return raw;
  const { payload } = shape;
  if (payload) {
    const read = jsonReader.of(payload.shape);
    return (request) => {
      const body = wholeBody(request);
      return body.length > 0 ? { [payload.name]: read(parseBody(body)) } : {};
    };
  }
  const members = bodyMembers(shape);
  if (members.length === 0) return () => ({});
  const read = jsonReader.structure(members);
  return (request) => {
    const value = parseBody(wholeBody(request));
    if (value === null) throw serializationFault('The request body must be a JSON object.');
    return read(value);
  };
}

function writeDocument(
  { output: shape }: Operation,
  output: Record<string, unknown>,
  headers: Record<string, string>,
): string {
  if (!shape) return '';
  const { payload } = shape;
  if (payload) {
    const value = output[payload.name];
    if (value === undefined || value === null) return '';
    headers['Content-Type'] = 'application/json';
    return printerOf(payload.shape)(jsonWriter.of(payload.shape)(value));
  }
  let write = writers.get(shape);
  if (!write) {
    write = jsonWriter.structure(bodyMembers(shape));
    writers.set(shape, write);
  }
  headers['Content-Type'] = 'application/json';
  return printerOf(shape)(write(output));
}
