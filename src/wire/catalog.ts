/**
 * All services that are known, by id, and which of them a request is for: one of those that its
 * credential scope names, told apart by target, path or form; of an unsigned request by the target's
 * prefix, the Action with its Version, the path. No operation is named in code.
 */

import type { ModelSource } from './model/raw.ts';
import { readModel } from './model/read.ts';
import type { ServiceModel } from './model/shapes.ts';
import { protocolOf } from './protocol/table.ts';
import type { WireRequest } from './request.ts';

export class Catalog {
  readonly services: ReadonlyMap<string, ServiceModel>;
  readonly #bySigningName = new Map<string, ServiceModel[]>();

  constructor(models: readonly ModelSource[]) {
    const services = models.map(readModel);
    this.services = new Map(services.map((service) => [service.id, service]));
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
    if (scope === undefined) return addressed([...this.services.values()], request);
    const sharing = this.#bySigningName.get(scope);
    if (sharing === undefined || sharing.length === 1) return sharing?.[0];
    return addressed(sharing, request) ?? sharing[0];
  }
}

/** The first of the services that the request's own form fits. */
function addressed(
  services: readonly ServiceModel[],
  request: WireRequest,
): ServiceModel | undefined {
  return services.find((service) => {
    const protocol = protocolOf(service, request);
    return protocol.speaks(request) && protocol.fits(service, request);
  });
}
