/**
 * What becomes of the children's outputs without an export: the result of the Map state itself, in
 * the order of the items. Children that failed leave no hole.
 */
import type { Limits } from '../../../execution/limits.ts';
import type { WriterOrder } from '../../../execution/maprun-order.ts';
import { byteLength, printJson, tryParseData } from '../../../ground/json.ts';
import type { ExecutionHead, ExecutionStore } from '../../../store/executions/store.ts';
import { recordOf } from './record.ts';

const PAGE = 500;

/** Children in the order of their start. */
export async function* childrenOf(
  executions: Pick<ExecutionStore, 'children'>,
  mapRunArn: string,
  from = 0,
): AsyncGenerator<readonly ExecutionHead[]> {
  let after = from;
  for (;;) {
    const page = await executions.children(mapRunArn, after, PAGE);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** JSON text of the array; undefined where it is too large for a state's result. */
export async function resultOf(
  executions: Pick<ExecutionStore, 'children'>,
  mapRunArn: string,
  writer: WriterOrder | undefined,
  { payloadBytes }: Limits,
): Promise<string | undefined> {
  const found: { readonly index: number; readonly text: string }[] = [];
  let bytes = 2;
  for await (const page of childrenOf(executions, mapRunArn)) {
    for (const child of page) {
      if (child.status !== 'SUCCEEDED') continue;
      const text = elementsOf(child, writer?.transformation ?? 'COMPACT');
      if (text === '') continue;
      bytes += byteLength(text) + (found.length > 0 ? 1 : 0);
      if (bytes > payloadBytes) return undefined;
      found.push({ index: child.mapItem!.index, text });
    }
  }
  // A start that a crash interrupted may have come after that of later items.
  found.sort((a, b) => a.index - b.index);
  return `[${found.map(({ text }) => text).join(',')}]`;
}

/** What a child that succeeded contributes: JSON texts with commas between them, or nothing. */
export function elementsOf(
  child: ExecutionHead,
  transformation: WriterOrder['transformation'],
  separator = ',',
): string {
  if (transformation === 'NONE') return printJson(recordOf(child));
  const output = child.output!;
  const value = transformation === 'FLATTEN' ? tryParseData(output) : undefined;
  return Array.isArray(value) ? value.map(printJson).join(separator) : output;
}
