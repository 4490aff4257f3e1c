/**
 * The ports that one of the services stands behind. They are there before the services are opened;
 * the composition fills them once, before anything starts. Where no service stands behind one,
 * nothing is written and nothing is found.
 */
import type { Place } from '../ground/arn.ts';
import type { Json } from '../ground/json.ts';
import type { AwsService, Provided } from './aws-service.ts';
import type { ExecutionReads } from './ports/executions.ts';
import type { LogEvent } from './ports/logs.ts';
import type { SampledService } from './ports/traces.ts';

export class Seats implements Required<Provided> {
  #behind: Provided = {};

  fill(services: readonly Pick<AwsService, 'provides'>[]): void {
    this.#behind = Object.assign({}, ...services.map(({ provides }) => provides));
  }

  readonly logs: Required<Provided>['logs'] = {
    append: (place: Place, group: string, stream: string, events: readonly LogEvent[]) =>
      this.#behind.logs?.append(place, group, stream, events),
  };

  readonly traces: Required<Provided>['traces'] = {
    record: async (place: Place, documents: readonly Json[]) =>
      this.#behind.traces?.record(place, documents),
    sample: (place: Place, request: SampledService) =>
      this.#behind.traces?.sample(place, request) ?? false,
  };

  readonly executions: ExecutionReads = {
    list: async (query) => (await this.#behind.executions?.list(query)) ?? { items: [] },
    headByArn: async (arn) => this.#behind.executions?.headByArn(arn),
    history: async (head, page) => (await this.#behind.executions?.history(head, page)) ?? [],
    definition: async (head) => this.#behind.executions?.definition(head),
  };
}
