/**
 * Calls of operations, AWS's and our own, through one door. Input and output are plain JSON: times
 * as epoch seconds, blobs as base64, in both directions. Their types are those of the SDK's clients.
 */
import type { Operations } from '../../../src/wire/operations.ts';
import type { Place } from '../model/place.ts';
import type { Printed } from '../model/shapes.ts';

interface Clients {
  readonly states: typeof import('@aws-sdk/client-sfn');
  readonly lambda: typeof import('@aws-sdk/client-lambda');
  readonly xray: typeof import('@aws-sdk/client-xray');
  readonly logs: typeof import('@aws-sdk/client-cloudwatch-logs');
}

type Service = keyof Clients;
type OperationOf<S extends Service> = keyof Operations<Clients[S]> & string;
type Handler<S extends Service, O extends OperationOf<S>> = Extract<
  Operations<Clients[S]>[O],
  (input: never, context: never) => Promise<unknown>
>;
export type Input<S extends Service, O extends OperationOf<S>> = Printed<
  Parameters<Handler<S, O>>[0]
>;
export type Output<S extends Service, O extends OperationOf<S>> = Printed<
  Awaited<ReturnType<Handler<S, O>>>
>;

/** An error answer: `code` is AWS's error name. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

/** Rejects with an ApiError; or as `signal` says. */
export function call<S extends Service, O extends OperationOf<S>>(
  place: Place,
  service: S,
  operation: O,
  input: Input<S, O>,
  signal?: AbortSignal,
): Promise<Output<S, O>> {
  const path = `/_steplight/api/call/${service}/${operation}`;
  return request(withQuery(path, { account: place.account, region: place.region }), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-steplight': 'console' },
    body: JSON.stringify(input),
    signal: signal ?? null,
  });
}

/** Reads a route of ours. */
export function read<Answer>(
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  return request(withQuery(`/_steplight/${path}`, query), { signal: signal ?? null });
}

/** Undefined values are left out. */
function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return `${path}${text && `?${text}`}`;
}

async function request<Answer>(url: string, init: RequestInit): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError('Unreachable', 'The Steplight server does not answer.', 0);
  }
  const text = await response.text();
  const body = parse(text);
  if (response.ok) return body as Answer;
  const fault = (body ?? {}) as { __type?: string; message?: string; Message?: string };
  const code = fault.__type?.split('#').pop() ?? `Http${response.status}`;
  const message = fault.message ?? fault.Message ?? (text.slice(0, 300) || response.statusText);
  throw new ApiError(code, message, response.status);
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
