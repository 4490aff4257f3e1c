/** The event bus, put together: what feeds it, and the stream that tells of it. */
import { EventStream } from '../../edge/http/status-changes.ts';
import type { Logger } from '../../ground/log.ts';
import type { Tools } from '../../ground/tools.ts';
import { EventBus } from '../../service/events/bus.ts';
import { eventProjector } from '../../service/events/projector.ts';
import type { Projector } from '../../service/ports/projector.ts';
import type { Config } from '../config.ts';

interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly tools: Tools;
}

export interface EventParts {
  readonly bus: EventBus;
  readonly stream: EventStream;
  readonly projector: Projector;
}

export function eventParts({ config, log, tools }: Deps): EventParts {
  const bus = new EventBus(log);
  const projector = eventProjector(bus, { digest: tools.digest, limits: config.limits });
  return { bus, stream: new EventStream(bus), projector };
}
