/** The event bus, put together: what feeds it, and the stream that tells of it. */
import { EventStream } from '../../edge/event-stream.ts';
import type { Logger } from '../../ground/log.ts';
import type { Tools } from '../../ground/tools.ts';
import { EventBus } from '../../service/events/bus.ts';
import { eventProjector } from '../../service/events/projector.ts';
import type { Projector } from '../../service/ports.ts';

export interface EventParts {
  readonly bus: EventBus;
  readonly stream: EventStream;
  readonly projector: Projector;
}

export function eventParts({ log, tools }: { log: Logger; tools: Tools }): EventParts {
  const bus = new EventBus(log);
  return { bus, stream: new EventStream(bus), projector: eventProjector(bus, tools.digest) };
}
