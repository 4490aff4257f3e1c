/** The bodies that callers of Invoke send: JSON or AWS's refusal. */
import { invalidRequestContent } from './faults.ts';

const EMPTY = new TextEncoder().encode('{}');

/** The event's bytes; an empty body is an empty object. Throws InvalidRequestContentException. */
export function eventPayload(body: Uint8Array | undefined): Uint8Array {
  if (body === undefined || body.length === 0) return EMPTY;
  const text = new TextDecoder().decode(body);
  try {
    JSON.parse(text);
  } catch {
    throw invalidRequestContent(`Could not parse payload into json: ${jsonProblem(text)}`);
  }
  return body;
}

/** In the words of the parser that AWS uses, as far as the common mistakes go. */
function jsonProblem(text: string): string {
  const start = text.search(/\S/);
  const token = /^[A-Za-z_$][\w$]*/.exec(text.slice(Math.max(0, start)))?.[0];
  const line = text.slice(0, Math.max(0, start)).split('\n').length;
  if (token !== undefined && !['true', 'false', 'null'].includes(token)) {
    return (
      `Unrecognized token '${token}': was expecting ` +
      "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n" +
      ` at [Source: (byte[])"${text.slice(0, 100)}"; line: ${line}, column: ${start + token.length + 1}]`
    );
  }
  return `Unexpected character or end of input\n at [Source: (byte[])"${text.slice(0, 100)}"]`;
}

/** The runtime gets it in a header, which carries only ASCII. */
const NOT_ASCII = /[^\x20-\x7e]/g;
const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON text of the base64 header; undefined where there is none. */
export function clientContext(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const text = Buffer.from(header, 'base64').toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text)).replace(NOT_ASCII, escaped);
  } catch {
    throw invalidRequestContent('Client context must be a valid Base64-encoded JSON object.');
  }
}
