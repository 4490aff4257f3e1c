/**
 * Task tokens: opaque texts that name one attempt of one execution. The nonce makes a token
 * impossible to guess; whoever redeems one compares it with the attempt's own (`openTask`).
 */
import { tryParseJson } from '../ground/json.ts';
import { TASK_TOKEN_LENGTH_MAX } from './limits.ts';
import type { ScopePath } from './record.ts';

export interface TaskToken {
  /** The execution's internal number. */
  readonly execution: number;
  readonly scope: ScopePath;
  readonly attempt: number;
  readonly nonce: string;
}

const PREFIX = 'AQ';

export function encodeTaskToken(token: TaskToken): string {
  const { execution, scope, attempt, nonce } = token;
  return PREFIX + btoa(JSON.stringify([execution, scope, attempt, nonce]));
}

/** The token's parts, or undefined where the text was never a token. */
export function decodeTaskToken(text: string): TaskToken | undefined {
  if (!text.startsWith(PREFIX) || text.length > TASK_TOKEN_LENGTH_MAX) return undefined;
  let json: string;
  try {
    json = atob(text.slice(PREFIX.length));
  } catch {
    return undefined;
  }
  const parts = tryParseJson(json);
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const [execution, scope, attempt, nonce] = parts;
  if (!Number.isSafeInteger(execution) || !Number.isSafeInteger(attempt)) return undefined;
  if (typeof scope !== 'string' || typeof nonce !== 'string') return undefined;
  return { execution: execution as number, scope, attempt: attempt as number, nonce };
}
