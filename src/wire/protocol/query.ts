/**
 * The query protocol: input from form parameters (`Tags.member.1.Key=…`), output as XML. Compiled to
 * closures where it pays; the services that speak it are called rarely.
 */
import { Fault } from '../../ground/fault.ts';
import { textOf } from '../bytes.ts';
import type { Operation, ServiceModel, Shape, StructureShape } from '../model/shapes.ts';
import {
  header,
  mediaType,
  type WireHead,
  type WireRequest,
  type WireResponse,
  wholeBody,
} from '../request.ts';
import { textReaderOf, textWriterOf } from '../text.ts';
import { assign } from '../values.ts';
import { element, xmlText } from '../xml/text.ts';
import { statusOf, told } from './errors.ts';
import { NO_LABELS, type Protocol, type Target } from './protocol.ts';
import { queryCode } from './query-code.ts';

/** Elements of one list or entries of one map; more than any service takes. */
const PARTS_MAX = 10_000;

export const query: Protocol = {
  name: 'query',

  speaks: isForm,

  fits: (service, request) => {
    const form = formOf(request);
    return form.has('Action') && form.get('Version') === service.apiVersion;
  },

  route,

  read({ operation, form }) {
    const shape = operation.input;
    if (!shape || !form) return {};
    const parameters = new Map(form);
    const names = [...parameters.keys()];
    const has = (prefix: string): boolean =>
      names.some((name) => name === prefix || name.startsWith(`${prefix}.`));
    return readStructure(shape, '', { parameters, has });
  },

  write: writeQuery,

  fault(service, fault, requestId) {
    const error = told(service, fault);
    const status = statusOf(error, false);
    const type = element('Type', status >= 500 ? 'Receiver' : 'Sender');
    const code = element('Code', xmlText(queryCode(error)));
    const text = element('Error', type + code + element('Message', xmlText(fault.message)));
    const space = service?.xmlNamespace ? ` xmlns="${service.xmlNamespace}"` : '';
    return {
      status,
      headers: { 'Content-Type': 'text/xml' },
      body: `<ErrorResponse${space}>${text}${element('RequestId', xmlText(requestId))}</ErrorResponse>`,
    };
  },

  statusOf: (service, fault) => statusOf(told(service, fault), false),
};

/** A form in the body, or parameters in the query string. */
function isForm({ headers, query: parameters }: WireHead): boolean {
  const type = header(headers, 'content-type');
  return (
    parameters.includes('Action=') ||
    (type !== undefined && mediaType(type) === 'application/x-www-form-urlencoded')
  );
}

/** Parameters of a call: the form in the body, or the query string. */
function formOf(request: WireRequest): URLSearchParams {
  let form = forms.get(request);
  if (!form) {
    form = readForm(request);
    forms.set(request, form);
  }
  return form;
}

const forms = new WeakMap<WireRequest, URLSearchParams>();

function readForm(request: WireRequest): URLSearchParams {
  const body = wholeBody(request);
  if (body.length === 0) return new URLSearchParams(request.query);
  const text = textOf(body);
  if (text === undefined) throw new Fault('MalformedInput', 'The request body is not UTF-8.');
  return new URLSearchParams(text);
}

function route(service: ServiceModel, request: WireRequest): Target {
  const form = formOf(request);
  const action = form.get('Action');
  const version = form.get('Version');
  if (action === null) {
    throw new Fault('MissingAction', 'The request must contain the parameter Action.');
  }
  const operation = service.operations.get(action);
  if (operation && (version === null || version === service.apiVersion)) {
    return { operation, labels: NO_LABELS, form };
  }
  throw new Fault('InvalidAction', `Could not find operation ${action} for version ${version}`);
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

function writeQuery(
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
      return xmlText(textWriterOf(shape, 'iso8601')(value));
  }
}
