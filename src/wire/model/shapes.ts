/**
 * A service's model as a graph: operations with their routes and bindings, members with their
 * places on the wire and their constraints, errors with their codes. Types alone; `read.ts` builds.
 */
import type { Quirks } from '../quirks.ts';

export type ProtocolName = 'json' | 'rest-json' | 'rest-xml' | 'query' | 'ec2' | 'cbor';

type Location = 'body' | 'uri' | 'querystring' | 'header' | 'headers' | 'statusCode';

export type TimestampFormat = 'iso8601' | 'rfc822' | 'unixTimestamp';

export interface XmlNamespace {
  readonly uri: string;
  readonly prefix: string | undefined;
}

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly location: Location;
  /**
   * Name in the body, the header, the query string or the path; of location `headers`, what the
   * names of its headers begin with.
   */
  readonly wireName: string;
  /** Name of its element in XML. */
  readonly xmlName: string;
  /** Name in forms of EC2, where it is another. */
  readonly queryName: string | undefined;
  /** Elements of a list or map stand beside the other members, without a wrapper. */
  readonly flattened: boolean;
  readonly xmlAttribute: boolean;
  readonly xmlNamespace: XmlNamespace | undefined;
  /** Also a part of the host name. */
  readonly hostLabel: boolean;
  /** Of an event: its body, or one of its headers. */
  readonly event: 'payload' | 'header' | undefined;
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
  /** Its members are the kinds of events of a stream. */
  readonly eventStream: boolean;
  /** The name of its element in XML. */
  readonly xmlName: string | undefined;
  /** Members in the order in which XML has them, where it is another than the model's. */
  readonly xmlOrder: readonly string[] | undefined;
  readonly error: ErrorTrait | undefined;
}

/** What makes a structure an error. */
export interface ErrorTrait {
  /** Of the query protocol; the others tell the shape's name. */
  readonly code: string;
  /** HTTP status of the rest and query protocols, where the model gives one. */
  readonly status: number | undefined;
  readonly server: boolean;
}

export interface ListShape extends ShapeBase {
  readonly type: 'list';
  readonly member: Shape;
  /** Element of one item in XML, and in forms. */
  readonly memberName: string | undefined;
  readonly flattened: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface MapShape extends ShapeBase {
  readonly type: 'map';
  readonly key: Shape;
  readonly value: Shape;
  readonly keyName: string;
  readonly valueName: string;
  readonly flattened: boolean;
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
  /** Order in which messages list the enum, where it was recorded. */
  readonly enumOrder: readonly string[] | undefined;
  /** Lengths are those of the UTF-8 text. */
  readonly countedInBytes: boolean;
  /** In place of what the protocol writes in that place. */
  readonly timestampFormat: TimestampFormat | undefined;
  /** A blob that is handed on as it comes, never held whole. */
  readonly streaming: boolean;
  /** A text that is JSON: base64 in a header. */
  readonly jsonValue: boolean;
}

export type Shape = StructureShape | ListShape | MapShape | ScalarShape;

export interface Operation {
  readonly service: ServiceModel;
  readonly name: string;
  readonly method: string;
  /** Path template with its fixed query parts, such as `/functions/{Name}?List=ALL`. */
  readonly uri: string;
  /** What clients put before the host name, with its labels: `sync-`, `{RequestRoute}.`. */
  readonly hostPrefix: string | undefined;
  /** Status of an ordinary answer. */
  readonly status: number;
  readonly input: StructureShape | undefined;
  readonly output: StructureShape | undefined;
  readonly resultWrapper: string | undefined;
  readonly errors: readonly StructureShape[];
  /** Called before the caller has a key, as AssumeRoleWithWebIdentity is. */
  readonly unsigned: boolean;
  /** Of two operations at one place, the one that is not. */
  readonly deprecated: boolean;
  /** Whether a request promises a checksum of its body: it must, it may, it is not looked for. */
  readonly checksum: 'required' | 'optional' | undefined;
  /** The body is one blob that comes, or goes, as a stream. */
  readonly streamsInput: boolean;
  readonly streamsOutput: boolean;
  /** The body is a stream of framed events. */
  readonly eventStreamInput: boolean;
  readonly eventStreamOutput: boolean;
}

export interface ServiceModel {
  /** The name of its model's file and of its folder: `states`, `dynamodbstreams`. */
  readonly id: string;
  readonly fullName: string;
  /** As `aws-sdk` resources name it, such as `sfn`. */
  readonly sdkName: string;
  /** Its names in credential scopes; several services may share one. */
  readonly signingNames: readonly string[];
  /** What its host name begins with. */
  readonly endpointPrefix: string;
  /** In the model's order, the old query protocol last where it is still answered. */
  readonly protocols: readonly ProtocolName[];
  /** Clients of the query protocol of old read its error codes from a header. */
  readonly queryCompatible: boolean;
  readonly jsonVersion: string;
  readonly apiVersion: string;
  readonly targetPrefix: string | undefined;
  readonly xmlNamespace: string | undefined;
  readonly quirks: Quirks;
  readonly operations: ReadonlyMap<string, Operation>;
  /** Error shapes by shape name and by error code. */
  readonly errors: ReadonlyMap<string, StructureShape>;
}
