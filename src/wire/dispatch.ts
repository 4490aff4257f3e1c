/**
 * From a request to its answer: who signed, which operation, what input, the handler, the answer.
 * Every fault is written in the caller's protocol; an exception that is none becomes InternalFailure
 * with the request id, and is logged here and nowhere else.
 *
 * An operation that has no handler, and every operation of a service that is not there, answers
 * `NotImplemented` with status 501, which SDKs do not retry, and a message that names it.
 */
import { Fault, isFault } from '../ground/fault.ts';
import type { Json, JsonObject } from '../ground/json.ts';
import type { Logger } from '../ground/log.ts';
import type { Catalog } from './catalog.ts';
import { jsonReader } from './json/read.ts';
import { jsonWriter } from './json/write.ts';
import type { Operation, ServiceModel } from './model/shapes.ts';
import type { CallContext } from './operations.ts';
import { faultJson } from './protocol/errors.ts';
import { readEvents, writeEvents } from './protocol/events.ts';
import type { Protocol, Target } from './protocol/protocol.ts';
import { protocolOf } from './protocol/table.ts';
import {
  type Body,
  header,
  mediaType,
  type WireHead,
  type WireRequest,
  type WireResponse,
} from './request.ts';
import { accountOf, readSigner, type Signer } from './sigv4/read.ts';
import type { Digests } from './stream/checksums.ts';
import { inputBody, takesStream } from './stream/input.ts';
import { type BodySource, ClientGone, heldBody } from './stream/source.ts';
import { validateInput } from './validate.ts';
import { serializationFault } from './values.ts';

/** A handler as the dispatcher calls it; `Handlers<Client>` of any client fits. */
type Handler = (input: never, context: CallContext) => Promise<object>;
export type HandlerTable = Readonly<Record<string, Handler | undefined>>;

export interface DispatcherOptions {
  readonly catalog: Catalog;
  /** Handler tables by service id, such as `states`. */
  readonly services: Readonly<Record<string, HandlerTable>>;
  /** Where an unsigned call goes, and a call whose credentials do not say it. */
  readonly account: string;
  readonly region: string;
  readonly log: Logger;
  /** For comparing bodies with their checksums. */
  readonly digests: Digests;
  /** What a caller is told of an exception that is the place's fault, not ours: a full disk. */
  readonly faultOf?: (error: unknown) => Fault | undefined;
}

/** What the place where the request came in knows of it. */
export interface Arrival {
  readonly requestId: string;
  /** Operations that need no signature there. */
  readonly mayBeUnsigned: (operation: Operation) => boolean;
  /** Every request is for this service, whatever it says. */
  readonly service?: string | undefined;
  /** Asked for at most once, and only by handlers that wait. */
  readonly abort: () => AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  readonly json: JsonObject;
}

const NO_INPUT = {};
const UNREAD = new Uint8Array(0);

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #handlers = new Map<Operation, Handler>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  get catalog(): Catalog {
    return this.#options.catalog;
  }

  /** Answers one HTTP request, whose body is read when it is known what it is. Never throws. */
  async handle(head: WireHead, source: BodySource, arrival: Arrival): Promise<WireResponse> {
    let service: ServiceModel | undefined;
    let protocol: Protocol | undefined;
    let streams = false;
    try {
      const signer = readSigner(head.headers, head.query);
      const form = isPostedForm(head) ? await source.whole() : undefined;
      const early = requestOf(head, form ?? UNREAD);
      service = this.#serviceOf(early, signer, arrival.service);
      protocol = protocolOf(service, early);
      if (protocol.prepare) await protocol.prepare();
      const found = service && attempt(() => protocol!.route(service!, early));
      streams = found !== undefined && !isFault(found) && takesStream(found.operation);
      const target = admitted(found, signer, arrival);
      const { operation } = target;
      const handler = this.#handler(operation);
      const rest = form ? heldBody(form) : source;
      const body = await inputBody(operation, head, rest, this.#options.digests);
      const request = requestOf(head, body);
      const events = operation.eventStreamInput
        ? await readEvents(protocol, target, request)
        : undefined;
      const input = checked(operation, () => events ?? protocol!.read(target, request));
      const context = new Context(this.#options, head, signer, arrival);
      const output = (await handler(input as never, context)) as Record<string, unknown>;
      const { requestId } = arrival;
      if (!operation.eventStreamOutput) return protocol.write(operation, output, requestId);
      const faultOf = (error: unknown): Fault => this.#faultOf(error, requestId, head.path);
      return writeEvents(protocol, operation, output, requestId, faultOf);
    } catch (error) {
      protocol ??= protocolOf(service, head);
      if (protocol.prepare) await protocol.prepare();
      const first = streams ? error : await refused(source, error);
      const fault = this.#faultOf(first, arrival.requestId, head.path);
      return protocol.fault(service, fault, arrival.requestId);
    }
  }

  #serviceOf(
    request: WireRequest,
    signer: Signer | undefined,
    id?: string,
  ): ServiceModel | undefined {
    const { catalog } = this.#options;
    return id === undefined
      ? catalog.serviceOf(request, signer?.service)
      : catalog.services.get(id);
  }

  /**
   * Calls an operation with plain JSON, whatever its protocol: every member in one object under its
   * name, timestamps as epoch seconds, blobs as base64. Never throws.
   */
  async dispatchJson(
    serviceId: string,
    operationName: string,
    input: Json,
    context: CallContext,
  ): Promise<JsonAnswer> {
    const service = this.#options.catalog.services.get(serviceId);
    try {
      if (!service) throw noService(serviceId);
      const operation = service.operations.get(operationName);
      if (!operation) {
        throw new Fault(
          'UnknownOperationException',
          `${service.fullName} has no operation ${operationName}`,
        );
      }
      if (operation.streamsOutput || operation.eventStreamOutput) {
        throw new Fault('NotImplemented', `The answer of ${operationName} is no JSON document.`, {
          side: 'server',
        });
      }
      const output = await this.call(
        operation,
        () => jsonReader.of(operation.input!)(input),
        context,
      );
      const json = operation.output ? jsonWriter.of(operation.output)(output) : {};
      return { status: 200, json: json as JsonObject };
    } catch (error) {
      return faultJson(service, error as Fault);
    }
  }

  /** True where there is a handler. */
  implements(operation: Operation): boolean {
    return this.#find(operation) !== undefined;
  }

  /**
   * Calls an operation from inside the server: the input is checked as that of a request, and what
   * is thrown is always a Fault. `decode` is asked only where the operation has an input.
   */
  async call(
    operation: Operation,
    decode: () => unknown,
    context: CallContext,
  ): Promise<Record<string, unknown>> {
    try {
      const handler = this.#handler(operation);
      const input = checked(operation, decode);
      return (await handler(input as never, context)) as Record<string, unknown>;
    } catch (error) {
      const call = `${operation.service.id}:${operation.name}`;
      throw this.#faultOf(error, context.requestId, call);
    }
  }

  #handler(operation: Operation): Handler {
    const handler = this.#find(operation);
    if (handler) return handler;
    const { service, name } = operation;
    throw new Fault(
      'NotImplemented',
      `Steplight does not implement ${service.id}:${name} (${service.fullName}) yet.`,
      { side: 'server' },
    );
  }

  #find(operation: Operation): Handler | undefined {
    const known = this.#handlers.get(operation);
    if (known) return known;
    const { service, name } = operation;
    const table = this.#options.services[service.id] ?? {};
    const handler = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!handler) return undefined;
    const bound = handler.bind(table);
    this.#handlers.set(operation, bound);
    return bound;
  }

  #faultOf(error: unknown, requestId: string, call: string): Fault {
    if (isFault(error)) return error;
    if (error instanceof ClientGone) return new Fault('RequestAborted', error.message);
    const told = this.#options.faultOf?.(error);
    if (told) {
      this.#options.log.warn('call refused', { call, requestId, error: String(error) });
      return told;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log.error('call failed', { call, requestId, error: text });
    return new Fault('InternalFailure', `The request ${requestId} failed in the server.`, {
      side: 'server',
    });
  }
}

/** Written out: copying an object that is not known by its members takes far longer. */
function requestOf({ method, path, query, headers }: WireHead, body: Body): WireRequest {
  return { method, path, query, headers, body };
}

/** The body says which operation is meant, and is no stream. */
function isPostedForm({ method, headers }: WireHead): boolean {
  const type = method === 'POST' ? header(headers, 'content-type') : undefined;
  return type !== undefined && mediaType(type) === 'application/x-www-form-urlencoded';
}

/** The target, where the caller may call it. Throws what keeps it from being called. */
function admitted(
  found: Target | Fault | undefined,
  signer: Signer | undefined,
  arrival: Arrival,
): Target {
  const known = isFault(found) ? undefined : found;
  const open = known && (known.operation.unsigned || arrival.mayBeUnsigned(known.operation));
  if (!signer && !open) {
    throw new Fault('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (isFault(found)) throw found;
  if (!found) throw noService(signer?.service);
  return found;
}

/** A request that is refused is heard out; the error, or that it was too large. */
async function refused(source: BodySource, error: unknown): Promise<unknown> {
  try {
    await source.discard();
    return error;
  } catch (larger) {
    return larger;
  }
}

function attempt<T>(run: () => T): T | Fault {
  try {
    return run();
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}

function noService(id: string | undefined): Fault {
  const told = id === undefined ? 'a service for this request' : `the service ${id}`;
  return new Fault('NotImplemented', `Steplight does not implement ${told}.`, { side: 'server' });
}

/** Decoded and validated input of an operation. */
function checked(operation: Operation, decode: () => unknown): unknown {
  if (!operation.input) return NO_INPUT;
  let input: unknown;
  try {
    input = decode();
  } catch (error) {
    // A document nested deeper than the stack is no different from any other that cannot be read.
    if (error instanceof RangeError) throw serializationFault('The request is nested too deeply.');
    throw error;
  }
  validateInput(operation, input);
  return input;
}

class Context implements CallContext {
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  readonly accessKeyId: string | undefined;
  readonly traceHeader: string | undefined;
  readonly #arrival: Arrival;

  constructor(
    options: DispatcherOptions,
    { headers }: WireHead,
    signer: Signer | undefined,
    arrival: Arrival,
  ) {
    this.account = accountOf(signer?.accessKeyId, options.account);
    this.region = signer?.region || options.region;
    this.requestId = arrival.requestId;
    this.accessKeyId = signer?.accessKeyId;
    this.traceHeader = header(headers, 'x-amzn-trace-id');
    this.#arrival = arrival;
  }

  get abort(): AbortSignal {
    return this.#arrival.abort();
  }
}
