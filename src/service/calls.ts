/**
 * How one service asks another: the same door as that of a request, with the same checks of the
 * input, only without a wire in between.
 */
import { Fault } from '../ground/fault.ts';
import type { Catalog } from '../wire/catalog.ts';
import type { Dispatcher } from '../wire/dispatch.ts';
import type { Operation } from '../wire/model/shapes.ts';
import type { CallContext } from '../wire/operations.ts';

export type CallOutput = Readonly<Record<string, unknown>>;

export class AwsCalls {
  readonly #dispatcher: Dispatcher;

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  /** The models of the services here. */
  get catalog(): Catalog {
    return this.#dispatcher.catalog;
  }

  /** Input and output in the shapes of the SDK. Rejects with a Fault and nothing else. */
  async call(
    service: string,
    operation: string,
    input: object,
    context: CallContext,
  ): Promise<CallOutput> {
    const found = this.catalog.services.get(service)?.operations.get(operation);
    if (!found) {
      const message = `Steplight does not implement ${service}:${operation}.`;
      throw new Fault('NotImplemented', message, { side: 'server' });
    }
    return this.send(found, () => input, context);
  }

  /** The same, where what makes the input may refuse it with a Fault. */
  send(operation: Operation, input: () => unknown, context: CallContext): Promise<CallOutput> {
    return this.#dispatcher.call(operation, input, context);
  }

  /** True where a service here has a handler for it. */
  implements(operation: Operation): boolean {
    return this.#dispatcher.implements(operation);
  }
}
