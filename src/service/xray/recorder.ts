/** What our own services emit goes through the same door as everything else; never dropped. */
import type { TraceRecorder } from '../ports/traces.ts';
import type { TraceIntake } from './intake.ts';

export function traceRecorder(intake: TraceIntake): TraceRecorder {
  return {
    record: (place, documents) =>
      intake.record(
        place,
        documents.map((document) => JSON.stringify(document)),
      ),
  };
}
