/**
 * Smithy's RPC v2 in CBOR: the path names service and operation, the body is the input. Errors are
 * 400 or 500 with `{__type: name, message, members}`.
 */
import type { ServiceModel, StructureShape } from '../model/shapes.ts';
import { header, type WireHead, type WireResponse, wholeBody } from '../request.ts';
import { errorMembers, errorName, statusOf, told } from './errors.ts';
import { NO_LABELS, type Protocol, type Target, unknownOperation } from './protocol.ts';
import { queryErrorHeader } from './query-code.ts';

type Codec = typeof import('../cbor/codec.ts');

const PATH = /\/service\/([^/]+)\/operation\/([^/]+)\/?$/;

let codec: Codec | undefined;

export const cbor: Protocol = {
  name: 'cbor',

  async prepare() {
    codec ??= await import('../cbor/codec.ts');
  },

  speaks: ({ headers }) => header(headers, 'smithy-protocol') === 'rpc-v2-cbor',

  fits: (service, { path }) => PATH.exec(path)?.[1] === service.targetPrefix,

  route,

  read: ({ operation }, request) => codec!.readCbor(operation.input!, wholeBody(request)),

  write({ status, output: shape }, output) {
    return shape
      ? answer(status, codec!.writeCbor(shape, output))
      : { status, headers: { ...PROTOCOL }, body: '' };
  },

  fault(service, fault) {
    const error = told(service, fault);
    const { shape } = error;
    const members = errorMembers(error);
    const body = codec!.writeCborError(errorName(error), fault.message, shape, members);
    const response = answer(statusOf(error, true), body);
    return { ...response, headers: { ...response.headers, ...queryErrorHeader(service, error) } };
  },

  statusOf: (service, fault) => statusOf(told(service, fault), true),

  events: {
    opens: true,
    contentType: () => 'application/cbor',
    write: (shape, value) => codec!.writeCbor(shape as StructureShape, value),
    read: (shape, payload) => codec!.readCbor(shape as StructureShape, payload),
  },
};

const PROTOCOL = { 'smithy-protocol': 'rpc-v2-cbor' };

function answer(status: number, body: Uint8Array): WireResponse {
  return { status, headers: { ...PROTOCOL, 'Content-Type': 'application/cbor' }, body };
}

function route(service: ServiceModel, { method, path }: WireHead): Target {
  const [, name, action] = PATH.exec(path) ?? [];
  const operation =
    name === service.targetPrefix ? service.operations.get(action ?? '') : undefined;
  if (operation && method === 'POST') return { operation, labels: NO_LABELS, form: undefined };
  throw unknownOperation(`${service.fullName} has no operation at ${method} ${path}`);
}
