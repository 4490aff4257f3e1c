/** Members of an output or an error that are bound to headers or to the status. */
import { toBase64 } from '../bytes.ts';
import type { Member, ScalarShape, Shape, StructureShape } from '../model/shapes.ts';
import { textWriterOf } from '../text.ts';

/** Adds headers to an answer, and gives its status where a member says it. */
type HeadersWriter = (
  output: Readonly<Record<string, unknown>>,
  headers: Record<string, string>,
) => number | undefined;

const writers = new WeakMap<StructureShape, HeadersWriter>();

export function headersWriter(shape: StructureShape): HeadersWriter {
  let writer = writers.get(shape);
  if (!writer) {
    writer = build(shape);
    writers.set(shape, writer);
  }
  return writer;
}

function build(shape: StructureShape): HeadersWriter {
  const single = shape.members
    .filter(({ location }) => location === 'header')
    .map(({ name, wireName, shape: part }) => ({ name, wireName, write: headerWriter(part) }));
  const prefixed = shape.members.filter(({ location }) => location === 'headers');
  const status = shape.members.find(({ location }) => location === 'statusCode');
  return (output, headers) => {
    for (const { name, wireName, write } of single) {
      const value = output[name];
      if (value !== undefined && value !== null) headers[wireName] = visible(write(value));
    }
    for (const member of prefixed) writePrefixed(member, output[member.name], headers);
    return status && ((output[status.name] ?? undefined) as number | undefined);
  };
}

function headerWriter(shape: Shape): (value: unknown) => string {
  if (shape.type === 'list') {
    const write = headerWriter(shape.member);
    return (value) => (value as readonly unknown[]).map((item) => listItem(write(item))).join(', ');
  }
  const scalar = shape as ScalarShape;
  if (scalar.jsonValue) return (value) => toBase64(encoder.encode(String(value)));
  return textWriterOf(scalar, 'rfc822');
}

const encoder = new TextEncoder();

const listItem = (text: string): string =>
  /[",]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;

function writePrefixed(
  { wireName }: Member,
  value: unknown,
  headers: Record<string, string>,
): void {
  for (const [key, text] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    if (text !== undefined && text !== null) headers[wireName + key] = visible(String(text));
  }
}

/** Text that a header can carry: what is not visible ASCII becomes a question mark. */
export const visible = (text: string): string => text.replace(/[^\t\x20-\x7e]/g, '?');
