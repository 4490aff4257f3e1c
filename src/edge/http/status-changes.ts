/**
 * The event bus over HTTP: `GET /_steplight/status-changes` is a stream of server-sent events, each
 * with an event of EventBridge's shape as its data and that event's id.
 *
 * A client that comes back says which event it saw last and gets what followed, as far as it is
 * remembered; of what is remembered it may get some twice, with the same id. The bus is listened to
 * while there are clients, and for a while after the last one has gone or the server has begun, so
 * that those who come back have missed nothing. A client that does not read misses events, and is
 * told how many.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  bytesOf,
  type EventBus,
  type EventFilter,
  type Subscription,
} from '../../service/events/bus.ts';
import type { BusEvent } from '../../service/events/event.ts';
import type { Service } from '../../service/lifecycle.ts';
import { drained } from './answer.ts';

const CLIENTS_MAX = 64;
const HEARTBEAT_MS = 15_000;
/** Clients try again after a second. */
const RETRY_MS = 1_000;
const LISTEN_ON_MS = 5_000;
/** After the beginning: nobody may come, and being told costs executions about a tenth. */
const LISTEN_FIRST_MS = 2_000;
const REMEMBERED_MAX = 1_000;
const REMEMBERED_BYTES_MAX = 32 * 1024 * 1024;

interface Client {
  readonly response: ServerResponse;
  readonly subscription: Subscription;
}

export class EventStream implements Service {
  readonly #bus: EventBus;
  readonly #clients = new Set<Client>();
  #remembered: BusEvent[] = [];
  #bytes = 0;
  #listening: Subscription | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Listens from now on: what a server shows again at its beginning is remembered, too. */
  constructor(bus: EventBus) {
    this.#bus = bus;
    this.#listen();
  }

  get clients(): number {
    return this.#clients.size;
  }

  async start(): Promise<void> {
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    this.#listenOn(LISTEN_FIRST_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#quiet);
    this.#listening?.end();
    for (const { response, subscription } of this.#clients) {
      subscription.end();
      response.end();
    }
    this.#clients.clear();
  }

  /** Serves one client; `?status=` and `?machine=` choose, each may be given more than once. */
  connect(request: IncomingMessage, response: ServerResponse): void {
    if (this.#stopped || this.#clients.size >= CLIENTS_MAX) {
      response.writeHead(503, { 'retry-after': '5' }).end();
      return;
    }
    const matches = filterOf(new URL(request.url ?? '/', 'http://localhost').searchParams);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#listen();
    for (const event of this.#since(request.headers['last-event-id'])) {
      if (matches(event)) response.write(textOf(event));
    }
    this.#clients.add(this.#subscribe(response, matches));
  }

  #subscribe(response: ServerResponse, matches: EventFilter): Client {
    let missed = 0;
    const tell = async (event: BusEvent): Promise<void> => {
      if (response.destroyed) return;
      const { dropped } = client.subscription;
      const lost = dropped - missed;
      missed = dropped;
      const gap = lost > 0 ? `event: missed\ndata: {"events":${lost}}\n\n` : '';
      if (!response.write(`${gap}${textOf(event)}`)) await drained(response);
    };
    const subscription = this.#bus.subscribe('a client of the event stream', matches, tell);
    const client: Client = { response, subscription };
    const leave = (): void => {
      subscription.end();
      if (this.#clients.delete(client) && this.#clients.size === 0) this.#listenOn();
    };
    response.once('close', leave);
    response.on('error', leave);
    return client;
  }

  /** What came after the event that a client saw last; nothing for one that has seen none. */
  #since(last: string | string[] | undefined): readonly BusEvent[] {
    if (last === undefined) return [];
    return this.#remembered.slice(1 + this.#remembered.findIndex(({ id }) => id === last));
  }

  #listen(): void {
    clearTimeout(this.#quiet);
    this.#listening ??= this.#bus.subscribe(
      'the memory of the event stream',
      () => true,
      (event) => this.#remember(event),
    );
  }

  #listenOn(ms: number = LISTEN_ON_MS): void {
    clearTimeout(this.#quiet);
    if (this.#stopped || this.#clients.size > 0) return;
    this.#quiet = setTimeout(() => {
      this.#listening?.end();
      this.#listening = undefined;
      this.#remembered = [];
      this.#bytes = 0;
    }, ms).unref();
  }

  #remember(event: BusEvent): void {
    this.#remembered.push(event);
    this.#bytes += bytesOf(event);
    while (this.#remembered.length > REMEMBERED_MAX || this.#bytes > REMEMBERED_BYTES_MAX) {
      this.#bytes -= bytesOf(this.#remembered.shift()!);
    }
  }

  #beat(): void {
    for (const { response } of this.#clients) {
      if (!response.writableNeedDrain) response.write(': alive\n\n');
    }
  }
}

const textOf = (event: BusEvent): string =>
  `id: ${event.id}\nevent: status-change\ndata: ${JSON.stringify(event)}\n\n`;

function filterOf(query: URLSearchParams): EventFilter {
  const statuses = query.getAll('status');
  const machines = query.getAll('machine');
  return ({ detail: { status, stateMachineArn } }) =>
    (statuses.length === 0 || statuses.includes(status as string)) &&
    (machines.length === 0 || machines.includes(stateMachineArn as string));
}
