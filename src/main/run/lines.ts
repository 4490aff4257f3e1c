/** Events as lines that people read: when, which, what, with what. */
import type { HistoryRecord } from '../../execution/record.ts';
import type { JsonObject } from '../../ground/json.ts';

const TYPE_WIDTH = 24;
const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;

/** One line; what follows the type is cut at `widthMax` in all. */
export function eventLine(record: HistoryRecord, startedAt: number, widthMax: number): string {
  const { id, type, at, details = {} } = record;
  const when = elapsed(at - startedAt);
  const head = `${String(id).padStart(5)}  ${when}  ${type.padEnd(TYPE_WIDTH)}`;
  const line = [head, nameOf(details), payloadOf(details)].filter(Boolean).join(' ').trimEnd();
  const flat = line.replaceAll(/\s*\n\s*/g, ' ');
  return flat.length <= widthMax ? flat : `${flat.slice(0, widthMax - 1)}…`;
}

/** `365d 00:00:01.250`: hours, minutes and seconds always, days where there are any. */
export function elapsed(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const time = new Date(ms - days * DAY_MS).toISOString().slice(11, 23);
  return days > 0 ? `${days}d ${time}` : time;
}

function nameOf(details: JsonObject): string {
  const { name, resourceType, resource, index } = details;
  if (typeof name === 'string') return index === undefined ? name : `${name}[${index}]`;
  if (typeof resourceType === 'string') return `${resourceType}:${resource}`;
  return typeof resource === 'string' ? resource : '';
}

function payloadOf(details: JsonObject): string {
  const { error, cause, input, output, parameters, length } = details;
  if (error !== undefined || cause !== undefined) {
    return [error, cause].filter((one) => one !== undefined).join(': ');
  }
  if (length !== undefined) return `${length} items`;
  return String(output ?? parameters ?? input ?? '');
}
