/**
 * The daemon's UDP envelope: a JSON line that names format and version, a line feed, one document.
 * OpenTelemetry's distribution for Lambda sends spans behind the prefixes `T1S` and `T1U` instead.
 */
import { isObject, tryParseJson } from '../ground/json.ts';

export type Datagram =
  | { readonly type: 'document'; readonly text: string }
  | { readonly type: 'refused'; readonly reason: string };

/** Reads the text of one datagram. Never throws. */
export function readDatagram(text: string): Datagram {
  const end = text.indexOf('\n');
  if (end < 0) return refused('the datagram has no header line');
  const header = tryParseJson(text.slice(0, end));
  if (!isObject(header)) return refused('the datagram header is not JSON');
  const format = typeof header.format === 'string' ? header.format.toLowerCase() : undefined;
  if (format !== 'json' || header.version !== 1) {
    return refused('the datagram header is not format json, version 1');
  }
  const body = text.slice(end + 1);
  if (body.trim() === '') return refused('the datagram has no document');
  if (/^(?:T1[SU]|M1)/.test(body)) {
    return refused('the datagram carries OpenTelemetry data, which this port does not read');
  }
  return { type: 'document', text: body };
}

function refused(reason: string): Datagram {
  return { type: 'refused', reason };
}
