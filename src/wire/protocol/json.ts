/**
 * JSON 1.0 and 1.1: X-Amz-Target names the operation, the body is the input. Errors are 400 or 500
 * with `{"__type": code, "message": …, members}`; clients of the query protocol of old find its code
 * in x-amzn-query-error (Smithy: AWS query compatible protocols).
 */

import { printerOf } from '../json/print.ts';
import { jsonReader, parseBody } from '../json/read.ts';
import { jsonWriter } from '../json/write.ts';
import type { ServiceModel } from '../model/shapes.ts';
import { header, mediaType, type WireHead, wholeBody } from '../request.ts';
import { errorName, jsonError, statusOf, told } from './errors.ts';
import { jsonEvents } from './event-codec.ts';
import { NO_LABELS, type Protocol, type Target, unknownOperation } from './protocol.ts';
import { queryErrorHeader } from './query-code.ts';

const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/x-amz-json-1.0',
  'application/x-amz-json-1.1',
  'application/json',
]);

export const json: Protocol = {
  name: 'json',

  speaks: ({ headers }) => headers['x-amz-target'] !== undefined,

  fits: (service, { headers }) =>
    targetPrefixOf(header(headers, 'x-amz-target') ?? '') === service.targetPrefix,

  route,

  read({ operation }, request) {
    return jsonReader.of(operation.input!)(parseBody(wholeBody(request)));
  },

  write({ service, status, output: shape }, output) {
    return {
      status,
      headers: contentType(service),
      body: shape ? printerOf(shape)(jsonWriter.of(shape)(output)) : '',
    };
  },

  fault(service, fault) {
    const error = told(service, fault);
    return {
      status: statusOf(error, true),
      headers: { ...contentType(service), ...queryErrorHeader(service, error) },
      body: JSON.stringify({ __type: errorName(error), ...jsonError(error) }),
    };
  },

  statusOf: (service, fault) => statusOf(told(service, fault), true),

  events: jsonEvents({ opens: true, contentType: typeOf }),
};

function contentType(service: ServiceModel | undefined): Record<string, string> {
  return { 'Content-Type': typeOf(service) };
}

function typeOf(service: ServiceModel | undefined): string {
  return `application/x-amz-json-${service?.jsonVersion ?? '1.0'}`;
}

function route(service: ServiceModel, { method, headers }: WireHead): Target {
  const target = header(headers, 'x-amz-target');
  if (target === undefined || method !== 'POST') {
    throw unknownOperation(`${service.fullName} takes POST requests with a header X-Amz-Target`);
  }
  const operation =
    targetPrefixOf(target) === service.targetPrefix
      ? service.operations.get(target.slice(service.targetPrefix.length + 1))
      : undefined;
  if (!operation) throw unknownOperation(`${service.fullName} has no operation ${target}`);
  const type = header(headers, 'content-type');
  if (type !== undefined && !JSON_TYPES.has(mediaType(type))) {
    throw unknownOperation(
      `Content-Type ${type} is not application/x-amz-json-${service.jsonVersion}`,
    );
  }
  return { operation, labels: NO_LABELS, form: undefined };
}

/** Of `Prefix_20200101.Operation`, what comes before the last point. */
function targetPrefixOf(target: string): string {
  return target.slice(0, Math.max(0, target.lastIndexOf('.')));
}
