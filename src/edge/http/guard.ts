/**
 * What keeps web pages away from a server on this machine. A page of another site must not reach it
 * at all; a page whose name was rebound to this address is recognised by its Host.
 *
 * Browsers say who asks: every request carries Sec-Fetch-Site, and all but plain reads carry
 * Origin. AWS clients send neither, and may come under any Host (SDKs put `sync-` before it).
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface HttpGuard {
  /** A page of another site, of another port, or under a name that is not ours. */
  isForeign(request: IncomingMessage): boolean;
  /** The Host header names loopback or one of the allowed names. */
  hostAllowed(request: IncomingMessage): boolean;
}

/** A guard for the given further host names (no ports). */
export function httpGuard(allowedHosts: readonly string[]): HttpGuard {
  const allowed = new Set(allowedHosts.map((name) => name.trim().toLowerCase()));
  const isOurs = (host: string): boolean => isLoopback(host) || allowed.has(host);
  const hostAllowed = ({ headers }: IncomingMessage): boolean => isOurs(nameOf(headers.host));
  return {
    hostAllowed,
    isForeign: (request) => {
      const { origin } = request.headers;
      const site = request.headers['sec-fetch-site'];
      if (origin === undefined && site === undefined) return false;
      if (site === 'cross-site' || (site === 'same-site' && !isNavigation(request))) return true;
      if (!hostAllowed(request)) return true;
      return origin !== undefined && !isSameOrigin(origin, request.headers);
    },
  };
}

/** The browser opens a page in a tab of its own; no script of another page sees the answer. */
export function isNavigation({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  );
}

function isSameOrigin(origin: string, { host }: IncomingHttpHeaders): boolean {
  const [scheme, rest] = origin.split('://') as [string, string?];
  return (scheme === 'http' || scheme === 'https') && rest !== undefined && rest === host;
}

/** The name in a Host header, in lower case, without its port and an IPv6 address's brackets. */
function nameOf(host: string | undefined): string {
  const text = (host ?? '').toLowerCase();
  if (text.startsWith('[')) return text.slice(1, text.indexOf(']'));
  const colon = text.indexOf(':');
  return colon < 0 ? text : text.slice(0, colon);
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  );
}
