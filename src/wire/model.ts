/**
 * A service's model as a graph of shapes: operations with their routes and bindings, members with
 * their constraints, errors with their statuses. Read from botocore's `service-2.json`.
 */
import { InvariantError, invariant } from '../ground/invariant.ts';
import { OPTIONAL_MEMBERS } from './quirks.ts';
import { sdkServiceName } from './sdk-names.ts';

/** What tells services apart. */
export interface RawMetadata {
  readonly apiVersion: string;
  readonly endpointPrefix: string;
  readonly protocol: string;
  readonly serviceFullName: string;
  readonly serviceId: string;
  readonly jsonVersion?: string;
  readonly signingName?: string;
  readonly targetPrefix?: string;
  readonly xmlNamespace?: string;
}

/** The parts of botocore's file that are read. */
export interface RawModel {
  readonly operations: Readonly<Record<string, RawOperation>>;
  readonly shapes: Readonly<Record<string, RawShape>>;
}

/** A model whose bulk is read when somebody asks for an operation. */
export interface ModelSource {
  readonly metadata: RawMetadata;
  read(): RawModel;
}

interface RawOperation {
  readonly name: string;
  readonly http: {
    readonly method: string;
    readonly requestUri: string;
    readonly responseCode?: number;
  };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string; readonly resultWrapper?: string };
  readonly errors?: readonly { readonly shape: string }[];
  readonly authtype?: string;
}

interface RawMember {
  readonly shape: string;
  readonly location?: string;
  readonly locationName?: string;
}

interface RawShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, RawMember>>;
  readonly required?: readonly string[];
  readonly member?: RawMember;
  readonly key?: RawMember;
  readonly value?: RawMember;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
  readonly streaming?: boolean;
  readonly payload?: string;
  readonly eventstream?: boolean;
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number };
}

type Location = 'body' | 'uri' | 'querystring' | 'header' | 'statusCode';

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly location: Location;
  /** Name in the body, the header, the query string or the path. */
  readonly wireName: string;
}

interface ShapeBase {
  readonly name: string;
  readonly sensitive: boolean;
}

export interface StructureShape extends ShapeBase {
  readonly type: 'structure';
  readonly members: readonly Member[];
  /** The member that is the whole body. */
  readonly payload: Member | undefined;
  readonly eventStream: boolean;
  readonly error: ErrorTrait | undefined;
}

/** What makes a structure an error. */
interface ErrorTrait {
  readonly code: string;
  /** HTTP status of the rest and query protocols, where the model gives one. */
  readonly status: number | undefined;
  readonly server: boolean;
}

export interface ListShape extends ShapeBase {
  readonly type: 'list';
  readonly member: Shape;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface MapShape extends ShapeBase {
  readonly type: 'map';
  readonly key: Shape;
  readonly value: Shape;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface ScalarShape extends ShapeBase {
  readonly type:
    | 'string'
    | 'integer'
    | 'long'
    | 'float'
    | 'double'
    | 'boolean'
    | 'timestamp'
    | 'blob';
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly pattern: string | undefined;
  readonly enum: readonly string[] | undefined;
}

export type Shape = StructureShape | ListShape | MapShape | ScalarShape;

export type Protocol = 'json' | 'rest-json' | 'query';

export interface Operation {
  readonly service: ServiceModel;
  readonly name: string;
  readonly method: string;
  /** Path template with its fixed query parts, such as `/functions/{Name}?List=ALL`. */
  readonly uri: string;
  /** Status of an ordinary answer. */
  readonly status: number;
  readonly input: StructureShape | undefined;
  readonly output: StructureShape | undefined;
  readonly resultWrapper: string | undefined;
  readonly errors: readonly StructureShape[];
  /** Called before the caller has a key, as AssumeRoleWithWebIdentity is. */
  readonly unsigned: boolean;
  /** Input or output is a stream of framed events. */
  readonly eventStream: boolean;
}

export interface ServiceModel {
  /** The name in the credential scope, such as `states`. */
  readonly id: string;
  readonly fullName: string;
  /** As `aws-sdk` resources name it, such as `sfn`. */
  readonly sdkName: string;
  readonly protocol: Protocol;
  readonly jsonVersion: string;
  readonly apiVersion: string;
  readonly targetPrefix: string | undefined;
  readonly xmlNamespace: string | undefined;
  readonly operations: ReadonlyMap<string, Operation>;
  /** Error shapes by shape name and by error code. */
  readonly errors: ReadonlyMap<string, StructureShape>;
}

const SCALARS: ReadonlySet<string> = new Set<ScalarShape['type']>([
  'string',
  'integer',
  'long',
  'float',
  'double',
  'boolean',
  'timestamp',
  'blob',
]);

/**
 * The graph is built when an operation or an error is first looked at; then this throws
 * InvariantError where the model uses what this layer does not know.
 */
export function readModel({ metadata, read }: ModelSource): ServiceModel {
  let contents: Contents | undefined;
  const built = (): Contents => {
    contents ??= readContents(service, read());
    return contents;
  };
  const service: ServiceModel = {
    id: metadata.signingName ?? metadata.endpointPrefix,
    fullName: metadata.serviceFullName,
    sdkName: sdkServiceName(metadata.serviceId),
    protocol: protocolOf(metadata.protocol),
    jsonVersion: metadata.jsonVersion ?? '1.0',
    apiVersion: metadata.apiVersion,
    targetPrefix: metadata.targetPrefix,
    xmlNamespace: metadata.xmlNamespace,
    get operations() {
      return built().operations;
    },
    get errors() {
      return built().errors;
    },
  };
  return service;
}

type Contents = Pick<ServiceModel, 'operations' | 'errors'>;

function readContents(service: ServiceModel, raw: RawModel): Contents {
  const graph = new ShapeGraph(raw.shapes);
  const errors = new Map<string, StructureShape>();
  for (const [name, shape] of Object.entries(raw.shapes)) {
    if (!shape.exception) continue;
    const error = graph.structure(name);
    errors.set(name, error);
    errors.set(error.error!.code, error);
  }
  const operations = new Map<string, Operation>();
  for (const operation of Object.values(raw.operations)) {
    operations.set(operation.name, readOperation(service, graph, operation));
  }
  return { operations, errors };
}

function protocolOf(text: string): Protocol {
  invariant(
    text === 'json' || text === 'rest-json' || text === 'query',
    `protocol ${text} is not known here`,
  );
  return text;
}

function readOperation(service: ServiceModel, graph: ShapeGraph, raw: RawOperation): Operation {
  const input = raw.input && graph.structure(raw.input.shape);
  const output = raw.output && graph.structure(raw.output.shape);
  const streams = (shape: StructureShape | undefined): boolean =>
    shape?.members.some(({ shape: s }) => s.type === 'structure' && s.eventStream) ?? false;
  return {
    service,
    name: raw.name,
    method: raw.http.method,
    uri: raw.http.requestUri,
    status: raw.http.responseCode ?? 200,
    input,
    output,
    resultWrapper: raw.output?.resultWrapper,
    errors: (raw.errors ?? []).map(({ shape }) => graph.structure(shape)),
    unsigned: raw.authtype === 'none',
    eventStream: streams(input) || streams(output),
  };
}

type Building<T> = { -readonly [K in keyof T]: T[K] };

/** Shapes by name, each built once; a shape may contain itself. */
class ShapeGraph {
  readonly #raw: RawModel['shapes'];
  readonly #built = new Map<string, Shape>();

  constructor(raw: RawModel['shapes']) {
    this.#raw = raw;
  }

  structure(name: string): StructureShape {
    const shape = this.shape(name);
    invariant(shape.type === 'structure', `shape ${name} is no structure`);
    return shape;
  }

  shape(name: string): Shape {
    const known = this.#built.get(name);
    if (known) return known;
    const raw = this.#raw[name];
    invariant(raw, `the model has no shape ${name}`);
    switch (raw.type) {
      case 'structure':
        return this.#structure(name, raw);
      case 'list':
        return this.#list(name, raw);
      case 'map':
        return this.#map(name, raw);
      default:
        return this.#scalar(name, raw);
    }
  }

  #structure(name: string, raw: RawShape): StructureShape {
    const shape: Building<StructureShape> = {
      ...base(name, raw),
      type: 'structure',
      members: [],
      payload: undefined,
      eventStream: raw.eventstream ?? false,
      error: raw.exception ? errorTrait(name, raw) : undefined,
    };
    this.#built.set(name, shape);
    shape.members = Object.entries(raw.members ?? {}).map(([key, member]) =>
      this.#member(key, member, raw, name),
    );
    shape.payload = shape.members.find((member) => member.name === raw.payload);
    return shape;
  }

  #member(name: string, raw: RawMember, owner: RawShape, ownerName: string): Member {
    return {
      name,
      shape: this.shape(raw.shape),
      required:
        (owner.required?.includes(name) ?? false) && !OPTIONAL_MEMBERS.has(`${ownerName}.${name}`),
      location: locationOf(raw.location),
      wireName: raw.locationName ?? name,
    };
  }

  #list(name: string, raw: RawShape): ListShape {
    const shape = { ...base(name, raw), type: 'list', min: raw.min, max: raw.max } as Building<
      Omit<ListShape, 'member'>
    >;
    this.#built.set(name, shape as ListShape);
    return Object.assign(shape, { member: this.shape(raw.member!.shape) });
  }

  #map(name: string, raw: RawShape): MapShape {
    const shape = { ...base(name, raw), type: 'map', min: raw.min, max: raw.max } as Building<
      Omit<MapShape, 'key' | 'value'>
    >;
    this.#built.set(name, shape as MapShape);
    return Object.assign(shape, {
      key: this.shape(raw.key!.shape),
      value: this.shape(raw.value!.shape),
    });
  }

  #scalar(name: string, raw: RawShape): ScalarShape {
    invariant(SCALARS.has(raw.type), `type ${raw.type} is not known here`);
    const shape: ScalarShape = {
      ...base(name, raw),
      type: raw.type as ScalarShape['type'],
      min: raw.min,
      max: raw.max,
      pattern: raw.pattern,
      enum: raw.enum,
    };
    this.#built.set(name, shape);
    return shape;
  }
}

function base(name: string, raw: RawShape): ShapeBase {
  return { name, sensitive: raw.sensitive ?? false };
}

function errorTrait(name: string, raw: RawShape): ErrorTrait {
  return {
    code: raw.error?.code ?? name,
    status: raw.error?.httpStatusCode,
    server: raw.fault ?? false,
  };
}

function locationOf(text: string | undefined): Location {
  switch (text) {
    case undefined:
      return 'body';
    case 'uri':
    case 'querystring':
    case 'header':
    case 'statusCode':
      return text;
    default:
      throw new InvariantError(`location ${text} is not known here`);
  }
}
