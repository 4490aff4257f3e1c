/**
 * The X-Amzn-Trace-Id header. Keys are case-insensitive, malformed pairs are ignored, unknown ones
 * and `Lineage` travel on unchanged, a load balancer's `Self` does not.
 */
import { newTraceId } from '../ground/id.ts';
import type { Tools } from '../ground/tools.ts';
import { isEntityId, TRACE_ID } from './segment.ts';

export interface TraceHeader {
  readonly root?: string;
  readonly parent?: string;
  /** `?`: the caller asks for the decision in the answer's header. */
  readonly sampled?: '0' | '1' | '?';
  /** A `Root` that is no trace id: nothing may be recorded under it. */
  readonly rootInvalid: boolean;
  /** `Lineage` and the application's own pairs, in their order. */
  readonly others: readonly (readonly [string, string])[];
}

/** Application data that is carried along, as the SDKs bound it. */
const OTHERS_LENGTH_MAX = 256;

export function parseHeader(text: string): TraceHeader {
  let root: string | undefined;
  let parent: string | undefined;
  let sampled: '0' | '1' | '?' | undefined;
  let rootInvalid = false;
  const others: [string, string][] = [];
  let room = OTHERS_LENGTH_MAX;
  for (const pair of text.split(';')) {
    const at = pair.indexOf('=');
    if (at <= 0) continue;
    const key = pair.slice(0, at).trim();
    const value = pair.slice(at + 1).trim();
    const known = key.toLowerCase();
    if (known === 'root') {
      if (TRACE_ID.test(value)) root = value;
      else rootInvalid = true;
    } else if (known === 'parent') {
      if (isEntityId(value)) parent = value;
    } else if (known === 'sampled') {
      if (value === '0' || value === '1' || value === '?') sampled = value;
    } else if (known === 'lineage') {
      others.push([key, value]);
    } else if (known !== 'self' && key !== '' && pair.length <= room) {
      room -= pair.length;
      others.push([key, value]);
    }
  }
  return {
    ...(root !== undefined && { root }),
    ...(parent !== undefined && { parent }),
    ...(sampled !== undefined && { sampled }),
    rootInvalid: rootInvalid && root === undefined,
    others,
  };
}

/** Root;Parent;Sampled;others: the order of AWS's own emitters. */
export function printHeader(
  header: Pick<TraceHeader, 'root' | 'parent' | 'sampled'> & Partial<Pick<TraceHeader, 'others'>>,
): string {
  const pairs: string[] = [];
  if (header.root !== undefined) pairs.push(`Root=${header.root}`);
  if (header.parent !== undefined) pairs.push(`Parent=${header.parent}`);
  if (header.sampled !== undefined) pairs.push(`Sampled=${header.sampled}`);
  for (const [key, value] of header.others ?? []) pairs.push(`${key}=${value}`);
  return pairs.join(';');
}

/** Of what nobody asked to trace: AWS's answers have a header even then. */
export function untracedHeader(tools: Pick<Tools, 'now' | 'uuid'>): string {
  return `Root=${newTraceId(tools)};Sampled=0`;
}
