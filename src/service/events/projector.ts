/**
 * Shows what executions do to the event bus: at least once, after a crash too, with ids that a
 * repetition keeps. An event has been told when it is in its subscribers' queues. Where nobody
 * listens nothing is kept for them, so that it costs nothing.
 */
import type { Projector } from '../ports/projector.ts';
import type { EventBus } from './bus.ts';
import { type EventDeps, statusChanges } from './event.ts';

/** Express machines send no such events. */
export function eventProjector(bus: EventBus, deps: EventDeps): Projector {
  return {
    wants: ({ type }) => type === 'STANDARD' && bus.heard,
    project(head, records) {
      for (const event of statusChanges(deps, head, records)) bus.publish(event);
    },
  };
}
