/**
 * The query protocol: the parameter Action names the operation, the others are its input, the
 * answer is XML. EC2's kind of it spells forms and answers a little differently.
 */
import { Fault } from '../../ground/fault.ts';
import { textOf } from '../bytes.ts';
import { formTree } from '../form/parse.ts';
import { FormReader } from '../form/read.ts';
import type { Operation, ServiceModel } from '../model/shapes.ts';
import {
  header,
  mediaType,
  type WireHead,
  type WireRequest,
  type WireResponse,
  wholeBody,
} from '../request.ts';
import { element, namespace, xmlText } from '../xml/text.ts';
import { xmlElement, xmlWriterOf } from '../xml/write.ts';
import { errorMembers, statusOf, type ToldFault, told, typeOf } from './errors.ts';
import { NO_LABELS, type Protocol, type Target } from './protocol.ts';
import { queryCode } from './query-code.ts';

type Answer = (operation: Operation, output: Record<string, unknown>, requestId: string) => string;
type ErrorAnswer = (
  service: ServiceModel | undefined,
  error: ToldFault,
  requestId: string,
) => string;

function formProtocol(name: 'query' | 'ec2', answer: Answer, errorAnswer: ErrorAnswer): Protocol {
  const reader = new FormReader(name);
  const respond = (status: number, body: string): WireResponse => ({
    status,
    headers: { 'Content-Type': 'text/xml' },
    body,
  });
  return {
    name,
    speaks: isForm,
    fits: (service, request) => {
      const form = formOf(request);
      return form.has('Action') && form.get('Version') === service.apiVersion;
    },
    route,
    read: ({ operation: { input }, form }) =>
      input && form ? reader.read(input, formTree(form)) : {},
    write: (operation, output, requestId) =>
      respond(operation.status, answer(operation, output, requestId)),
    fault: (service, fault, requestId) => {
      const error = told(service, fault);
      return respond(statusOf(error, false), errorAnswer(service, error, requestId));
    },
    statusOf: (service, fault) => statusOf(told(service, fault), false),
  };
}

export const query = formProtocol(
  'query',
  ({ service, name, output: shape, resultWrapper }, output, requestId) => {
    // A service that speaks a later protocol too has lost the wrapper's name, which never varied.
    const wrapper = resultWrapper ?? (service.queryCompatible ? `${name}Result` : undefined);
    const content = shape
      ? wrapper === undefined
        ? xmlWriterOf(shape)(output)
        : xmlElement(wrapper, shape, output)
      : '';
    const metadata = element('ResponseMetadata', element('RequestId', xmlText(requestId)));
    return answerElement(`${name}Response`, service, content + metadata);
  },
  (service, error, requestId) => {
    const told =
      element('Type', typeOf(error)) +
      element('Code', xmlText(queryCode(error))) +
      element('Message', xmlText(error.fault.message)) +
      furtherMembers(error);
    const id = element('RequestId', xmlText(requestId));
    return answerElement('ErrorResponse', service, element('Error', told) + id);
  },
);

export const ec2 = formProtocol(
  'ec2',
  ({ service, name, output: shape }, output, requestId) =>
    answerElement(
      `${name}Response`,
      service,
      element('requestId', xmlText(requestId)) + (shape ? xmlWriterOf(shape)(output) : ''),
    ),
  (_service, error, requestId) => {
    const told =
      element('Code', xmlText(queryCode(error))) +
      element('Message', xmlText(error.fault.message)) +
      furtherMembers(error);
    const id = element('RequestID', xmlText(requestId));
    return element('Response', element('Errors', element('Error', told)) + id);
  },
);

function answerElement(name: string, service: ServiceModel | undefined, content: string): string {
  return `<${name}${namespace(service?.xmlNamespace)}>${content}</${name}>`;
}

/** Members of a modelled error beside its message. */
export function furtherMembers(error: ToldFault): string {
  if (!error.shape) return '';
  const members = errorMembers(error);
  const further = Object.entries(members).filter(([name]) => !/^(message|type|code)$/i.test(name));
  return further.length === 0 ? '' : xmlWriterOf(error.shape)(Object.fromEntries(further));
}

/** A form in the body, or parameters in the query string. */
function isForm({ headers, query: parameters }: WireHead): boolean {
  const type = header(headers, 'content-type');
  return (
    parameters.includes('Action=') ||
    (type !== undefined && mediaType(type) === 'application/x-www-form-urlencoded')
  );
}

const forms = new WeakMap<WireRequest, URLSearchParams>();

/** Parameters of a call: the form in the body, or the query string. */
function formOf(request: WireRequest): URLSearchParams {
  let form = forms.get(request);
  if (!form) {
    form = readForm(request);
    forms.set(request, form);
  }
  return form;
}

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
