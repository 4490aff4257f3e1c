/** Numbers for the services of one trace, by which its facts name them. */
import type { Service } from './infer.ts';

/** Indexes of services, in the order in which they are met. */
export class ServiceIndex {
  readonly services: Service[] = [];
  readonly #byKey = new Map<string, number>();

  of(service: Service): number {
    const key = `${service.name}\n${service.type}\n${service.account}`;
    let index = this.#byKey.get(key);
    if (index === undefined) {
      index = this.services.length;
      this.#byKey.set(key, index);
      this.services.push(service);
    }
    return index;
  }
}
