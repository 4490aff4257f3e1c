/**
 * XML documents as a tree of elements, as requests of the rest protocol send them: elements,
 * attributes, text, CDATA, comments. A document type is refused, so there are no entities but the
 * five of the language and numbered characters; depth is bounded and reading does not recurse.
 * Names lose their prefix, which clients choose as they like.
 */
import { Fault } from '../../ground/fault.ts';

export interface Element {
  readonly name: string;
  /** Without the declarations of namespaces. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** All of its own text, without that of its children. */
  readonly text: string;
}

/** Deeper than any shape of the models. */
const DEPTH_MAX = 100;

const START = /<([^\s<>/!?="']+)((?:\s+[^\s<>/=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));|&/g;
const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

interface Open {
  /** As its end says it again. */
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

/** The root element. Throws MalformedXML. */
export function parseXml(text: string): Element {
  const document: Open = { tag: '', attributes: new Map(), children: [], text: '' };
  const open: Open[] = [document];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) at = readPiece(text, at, open);
  const [root] = document.children;
  if (open.length > 1 || !root || document.children.length > 1 || document.text.trim() !== '') {
    throw malformed();
  }
  return root;
}

/** Takes one piece of markup, or the text up to the next one; gives where it ends. */
function readPiece(text: string, at: number, open: Open[]): number {
  const current = open.at(-1)!;
  if (text[at] !== '<') {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    current.text += decoded(text.slice(at, end));
    return end;
  }
  if (text.startsWith('</', at)) return readEnd(text, at, open);
  if (text.startsWith('<!--', at)) return behind(text, '-->', at + 4);
  if (text.startsWith('<?', at)) return behind(text, '?>', at + 2);
  if (text.startsWith('<![CDATA[', at)) {
    const end = behind(text, ']]>', at + 9);
    current.text += text.slice(at + 9, end - 3);
    return end;
  }
  return readStart(text, at, open);
}

function readStart(text: string, at: number, open: Open[]): number {
  START.lastIndex = at;
  const start = START.exec(text);
  if (!start || open.length > DEPTH_MAX) throw malformed();
  const [whole, tag, attributes, closed] = start as unknown as [string, string, string, string];
  const element = { tag, attributes: readAttributes(attributes), children: [], text: '' };
  if (closed) add(element, open);
  else open.push(element);
  return at + whole.length;
}

function readEnd(text: string, at: number, open: Open[]): number {
  const end = behind(text, '>', at + 2);
  const element = open.pop()!;
  if (open.length === 0 || text.slice(at + 2, end - 1).trim() !== element.tag) throw malformed();
  add(element, open);
  return end;
}

function add({ tag, attributes, children, text }: Open, open: readonly Open[]): void {
  open.at(-1)!.children.push({ name: localName(tag), attributes, children, text });
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, double, single] of text.matchAll(ATTRIBUTE)) {
    if (/^xmlns(:|$)/.test(name!)) continue;
    attributes.set(localName(name!), decoded((double ?? single)!));
  }
  return attributes;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Where the mark that must come ends. */
function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  if (found < 0) throw malformed();
  return found + mark.length;
}

/** Text with its references resolved, and line ends as the language has them. */
function decoded(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (!lines.includes('&')) return lines;
  return lines.replace(REFERENCE, (_all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name]!;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    if (!(code > 0 && code <= 0x10ffff)) throw malformed();
    return String.fromCodePoint(code);
  });
}

/** The wording of S3, the only service whose requests are XML. */
function malformed(): Fault {
  return new Fault(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
