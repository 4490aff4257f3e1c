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
  if (found) return { ...found, form: undefined };
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

/** Status and headers of an answer; its body too where that is one blob or one text. */
export function writeHead(
  operation: Operation,
  output: Record<string, unknown>,
): { head: Omit<WireResponse, 'body'>; body: WireResponse['body'] | undefined } {
  const { output: shape, service } = operation;
  const headers: Record<string, string> = {};
  const status = shape && headersWriter(shape)(output, headers);
  const more = service.quirks.unmodelledHeaders?.[operation.name] ?? {};
  for (const [name, member] of Object.entries(more)) {
    if (typeof output[member] === 'string') headers[name] = visible(output[member]);
  }
  return {
    head: { status: status ?? operation.status, headers },
    body: raw(operation, output, headers),
  };
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

/** These two statuses never carry a body. */
export function emptied(response: WireResponse): WireResponse {
  const { status } = response;
  return status === 204 || status === 304 ? { ...response, body: '' } : response;
}
