/** All protocols, and which of them a request speaks. */
import type { ProtocolName, ServiceModel } from '../model/shapes.ts';
import type { WireHead } from '../request.ts';
import { cbor } from './cbor.ts';
import { json } from './json.ts';
import type { Protocol } from './protocol.ts';
import { ec2, query } from './query.ts';
import { restJson } from './rest-json.ts';
import { restXml } from './rest-xml.ts';

const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  cbor,
  json,
  query,
  ec2,
  'rest-json': restJson,
  'rest-xml': restXml,
};

/** In which a request is answered whose service is not known: by its form. */
const BY_FORM: readonly Protocol[] = [cbor, json, query, restJson];

const known = new WeakMap<ServiceModel, readonly Protocol[]>();

/** The first protocol of the service that the request speaks; its last one where it speaks none. */
export function protocolOf(service: ServiceModel | undefined, request: WireHead): Protocol {
  const protocols = service ? protocolsOf(service) : BY_FORM;
  if (protocols.length === 1) return protocols[0]!;
  return protocols.find((protocol) => protocol.speaks(request)) ?? protocols.at(-1)!;
}

/** In the model's order. */
export function protocolsOf(service: ServiceModel): readonly Protocol[] {
  let protocols = known.get(service);
  if (!protocols) {
    protocols = service.protocols.map((name) => PROTOCOLS[name]);
    known.set(service, protocols);
  }
  return protocols;
}
