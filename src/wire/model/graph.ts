/** Shapes by name, each built once; a shape may contain itself. */
import { InvariantError, invariant } from '../../ground/invariant.ts';
import type { RawMember, RawModel, RawShape, RawXmlNamespace } from './raw.ts';
import type {
  ErrorTrait,
  ListShape,
  MapShape,
  Member,
  ScalarShape,
  ServiceModel,
  Shape,
  StructureShape,
  TimestampFormat,
  XmlNamespace,
} from './shapes.ts';

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

type Building<T> = { -readonly [K in keyof T]: T[K] };

export class ShapeGraph {
  readonly #raw: RawModel['shapes'];
  readonly #service: ServiceModel;
  readonly #built = new Map<string, Shape>();

  constructor(raw: RawModel['shapes'], service: ServiceModel) {
    this.#raw = raw;
    this.#service = service;
  }

  structure(name: string): StructureShape {
    const shape = this.shape(name);
    invariant(shape.type === 'structure', `shape ${name} is no structure`);
    return shape;
  }

  shape(name: string): Shape {
    const known = this.#built.get(name);
    if (known) return known;
    const raw = this.#rawShape(name);
    switch (raw.type) {
      case 'structure':
        return this.#structure(name, raw);
      case 'list':
        return this.#list(name, raw);
      case 'map':
        return this.#map(name, raw);
      default: {
        const shape = this.#scalar(name, raw);
        this.#built.set(name, shape);
        return shape;
      }
    }
  }

  #rawShape(name: string): RawShape {
    const raw = this.#raw[name];
    invariant(raw, `the model of ${this.#service.id} has no shape ${name}`);
    return raw;
  }

  #structure(name: string, raw: RawShape): StructureShape {
    const shape: Building<StructureShape> = {
      ...base(name, raw),
      type: 'structure',
      members: [],
      payload: undefined,
      eventStream: raw.eventstream ?? false,
      xmlName: raw.locationName,
      xmlOrder: raw.xmlOrder,
      error: raw.exception ? this.#error(name, raw) : undefined,
    };
    this.#built.set(name, shape);
    shape.members = Object.entries(raw.members ?? {}).map(([key, member]) =>
      this.#member(key, member, raw, name),
    );
    shape.payload = shape.members.find((member) => member.name === raw.payload);
    return shape;
  }

  #error(name: string, { error, fault }: RawShape): ErrorTrait {
    const old = this.#service.quirks.query?.errors?.[name];
    return {
      code: old?.code ?? error?.code ?? name,
      status: old?.status ?? error?.httpStatusCode,
      server: fault ?? error?.senderFault === false,
    };
  }

  #member(name: string, raw: RawMember, owner: RawShape, ownerName: string): Member {
    const behind = this.#rawShape(raw.shape);
    const path = `${ownerName}.${name}`;
    const { optionalMembers, query } = this.#service.quirks;
    const wireName = raw.locationName ?? behind.locationName ?? name;
    return {
      name,
      shape: this.#memberShape(raw, behind),
      required: (owner.required?.includes(name) ?? false) && !optionalMembers?.includes(path),
      location: locationOf(raw.location),
      wireName,
      xmlName: query?.names?.[path] ?? wireName,
      queryName: raw.queryName,
      flattened: raw.flattened ?? behind.flattened ?? false,
      xmlAttribute: raw.xmlAttribute ?? false,
      xmlNamespace: namespaceOf(raw.xmlNamespace ?? behind.xmlNamespace),
      hostLabel: raw.hostLabel ?? false,
      event: raw.eventpayload ? 'payload' : raw.eventheader ? 'header' : undefined,
    };
  }

  /** A simple shape with traits of its member is a shape of its own. */
  #memberShape(raw: RawMember, behind: RawShape): Shape {
    const { timestampFormat, streaming, jsonvalue, enum: values } = raw;
    const own = timestampFormat ?? streaming ?? jsonvalue ?? values;
    if (own === undefined || !SCALARS.has(behind.type)) return this.shape(raw.shape);
    return this.#scalar(raw.shape, { ...behind, ...raw });
  }

  #list(name: string, raw: RawShape): ListShape {
    const shape = {
      ...base(name, raw),
      type: 'list',
      memberName: this.#partName(name, 'member') ?? raw.member!.locationName,
      flattened: raw.flattened ?? false,
      min: raw.min,
      max: raw.max,
    } as Building<Omit<ListShape, 'member'>>;
    this.#built.set(name, shape as ListShape);
    return Object.assign(shape, { member: this.shape(raw.member!.shape) });
  }

  #map(name: string, raw: RawShape): MapShape {
    const shape = {
      ...base(name, raw),
      type: 'map',
      keyName: this.#partName(name, 'key') ?? raw.key!.locationName ?? 'key',
      valueName: this.#partName(name, 'value') ?? raw.value!.locationName ?? 'value',
      flattened: raw.flattened ?? false,
      min: raw.min,
      max: raw.max,
    } as Building<Omit<MapShape, 'key' | 'value'>>;
    this.#built.set(name, shape as MapShape);
    return Object.assign(shape, {
      key: this.shape(raw.key!.shape),
      value: this.shape(raw.value!.shape),
    });
  }

  #partName(shape: string, part: string): string | undefined {
    return this.#service.quirks.query?.names?.[`${shape}.${part}`];
  }

  #scalar(name: string, raw: RawShape & { readonly jsonvalue?: boolean }): ScalarShape {
    invariant(SCALARS.has(raw.type), `type ${raw.type} is not known here`);
    const { enumOrders, openEnums, countedInBytes } = this.#service.quirks;
    return {
      ...base(name, raw),
      type: raw.type as ScalarShape['type'],
      min: raw.min,
      max: raw.max,
      pattern: raw.pattern,
      enum: openEnums?.includes(name) ? undefined : raw.enum,
      enumOrder: enumOrders?.[name],
      countedInBytes: countedInBytes?.includes(name) ?? false,
      timestampFormat: formatOf(raw.timestampFormat),
      streaming: raw.streaming ?? false,
      jsonValue: raw.jsonvalue ?? false,
    };
  }
}

function base(name: string, raw: RawShape): { name: string; sensitive: boolean } {
  return { name, sensitive: raw.sensitive ?? false };
}

function namespaceOf(raw: RawXmlNamespace | undefined): XmlNamespace | undefined {
  return raw && { uri: raw.uri, prefix: raw.prefix };
}

function formatOf(text: string | undefined): TimestampFormat | undefined {
  switch (text) {
    case undefined:
    case 'iso8601':
    case 'rfc822':
    case 'unixTimestamp':
      return text;
    default:
      throw new InvariantError(`timestamp format ${text} is not known here`);
  }
}

function locationOf(text: string | undefined): Member['location'] {
  switch (text) {
    case undefined:
      return 'body';
    case 'uri':
    case 'querystring':
    case 'header':
    case 'headers':
    case 'statusCode':
      return text;
    default:
      throw new InvariantError(`location ${text} is not known here`);
  }
}
