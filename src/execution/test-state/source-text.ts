/**
 * The text that a value has in the document it is read from, blanks and all: so AWS shows the items
 * of a Map (recorded).
 */
import { type Node, parseTree } from '../../asl/parse.ts';
import type { Path } from '../../asl/path.ts';
import { Doc } from '../../ground/json.ts';

/** Undefined where the path is more than names and indexes from `$`, or leads nowhere. */
export function textAtPath(path: Path | undefined, document: Doc): Doc | undefined {
  if (!path) return document;
  if (path.kind !== 'query' || path.query.root.kind !== 'input') return undefined;
  return path.query.keys && textAt(path.query.keys, document);
}

/** `pointer` as RFC 6901 has it; undefined where it leads nowhere. */
export function textAtPointer(pointer: string, document: Doc): Doc | undefined {
  if (pointer === '') return document;
  const keys = pointer.split('/').slice(1);
  const names = keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return pointer.startsWith('/') ? textAt(names, document) : undefined;
}

function textAt(keys: readonly (string | number)[], document: Doc): Doc | undefined {
  const parsed = parseTree(document.text);
  let node = 'tree' in parsed ? parsed.tree : undefined;
  for (const key of keys) node = node && childOf(node, key);
  return node && Doc.ofText(document.text.slice(node.offset, endOf(document.text, node)));
}

function childOf(node: Node, key: string | number): Node | undefined {
  if (node.kind === 'object') {
    return node.members.findLast((member) => member.key === String(key))?.node;
  }
  if (node.kind !== 'array') return undefined;
  if (typeof key === 'string' && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
  return node.items.at(Number(key));
}

/** Behind the last character of a value in a text that is known to be JSON. */
function endOf(text: string, node: Node): number {
  switch (node.kind) {
    case 'object':
      return closeAfter(text, '}', node.offset + 1, node.members.at(-1)?.node);
    case 'array':
      return closeAfter(text, ']', node.offset + 1, node.items.at(-1));
    case 'string':
      return endOfString(text, node.offset);
    default: {
      const word = /[^\s,\]}]*/y;
      word.lastIndex = node.offset;
      word.test(text);
      return word.lastIndex;
    }
  }
}

function closeAfter(text: string, close: string, from: number, last: Node | undefined): number {
  return text.indexOf(close, last ? endOf(text, last) : from) + 1;
}

function endOfString(text: string, offset: number): number {
  let at = offset + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
