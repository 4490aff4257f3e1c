/**
 * What one of AWS's protocols is: how it is recognised, how it names operations, how it binds their
 * input and output to HTTP, and how it tells errors. A value each; which of a service's protocols a
 * request speaks is decided per request.
 */
import { Fault } from '../../ground/fault.ts';
import type { Operation, ProtocolName, ServiceModel } from '../model/shapes.ts';
import type { WireHead, WireRequest, WireResponse } from '../request.ts';
import type { EventCodec } from './event-codec.ts';

export interface Protocol {
  readonly name: ProtocolName;
  /** Whether a request is in this protocol, by what stands before its body. */
  speaks(request: WireHead): boolean;
  /** Loads what only this protocol needs; awaited before it reads or writes. */
  prepare?(): Promise<void>;
  /** Whether the request, which is in this protocol, can be for the service. */
  fits(service: ServiceModel, request: WireRequest): boolean;
  /** The operation that is asked for. Throws a Fault where the service has none such. */
  route(service: ServiceModel, request: WireRequest): Target;
  /** What the handler gets, not yet validated. */
  read(target: Target, request: WireRequest): unknown;
  write(operation: Operation, output: Record<string, unknown>, requestId: string): WireResponse;
  /** An error's answer; the service is undefined where the request does not name one. */
  fault(service: ServiceModel | undefined, fault: Fault, requestId: string): WireResponse;
  /** Undefined where the protocol has no streams of events. */
  readonly events?: EventCodec;
  /** The status with which the error is told. */
  statusOf(service: ServiceModel | undefined, fault: Fault): number;
}

/** An operation, with what the routing already took apart. */
export interface Target {
  readonly operation: Operation;
  /** Decoded labels of the path by wire name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Parameters of the query protocol. */
  readonly form: URLSearchParams | undefined;
}

export const NO_LABELS: Readonly<Record<string, string>> = {};

export function unknownOperation(message: string): Fault {
  return new Fault('UnknownOperationException', message);
}
