/** Calls of AWS operations and of the console's own read routes. Both answer JSON. */
export type ServiceId = 'states' | 'lambda' | 'xray' | 'logs';

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

/** Timestamps are epoch seconds, blobs base64, in both directions. */
export function call<Output>(
  service: ServiceId,
  operation: string,
  input: object,
  signal?: AbortSignal,
): Promise<Output> {
  return request<Output>(`/_steplight/api/call/${service}/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-steplight': 'console' },
    body: JSON.stringify(input),
    signal: signal ?? null,
  });
}

/** Reads a route of ours; undefined values are left out of the query. */
export function read<Output>(
  path: string,
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
  signal?: AbortSignal,
): Promise<Output> {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return request<Output>(`/_steplight/${path}${text && `?${text}`}`, { signal: signal ?? null });
}

async function request<Output>(url: string, init: RequestInit): Promise<Output> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError('Unreachable', 'The Steplight server does not answer.', 0);
  }
  const text = await response.text();
  const body = parse(text);
  if (response.ok) return body as Output;
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
