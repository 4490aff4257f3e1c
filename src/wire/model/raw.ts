/**
 * botocore's `service-2.json` as it lies in the file: every member that is read, and no other. What
 * each trait means here, and which ones are passed over and why, is said in `traits.ts`.
 */
import type { Quirks } from '../quirks.ts';

/** A model whose bulk is read when an operation or an error is first asked for. */
export interface ModelSource {
  /** Of the service throughout the product; see `ServiceModel.id`. */
  readonly id: string;
  readonly metadata: RawMetadata;
  readonly quirks?: Quirks | undefined;
  read(): RawModel;
}

/** What tells services apart. */
export interface RawMetadata {
  readonly apiVersion: string;
  readonly endpointPrefix: string;
  readonly protocol: string;
  /** In the order in which a client should prefer them. */
  readonly protocols?: readonly string[];
  readonly serviceFullName: string;
  readonly serviceId: string;
  readonly jsonVersion?: string;
  readonly signingName?: string;
  readonly targetPrefix?: string;
  readonly xmlNamespace?: string;
  /** Callers of the query protocol of old are still answered. */
  readonly awsQueryCompatible?: object;
}

export interface RawModel {
  readonly operations: Readonly<Record<string, RawOperation>>;
  readonly shapes: Readonly<Record<string, RawShape>>;
}

export interface RawOperation {
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
  readonly auth?: readonly string[];
  readonly deprecated?: boolean;
  readonly endpoint?: { readonly hostPrefix?: string };
  readonly httpChecksum?: {
    readonly requestAlgorithmMember?: string;
    readonly requestChecksumRequired?: boolean;
  };
  readonly httpChecksumRequired?: boolean;
}

export interface RawXmlNamespace {
  readonly uri: string;
  readonly prefix?: string;
}

/** Traits that a member may have and the shape behind it too; the member's go first. */
interface RawBinding {
  readonly locationName?: string;
  readonly timestampFormat?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly xmlNamespace?: RawXmlNamespace;
  readonly enum?: readonly string[];
}

export interface RawMember extends RawBinding {
  readonly shape: string;
  readonly location?: string;
  readonly queryName?: string;
  readonly xmlAttribute?: boolean;
  readonly hostLabel?: boolean;
  readonly jsonvalue?: boolean;
  readonly eventpayload?: boolean;
  readonly eventheader?: boolean;
}

export interface RawShape extends RawBinding {
  readonly type: string;
  readonly members?: Readonly<Record<string, RawMember>>;
  readonly required?: readonly string[];
  readonly member?: RawMember;
  readonly key?: RawMember;
  readonly value?: RawMember;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
  readonly payload?: string;
  readonly eventstream?: boolean;
  readonly event?: boolean;
  readonly xmlOrder?: readonly string[];
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly error?: {
    readonly code?: string;
    readonly httpStatusCode?: number;
    readonly senderFault?: boolean;
  };
}
