/** Pages of a list and the opaque tokens between them. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** Opaque token over a small cursor; the purpose keeps a token of one list out of another. */
export function encodeToken(purpose: string, cursor: unknown): string {
  return btoa(encodeURIComponent(JSON.stringify([purpose, cursor])));
}

/** The cursor, or undefined where the token is not one of ours for that purpose. */
export function decodeToken(purpose: string, token: string): unknown {
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(atob(token)));
    if (Array.isArray(parsed) && parsed.length === 2 && parsed[0] === purpose) return parsed[1];
  } catch {
    return undefined;
  }
  return undefined;
}
