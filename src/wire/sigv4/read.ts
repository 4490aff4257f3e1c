/**
 * Who signed a request, and for which service and region: the Authorization header or the query of
 * a presigned URL. The signature itself is not verified; every key is good on one's own machine.
 */
import { Fault } from '../../ground/fault.ts';
import type { WireHeaders } from '../request.ts';

export interface Signer {
  readonly accessKeyId: string;
  /** Eight digits, as in the credential scope. */
  readonly date: string;
  /** Empty for signatures that hold in several regions. */
  readonly region: string;
  readonly service: string;
}

const ACCOUNT = /^\d{12}$/;

/** The signer, or undefined where there is no signature; throws where it is no whole one. */
export function readSigner(headers: WireHeaders, query: string): Signer | undefined {
  const header = headers.authorization;
  if (typeof header === 'string') return fromHeader(header, headers);
  if (query.includes('X-Amz-Credential=') && query.includes('X-Amz-Signature=')) {
    const credential = new URLSearchParams(query).get('X-Amz-Credential') ?? '';
    const signer = fromScope(credential);
    if (signer) return signer;
    throw incomplete('Query parameter X-Amz-Credential is not a credential scope.');
  }
  return undefined;
}

/** The account of a key: itself where it is one, else the configured account. */
export function accountOf(accessKeyId: string | undefined, fallback: string): string {
  return accessKeyId !== undefined && ACCOUNT.test(accessKeyId) ? accessKeyId : fallback;
}

function fromHeader(header: string, headers: WireHeaders): Signer | undefined {
  if (!header.startsWith('AWS4-')) return undefined;
  const missing: string[] = [];
  const credential = part(header, 'Credential=');
  if (credential === undefined)
    missing.push("Authorization header requires 'Credential' parameter.");
  if (part(header, 'Signature=') === undefined) {
    missing.push("Authorization header requires 'Signature' parameter.");
  }
  if (part(header, 'SignedHeaders=') === undefined) {
    missing.push("Authorization header requires 'SignedHeaders' parameter.");
  }
  if (headers['x-amz-date'] === undefined && headers.date === undefined) {
    missing.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  if (missing.length > 0) throw incomplete(`${missing.join(' ')} Authorization=${header}`);
  const signer = fromScope(credential!);
  if (signer) return signer;
  throw incomplete(
    `Credential must have at least 5 slash-delimited elements, e.g. ` +
      `keyid/date/region/service/term, got '${credential}'`,
  );
}

function part(header: string, name: string): string | undefined {
  const at = header.indexOf(name);
  if (at < 0) return undefined;
  const end = header.indexOf(',', at);
  return header.slice(at + name.length, end < 0 ? undefined : end).trim() || undefined;
}

/** `key/date/region/service/aws4_request`; signatures for several regions leave the region out. */
function fromScope(credential: string): Signer | undefined {
  const parts = credential.split('/');
  if (parts.at(-1) !== 'aws4_request') return undefined;
  const service = parts.at(-2);
  const [accessKeyId, date] = parts;
  if (!accessKeyId || !date || !service || parts.length < 4 || parts.length > 5) return undefined;
  return { accessKeyId, date, region: parts.length === 5 ? parts[2]! : '', service };
}

function incomplete(message: string): Fault {
  return new Fault('IncompleteSignatureException', message);
}
