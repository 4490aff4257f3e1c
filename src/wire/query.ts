/**
 * The query protocol: input from form parameters (`Tags.member.1.Key=…`), output as XML. Compiled to
 * closures where it pays; the services that speak it are called rarely.
 */
import { assign, textReaderOf } from './decode.ts';
import { textOfScalar } from './encode.ts';
import type { Operation, ScalarShape, Shape, StructureShape } from './model.ts';
import type { WireResponse } from './request.ts';
import type { Target } from './route.ts';

/** Elements of one list or entries of one map; more than any service takes. */
const PARTS_MAX = 10_000;

export function readQuery(target: Target): Record<string, unknown> {
  const shape = target.operation.input;
  if (!shape || !target.form) return {};
  const parameters = new Map(target.form);
  const names = [...parameters.keys()];
  const has = (prefix: string): boolean =>
    names.some((name) => name === prefix || name.startsWith(`${prefix}.`));
  return readStructure(shape, '', { parameters, has });
}

interface Form {
  readonly parameters: ReadonlyMap<string, string>;
  /** Whether something is given at a name or below it. */
  has(prefix: string): boolean;
}

function readStructure(shape: StructureShape, prefix: string, form: Form): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const member of shape.members) {
    const value = read(member.shape, prefix + member.wireName, form);
    if (value !== undefined) out[member.name] = value;
  }
  return out;
}

function read(shape: Shape, name: string, form: Form): unknown {
  switch (shape.type) {
    case 'structure':
      return form.has(name) ? readStructure(shape, `${name}.`, form) : undefined;
    case 'list': {
      if (form.parameters.get(name) === '') return [];
      const items: unknown[] = [];
      for (let i = 1; i <= PARTS_MAX; i++) {
        const item = read(shape.member, `${name}.member.${i}`, form);
        if (item === undefined) break;
        items.push(item);
      }
      return items.length > 0 ? items : undefined;
    }
    case 'map': {
      const out: Record<string, unknown> = {};
      for (let i = 1; i <= PARTS_MAX; i++) {
        const key = form.parameters.get(`${name}.entry.${i}.key`);
        if (key === undefined) break;
        assign(out, key, read(shape.value, `${name}.entry.${i}.value`, form));
      }
      return Object.keys(out).length > 0 ? out : undefined;
    }
    default: {
      const text = form.parameters.get(name);
      return text === undefined ? undefined : textReaderOf(shape)(text);
    }
  }
}

export function writeQuery(
  operation: Operation,
  output: Record<string, unknown>,
  requestId: string,
): WireResponse {
  const { service, name } = operation;
  const result = operation.output ? writeStructure(operation.output, output) : '';
  const wrapped = operation.resultWrapper ? element(operation.resultWrapper, result) : result;
  const metadata = element('ResponseMetadata', element('RequestId', xmlText(requestId)));
  const space = service.xmlNamespace ? ` xmlns="${service.xmlNamespace}"` : '';
  return {
    status: operation.status,
    headers: { 'Content-Type': 'text/xml' },
    body: `<${name}Response${space}>${wrapped}${metadata}</${name}Response>`,
  };
}

/** Members of a structure as XML elements. */
function writeStructure(shape: StructureShape, value: Record<string, unknown>): string {
  return shape.members
    .map((member) => {
      const part = value[member.name];
      if (part === undefined || part === null) return '';
      return element(member.wireName, write(member.shape, part));
    })
    .join('');
}

function write(shape: Shape, value: unknown): string {
  switch (shape.type) {
    case 'structure':
      return writeStructure(shape, value as Record<string, unknown>);
    case 'list':
      return (value as unknown[])
        .map((item) => element('member', write(shape.member, item)))
        .join('');
    case 'map':
      return Object.entries(value as object)
        .map(([key, part]) =>
          element(
            'entry',
            element('key', xmlText(key)) + element('value', write(shape.value, part)),
          ),
        )
        .join('');
    default:
      return xmlText(textOfScalar(shape as ScalarShape, value));
  }
}

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** Text content; control characters that XML cannot carry are left out. */
export function xmlText(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;');
}
