/** X-Ray filter expressions that the console writes: what "View traces" of a node or edge means. */
import type { Health } from './service-map.ts';

const CLAUSES: Readonly<Record<Health, string>> = {
  fault: 'fault = true',
  throttle: 'throttle = true',
  error: 'error = true',
  ok: 'ok = true',
};

export interface ServiceIdentity {
  readonly name: string;
  readonly type: string;
}

/** A string literal of the filter language. */
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** How a node is named: with its type, where another node has the same name. */
function selector({ name, type }: ServiceIdentity, isAmbiguous: boolean): string {
  return isAmbiguous && type ? `id(name: ${quote(name)}, type: ${quote(type)})` : quote(name);
}

function braces(chosen: readonly Health[], seconds: readonly [number, number] | undefined): string {
  const parts: string[] = [];
  if (chosen.length > 0) {
    const any = chosen.map((health) => CLAUSES[health]).join(' OR ');
    parts.push(chosen.length > 1 && seconds ? `(${any})` : any);
  }
  if (seconds) parts.push(`responsetime >= ${seconds[0]} AND responsetime <= ${seconds[1]}`);
  return parts.length === 0 ? '' : ` { ${parts.join(' AND ')} }`;
}

/** Traces through a node, with any of these outcomes there (none chosen: all). */
export function nodeFilter(
  node: ServiceIdentity,
  chosen: readonly Health[],
  options: { isAmbiguous?: boolean; seconds?: readonly [number, number] } = {},
): string {
  return `service(${selector(node, options.isAmbiguous ?? false)})${braces(chosen, options.seconds)}`;
}

/** Traces that went from one node to another. */
export function edgeFilter(
  from: ServiceIdentity | undefined,
  to: ServiceIdentity,
  chosen: readonly Health[],
  options: { isAmbiguous?: boolean } = {},
): string {
  const isAmbiguous = options.isAmbiguous ?? false;
  const caller = from ? selector(from, isAmbiguous) : '';
  if (!from) return nodeFilter(to, chosen, options);
  return `edge(${caller}, ${selector(to, isAmbiguous)})${braces(chosen, undefined)}`;
}

/** Examples shown beside an empty filter field. */
export const FILTER_EXAMPLES: readonly { text: string; means: string }[] = [
  { text: 'fault = true', means: 'the request failed' },
  { text: 'responsetime > 1', means: 'took longer than a second' },
  { text: 'service("my-function") { fault = true }', means: 'failed in this service' },
  { text: 'service() { throttle }', means: 'somebody was throttled on the way' },
  { text: 'annotation.customer = "42"', means: 'has this annotation' },
  { text: 'edge("my-machine", "my-function")', means: 'one service called the other' },
  { text: 'partial', means: 'still in progress' },
];
