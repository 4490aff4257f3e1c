/** A dispatcher over some models, and raw requests to it. */
import { systemDigests } from '../../../src/edge/system.ts';
import { Catalog } from '../../../src/wire/catalog.ts';
import { Dispatcher, type HandlerTable } from '../../../src/wire/dispatch.ts';
import type { ModelSource } from '../../../src/wire/model/raw.ts';
import { heldBody } from '../../../src/wire/stream/source.ts';
import { signed } from '../server.ts';
import { whole } from './clients.ts';

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  /** The service of the credential scope; none for an unsigned request. */
  readonly scope?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Buffer;
}

export function dispatcherOf(
  sources: readonly ModelSource[],
  services: Readonly<Record<string, HandlerTable>>,
): Dispatcher {
  return new Dispatcher({
    catalog: new Catalog(sources),
    services,
    account: '000000000000',
    region: 'us-east-1',
    log: { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} },
    digests: systemDigests,
  });
}

export async function callRaw(dispatcher: Dispatcher, call: Call): Promise<Answer> {
  const { method = 'POST', path = '/', query = '', scope, headers = {}, body = '' } = call;
  const answer = await dispatcher.handle(
    {
      method,
      path,
      query,
      headers: { ...(scope === undefined ? {} : signed(scope)), ...headers },
    },
    heldBody(typeof body === 'string' ? new TextEncoder().encode(body) : body),
    {
      requestId: 'r-1',
      mayBeUnsigned: () => true,
      abort: () => new AbortController().signal,
    },
  );
  const bytes = Buffer.from(await whole(answer.body));
  return { status: answer.status, headers: answer.headers, text: bytes.toString('utf8'), bytes };
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
