/**
 * The text that a path's value has in the document it is read from, blanks and all: so AWS shows the
 * items of a Map (recorded).
 */
import { type Node, parseTree } from '../../asl/parse.ts';
import type { Path } from '../../asl/path.ts';
import { Doc } from '../../ground/json.ts';

/** Undefined where the path is more than names and indexes from `$`. */
export function sourceText(path: Path | undefined, document: Doc): Doc | undefined {
  if (!path) return document;
  if (path.kind !== 'query' || path.query.root.kind !== 'input' || !path.query.keys) {
    return undefined;
  }
  const parsed = parseTree(document.text);
  let node = 'tree' in parsed ? parsed.tree : undefined;
  for (const key of path.query.keys) node = node && childOf(node, key);
  return node && Doc.ofText(document.text.slice(node.offset, endOf(document.text, node)));
}

function childOf(node: Node, key: string | number): Node | undefined {
  if (node.kind === 'object') {
    return node.members.findLast((member) => member.key === String(key))?.node;
  }
  if (node.kind !== 'array' || typeof key !== 'number') return undefined;
  return node.items.at(key);
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
      const rest = /[^\s,\]}]*/y;
      rest.lastIndex = node.offset;
      rest.test(text);
      return rest.lastIndex;
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
