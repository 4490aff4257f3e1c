/**
 * Which operation of which service a request asks for. The service is named by the credential
 * scope, else by the target prefix, the query protocol's Action or the path; never by the host,
 * which SDKs prefix as they like. The operation: X-Amz-Target (json), method and path (rest-json),
 * Action (query). No operation is named in code.
 */
import { Fault } from '../ground/fault.ts';
import { textOf } from './bytes.ts';
import { type ModelSource, type Operation, readModel, type ServiceModel } from './model.ts';
import { PathTree } from './paths.ts';
import { header, mediaType, type WireRequest } from './request.ts';

/** An operation, with what the routing already took apart. */
export interface Target {
  readonly operation: Operation;
  /** Decoded labels of the path by wire name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Parameters of the query protocol. */
  readonly form: URLSearchParams | undefined;
}

const NO_LABELS: Readonly<Record<string, string>> = {};
const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/x-amz-json-1.0',
  'application/x-amz-json-1.1',
  'application/json',
]);

/** All services that are known, with their routes. */
export class Catalog {
  readonly services: ReadonlyMap<string, ServiceModel>;
  readonly #byPrefix = new Map<string, ServiceModel>();
  readonly #paths = new Map<string, PathTree>();

  constructor(models: readonly ModelSource[]) {
    const services = new Map<string, ServiceModel>();
    for (const source of models) {
      const service = readModel(source);
      services.set(service.id, service);
      if (service.targetPrefix) this.#byPrefix.set(service.targetPrefix, service);
    }
    this.services = services;
  }

  /** The service that a request is for, by `scope` (a credential scope's service) or its form. */
  serviceOf(request: WireRequest, scope: string | undefined): ServiceModel | undefined {
    if (scope !== undefined) return this.services.get(scope);
    const target = header(request.headers, 'x-amz-target');
    if (target !== undefined) return this.#byPrefix.get(prefixOf(target));
    const action = isForm(request) ? formOf(request) : undefined;
    if (action?.has('Action')) {
      const version = action.get('Version');
      return [...this.services.values()].find(
        (service) => service.protocol === 'query' && service.apiVersion === version,
      );
    }
    return [...this.services.values()].find(
      (service) =>
        service.protocol === 'rest-json' &&
        this.#pathsOf(service).find(request.method, request.path, request.query),
    );
  }

  /** The operation of a service. Throws UnknownOperationException, or InvalidAction for query. */
  route(service: ServiceModel, request: WireRequest): Target {
    switch (service.protocol) {
      case 'json':
        return jsonTarget(service, request);
      case 'query':
        return queryTarget(service, request);
      case 'rest-json': {
        const found = this.#pathsOf(service).find(request.method, request.path, request.query);
        if (found) return { ...found, form: undefined };
        throw unknown(`${service.fullName} has no operation at ${request.method} ${request.path}`);
      }
    }
  }

  #pathsOf(service: ServiceModel): PathTree {
    let tree = this.#paths.get(service.id);
    if (!tree) {
      tree = new PathTree(service.operations.values());
      this.#paths.set(service.id, tree);
    }
    return tree;
  }
}

function jsonTarget(service: ServiceModel, request: WireRequest): Target {
  const target = header(request.headers, 'x-amz-target');
  if (target === undefined || request.method !== 'POST') {
    throw unknown(`${service.fullName} takes POST requests with a header X-Amz-Target`);
  }
  const operation =
    prefixOf(target) === service.targetPrefix
      ? service.operations.get(target.slice(service.targetPrefix.length + 1))
      : undefined;
  if (!operation) throw unknown(`${service.fullName} has no operation ${target}`);
  const type = header(request.headers, 'content-type');
  if (type !== undefined && !JSON_TYPES.has(mediaType(type))) {
    throw unknown(`Content-Type ${type} is not application/x-amz-json-${service.jsonVersion}`);
  }
  return { operation, labels: NO_LABELS, form: undefined };
}

function queryTarget(service: ServiceModel, request: WireRequest): Target {
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

function unknown(message: string): Fault {
  return new Fault('UnknownOperationException', message);
}

function prefixOf(target: string): string {
  return target.slice(0, Math.max(0, target.lastIndexOf('.')));
}

function isForm(request: WireRequest): boolean {
  const type = header(request.headers, 'content-type');
  return (
    request.query.includes('Action=') ||
    (type !== undefined && mediaType(type) === 'application/x-www-form-urlencoded')
  );
}

/** Parameters of the query protocol: the form in the body, or the query string. */
function formOf(request: WireRequest): URLSearchParams {
  if (request.body.length === 0) return new URLSearchParams(request.query);
  const text = textOf(request.body);
  if (text === undefined) throw new Fault('MalformedInput', 'The request body is not UTF-8.');
  return new URLSearchParams(text);
}
