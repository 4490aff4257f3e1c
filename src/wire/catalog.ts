/**
 * All services that are known, by id, and which of them a request is for: one of those that its
 * credential scope names, told apart by target, path or form. An unsigned request names its service
 * by the host, the target's prefix, the Action with its Version or the path. No operation is named in
 * code, and no model is read whole for a request that can be placed without.
 */
import { type Address, addressesOf } from './address.ts';
import type { ModelSource } from './model/raw.ts';
import { readModel } from './model/read.ts';
import type { ServiceModel } from './model/shapes.ts';
import { protocolOf } from './protocol/table.ts';
import { header, type WireRequest } from './request.ts';

/** Names of this server under which host names of services are understood: `s3.localhost`. */
const OWN_SUFFIXES: readonly string[] = ['localhost'];

export class Catalog {
  readonly services: ReadonlyMap<string, ServiceModel>;
  /** Those whose paths may be anything come last. */
  readonly #all: readonly ServiceModel[];
  readonly #bySigningName = new Map<string, ServiceModel[]>();
  /** What host names can name: the last labels of endpoints. */
  readonly #hostLabels: ReadonlySet<string>;

  constructor(models: readonly ModelSource[]) {
    const services = models.map(readModel);
    this.services = new Map(services.map((service) => [service.id, service]));
    const anyPath = ({ protocols }: ServiceModel): boolean => protocols.includes('rest-xml');
    this.#all = [...services.filter((one) => !anyPath(one)), ...services.filter(anyPath)];
    this.#hostLabels = new Set(services.map((one) => one.endpointPrefix.split('.').at(-1)!));
    for (const service of services) {
      for (const name of service.signingNames) {
        const sharing = this.#bySigningName.get(name);
        if (sharing) sharing.push(service);
        else this.#bySigningName.set(name, [service]);
      }
    }
  }

  /** The service that a request is for; `scope` is the service of its credential scope. */
  serviceOf(request: WireRequest, scope: string | undefined): ServiceModel | undefined {
    const among = scope === undefined ? this.#all : this.#bySigningName.get(scope);
    if (among === undefined || among.length === 1) return among?.[0];
    const found = addressed(this.#hosted(among, request) ?? among, request);
    return found ?? (scope === undefined ? undefined : among[0]);
  }

  /** Those of the services that the host names; undefined where it names none of them. */
  #hosted(
    services: readonly ServiceModel[],
    { headers }: WireRequest,
  ): readonly ServiceModel[] | undefined {
    const addresses = addressesOf(header(headers, 'host'), this.#hostLabels, OWN_SUFFIXES);
    const named = services.filter(({ endpointPrefix }) =>
      addresses.some((address) => isAt(address, endpointPrefix)),
    );
    const longest = Math.max(...named.map(({ endpointPrefix }) => endpointPrefix.length));
    const best = named.filter(({ endpointPrefix }) => endpointPrefix.length === longest);
    return best.length > 0 ? best : undefined;
  }
}

/** An endpoint may be more than one label: `streams.dynamodb`. */
function isAt({ service, resource }: Address, endpoint: string): boolean {
  if (service === undefined) return false;
  return `.${resource === undefined ? service : `${resource}.${service}`}`.endsWith(`.${endpoint}`);
}

/** The first of the services that the request's own form fits; the only one fits in any case. */
function addressed(
  services: readonly ServiceModel[],
  request: WireRequest,
): ServiceModel | undefined {
  if (services.length === 1) return services[0];
  return services.find((service) => {
    const protocol = protocolOf(service, request);
    return protocol.speaks(request) && protocol.fits(service, request);
  });
}
