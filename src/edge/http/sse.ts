/**
 * The console's live feed: notices that something changed, over server-sent events.
 *
 * A notice names a thing (topic and key); the page then reads it through the ordinary routes, so a
 * lost or repeated notice costs a read and never shows something wrong. Notices about the same
 * thing are folded until the next flush, so a client holds at most PENDING_MAX of them, however
 * slow it is; beyond that it is told to read everything again (`resync`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../ground/json.ts';
import type { Service } from '../../service/lifecycle.ts';

/** What a notice is about; its key is an ARN or a name, and '' where the topic is one thing. */
export type FeedTopic = 'execution' | 'history' | 'machine' | 'trace' | 'log' | 'function';

const FLUSH_MS = 100;
const HEARTBEAT_MS = 15_000;
const PENDING_MAX = 512;
const CLIENTS_MAX = 64;

interface Client {
  readonly response: ServerResponse;
  /** The execution whose history this client follows. */
  readonly history: string | undefined;
  readonly pending: Map<string, string>;
  resync: boolean;
}

export class ConsoleFeed implements Service {
  readonly #clients = new Set<Client>();
  #flush: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #stopped = false;

  /** How many pages listen. */
  get clients(): number {
    return this.#clients.size;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#flush);
    this.#heartbeat = undefined;
    this.#flush = undefined;
    for (const client of this.#clients) client.response.end();
    this.#clients.clear();
  }

  /**
   * Tells who listens. `history` reaches only the pages that follow that execution. Costs nothing
   * while no page is open, so callers need not ask first.
   */
  publish(topic: FeedTopic, key: string, data: JsonObject = {}): void {
    if (this.#clients.size === 0) return;
    let line: string | undefined;
    for (const client of this.#clients) {
      if (client.resync || (topic === 'history' && client.history !== key)) continue;
      line ??= `event: ${topic}\ndata: ${JSON.stringify({ key, ...data })}\n\n`;
      client.pending.set(`${topic} ${key}`, line);
      if (client.pending.size > PENDING_MAX) {
        client.pending.clear();
        client.resync = true;
      }
    }
    if (line !== undefined) this.#flush ??= setTimeout(() => this.#send(), FLUSH_MS).unref();
  }

  /** Serves `/_steplight/events[?history=ARN]`; the answer stays open. */
  connect(request: IncomingMessage, response: ServerResponse): void {
    if (this.#stopped || this.#clients.size >= CLIENTS_MAX) {
      response.writeHead(503, { 'retry-after': '5' }).end();
      return;
    }
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const client: Client = {
      response,
      history: query.get('history') ?? undefined,
      pending: new Map(),
      resync: false,
    };
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 1000\nevent: hello\ndata: {}\n\n');
    this.#clients.add(client);
    response.once('close', () => this.#clients.delete(client));
    response.on('error', () => this.#clients.delete(client));
  }

  #send(): void {
    this.#flush = undefined;
    let waiting = false;
    for (const client of this.#clients) {
      if (client.pending.size === 0 && !client.resync) continue;
      if (client.response.writableNeedDrain) {
        waiting = true;
        continue;
      }
      const text = client.resync
        ? 'event: resync\ndata: {}\n\n'
        : [...client.pending.values()].join('');
      client.pending.clear();
      client.resync = false;
      client.response.write(text);
    }
    if (waiting) this.#flush = setTimeout(() => this.#send(), FLUSH_MS).unref();
  }

  #beat(): void {
    for (const client of this.#clients) {
      if (!client.response.writableNeedDrain) client.response.write(': alive\n\n');
    }
  }
}
