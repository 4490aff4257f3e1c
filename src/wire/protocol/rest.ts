/**
 * What the rest protocols share: the path names the operation; parts of the input and the output
 * travel in path, query string, headers, host name and status. Compiled to closures once for each
 * shape. Dates are ISO 8601 in the query string and the path, RFC 822 in headers (Smithy, HTTP
 * bindings).
 */
import { textOf } from '../bytes.ts';
import type { Member, Operation, ServiceModel, StructureShape } from '../model/shapes.ts';
import {
  type Body,
  type WireHead,
  type WireRequest,
  type WireResponse,
  wholeBody,
} from '../request.ts';
import { bytesOf, serializationFault } from '../values.ts';
import { type BoundRead, headerReads, hostRead, labelReads, queryReads } from './bind-input.ts';
import { headersWriter, visible } from './bind-output.ts';
import { PathTree } from './paths.ts';
import { type Target, unknownOperation } from './protocol.ts';

type Input = Record<string, unknown>;

const trees = new WeakMap<ServiceModel, PathTree>();

function pathsOf(service: ServiceModel): PathTree {
  let tree = trees.get(service);
  if (!tree) {
    tree = new PathTree(service.operations.values());
    trees.set(service, tree);
  }
  return tree;
}

/** Whether the service has an operation at this place. */
export function hasPath(service: ServiceModel, request: WireHead): boolean {
  return pathsOf(service).find(request) !== undefined;
}

export function routeByPath(service: ServiceModel, request: WireHead): Target {
  const found = pathsOf(service).find(request);
  if (found) return { operation: found.operation, labels: found.labels, form: undefined };
  const { method, path } = request;
  throw unknownOperation(`${service.fullName} has no operation at ${method} ${path}`);
}

/** Reader of whole inputs: what `body` finds, and what is bound elsewhere. */
export function inputReader(
  { input: shape, uri, hostPrefix }: Operation,
  body: (request: WireRequest) => Input,
): (target: Target, request: WireRequest) => Input {
  if (!shape) return () => ({});
  const reads: readonly BoundRead[] = [
    ...labelReads(shape),
    ...headerReads(shape),
    ...queryReads(shape, uri),
    ...hostRead(shape, hostPrefix),
  ];
  return (target, request) => {
    const input = body(request);
    for (const read of reads) read(input, target.labels, request);
    return input;
  };
}

/** Members that travel in the body. */
export function bodyMembers(shape: StructureShape): readonly Member[] {
  return shape.members.filter((member) => member.location === 'body');
}

/** Reader of a body that is one blob or one text; undefined where it is something else. */
export function rawPayload({
  payload,
}: StructureShape): ((request: WireRequest) => Input) | undefined {
  if (!payload) return undefined;
  const { name, required, shape } = payload;
  if (shape.type === 'blob' && shape.streaming) return ({ body }) => ({ [name]: body });
  if (shape.type === 'blob') {
    return (request) => {
      const body = wholeBody(request);
      return body.length > 0 || required ? { [name]: body } : {};
    };
  }
  if (shape.type !== 'string') return undefined;
  return (request) => {
    const body = wholeBody(request);
    const text = textOf(body);
    if (text === undefined) throw serializationFault('The request body is not valid UTF-8.');
    return body.length > 0 || required ? { [name]: text } : {};
  };
}

/** Writes what is not bound elsewhere and is neither one blob nor one text, with its content type. */
type WriteDocument = (
  operation: Operation,
  output: Record<string, unknown>,
  headers: Record<string, string>,
) => string;

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** The answer; `headers` are those that it has in any case. */
export function writeRest(
  operation: Operation,
  output: Record<string, unknown>,
  headers: Record<string, string>,
  document: WriteDocument,
): WireResponse {
  const { output: shape, service } = operation;
  const told = shape && headersWriter(shape)(output, headers);
  const status = told ?? operation.status;
  const more = service.quirks.unmodelledHeaders?.[operation.name] ?? NO_HEADERS;
  for (const name in more) {
    const value = output[more[name]!];
    if (typeof value === 'string') headers[name] = visible(value);
  }
  const body =
    raw(operation, output, headers) ?? (shape ? document(operation, output, headers) : '');
  // These two statuses never carry a body.
  return { status, headers, body: status === 204 || status === 304 ? '' : body };
}

function raw(
  { output: shape, service }: Operation,
  output: Record<string, unknown>,
  headers: Record<string, string>,
): WireResponse['body'] | undefined {
  const payload = shape?.payload;
  if (payload?.shape.type !== 'blob' && payload?.shape.type !== 'string') return undefined;
  const value = output[payload.name];
  if (value === undefined || value === null) return '';
  if (payload.shape.type === 'string') {
    headers['Content-Type'] ??= 'text/plain';
    return String(value);
  }
  headers['Content-Type'] ??= service.quirks.blobContentType ?? 'application/octet-stream';
  return payload.shape.streaming ? (value as Body) : bytesOf(value);
}
