/**
 * Streams of events as handlers have them, `AsyncIterable<{ [kind]: event }>`, and as messages on
 * the wire. In rpc protocols the other members travel in a first message, in rest protocols in
 * headers and path. A stream that fails says so in its last message: an exception of the model, or
 * an error.
 *
 * https://smithy.io/2.0/aws/amazon-eventstream.html; what a client signs for each message is taken
 * off, and not verified.
 */
import type { Fault } from '../../ground/fault.ts';
import { isObject } from '../../ground/json.ts';
import type { Member, Operation, StructureShape } from '../model/shapes.ts';
import type { WireRequest, WireResponse } from '../request.ts';
import {
  decodeMessage,
  decodeMessages,
  type EventHeader,
  type EventMessage,
  encodeMessage,
} from '../stream/event-stream.ts';
import { bytesOf, serializationFault } from '../values.ts';
import { errorMembers, told } from './errors.ts';
import { type EventCodec, headerOf, headerValue } from './event-codec.ts';
import type { Protocol, Target } from './protocol.ts';

type Values = Record<string, unknown>;

const MEDIA_TYPE = 'application/vnd.amazon.eventstream';
const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/** The member of an input or an output that is a stream of events. */
function streamMember(shape: StructureShape | undefined): Member {
  return shape!.members.find(({ shape: part }) => isEventStream(part))!;
}

const isEventStream = (shape: Member['shape']): shape is StructureShape =>
  shape.type === 'structure' && shape.eventStream;

/** The input of an operation that takes events. */
export async function readEvents(
  protocol: Protocol,
  target: Target,
  request: WireRequest,
): Promise<unknown> {
  const { name, shape } = streamMember(target.operation.input);
  const codec = protocol.events!;
  const messages = unsigned(decodeMessages(piecesOf(request)));
  let body: Uint8Array = EMPTY;
  if (codec.opens) {
    const first = await messages.next();
    if (first.done || textHeader(first.value, ':event-type') !== 'initial-request') {
      throw serializationFault('The event stream has no initial request.');
    }
    body = first.value.payload;
  }
  const input = protocol.read(target, { ...request, body }) as Values;
  return { ...input, [name]: eventsOf(messages, shape as StructureShape, codec) };
}

async function* piecesOf({ body }: WireRequest): AsyncGenerator<Uint8Array, void, undefined> {
  if (body instanceof Uint8Array) yield body;
  else yield* body;
}

/** Messages without the one around each that carries its signature; an empty one ends the stream. */
async function* unsigned(
  messages: AsyncIterable<EventMessage>,
): AsyncGenerator<EventMessage, void, undefined> {
  for await (const message of messages) {
    if (message.headers[':chunk-signature'] === undefined) yield message;
    else if (message.payload.length === 0) return;
    else yield decodeMessage(message.payload);
  }
}

async function* eventsOf(
  messages: AsyncIterable<EventMessage>,
  kinds: StructureShape,
  codec: EventCodec,
): AsyncGenerator<Values, void, undefined> {
  for await (const message of messages) {
    const type = textHeader(message, ':event-type');
    const kind = kinds.members.find(({ name }) => name === type);
    // What a newer client sends is passed over, as clients pass over what they do not know.
    if (kind) yield { [kind.name]: readEvent(kind.shape as StructureShape, message, codec) };
  }
}

function readEvent(shape: StructureShape, message: EventMessage, codec: EventCodec): Values {
  const payload = shape.members.find(({ event }) => event === 'payload');
  const headers = shape.members.filter(({ event }) => event === 'header');
  const event: Values = {};
  for (const { name } of headers) {
    const header = message.headers[name];
    if (header) event[name] = headerValue(header);
  }
  if (payload?.shape.type === 'blob') event[payload.name] = message.payload;
  else if (payload?.shape.type === 'string') {
    event[payload.name] = new TextDecoder().decode(message.payload);
  } else if (payload) event[payload.name] = codec.read(payload.shape, message.payload);
  else if (shape.members.length > headers.length) {
    Object.assign(event, codec.read(shape, message.payload));
  }
  return event;
}

/** The answer of an operation that gives events; `faultOf` makes a fault of what a handler throws. */
export function writeEvents(
  protocol: Protocol,
  operation: Operation,
  output: Values,
  requestId: string,
  faultOf: (error: unknown) => Fault,
): WireResponse {
  const { name, shape } = streamMember(operation.output);
  const { [name]: events, ...rest } = output;
  const { status, headers, body } = protocol.write(operation, rest, requestId);
  if (!saysContentType(operation.output!, rest)) headers['Content-Type'] = MEDIA_TYPE;
  const writer = new Writer(operation, shape as StructureShape, protocol.events!, faultOf);
  return {
    status,
    headers,
    body: writer.messages(events as AsyncIterable<Values>, body as string | Uint8Array),
  };
}

/** Lambda tells by it of what type the function's own answer is. */
function saysContentType({ members }: StructureShape, output: Values): boolean {
  return members.some(
    ({ name, location, wireName }) =>
      location === 'header' && wireName.toLowerCase() === 'content-type' && output[name] != null,
  );
}

class Writer {
  readonly #operation: Operation;
  readonly #kinds: StructureShape;
  readonly #codec: EventCodec;
  readonly #faultOf: (error: unknown) => Fault;

  constructor(
    operation: Operation,
    kinds: StructureShape,
    codec: EventCodec,
    faultOf: (error: unknown) => Fault,
  ) {
    this.#operation = operation;
    this.#kinds = kinds;
    this.#codec = codec;
    this.#faultOf = faultOf;
  }

  async *messages(
    events: AsyncIterable<Values>,
    first: string | Uint8Array,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#codec.opens) yield this.#message('event', 'initial-response', first, this.#type);
    try {
      for await (const event of events) yield this.#event(event);
    } catch (error) {
      yield this.#failure(this.#faultOf(error));
    }
  }

  get #type(): string {
    return this.#codec.contentType(this.#operation.service);
  }

  #event(event: Values): Uint8Array {
    const kind = this.#kinds.members.find(({ name }) => event[name] != null)!;
    const { members } = kind.shape as StructureShape;
    const value = event[kind.name];
    if (!isObject(value)) throw new TypeError(`an event ${kind.name} must be an object`);
    const headers: Record<string, EventHeader> = {};
    for (const { name, shape, event: place } of members) {
      if (place === 'header' && value[name] != null) headers[name] = headerOf(shape, value[name]);
    }
    const payload = members.find(({ event: place }) => place === 'payload');
    if (payload) {
      const { bytes, type } = this.#payload(payload, value[payload.name]);
      return this.#message('event', kind.name, bytes, type, headers);
    }
    const body = members.filter(({ event: place }) => place === undefined);
    const rest = Object.fromEntries(body.map(({ name }) => [name, value[name]]));
    const bytes = this.#codec.write(kind.shape as StructureShape, rest);
    return this.#message('event', kind.name, bytes, this.#type, headers);
  }

  #payload({ shape }: Member, value: unknown): { bytes: Uint8Array | string; type: string } {
    if (shape.type === 'blob') {
      return { bytes: value == null ? EMPTY : bytesOf(value), type: 'application/octet-stream' };
    }
    if (shape.type === 'string') return { bytes: String(value ?? ''), type: 'text/plain' };
    return { bytes: this.#codec.write(shape as StructureShape, value ?? {}), type: this.#type };
  }

  #failure(fault: Fault): Uint8Array {
    const error = told(this.#operation.service, fault);
    const kind = this.#kinds.members.find(({ shape }) => shape === error.shape);
    if (kind) {
      const bytes = this.#codec.write(error.shape!, errorMembers(error));
      return this.#message('exception', kind.name, bytes, this.#type);
    }
    const headers = {
      ':message-type': text('error'),
      ':error-code': text(fault.code),
      ':error-message': text(fault.message),
    };
    return encodeMessage({ headers, payload: EMPTY });
  }

  #message(
    kind: 'event' | 'exception',
    name: string,
    payload: Uint8Array | string,
    contentType: string,
    more: Readonly<Record<string, EventHeader>> = {},
  ): Uint8Array {
    const bytes = typeof payload === 'string' ? encoder.encode(payload) : payload;
    const headers: Record<string, EventHeader> = {
      ':message-type': text(kind),
      [`:${kind}-type`]: text(name),
      ...(bytes.length > 0 && { ':content-type': text(contentType) }),
      ...more,
    };
    return encodeMessage({ headers, payload: bytes });
  }
}

const text = (value: string): EventHeader => ({ type: 'string', value });

function textHeader({ headers }: EventMessage, name: string): string | undefined {
  const header = headers[name];
  return header?.type === 'string' ? header.value : undefined;
}
