/** What Step Functions' front end does and its model does not say. */
import type { Quirks } from '../../wire/quirks.ts';

export const STATES_QUIRKS: Quirks = {
  // Recorded.
  enumOrders: {
    ExecutionStatus: ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'],
  },
  countedInBytes: ['ConnectorParameters', 'SensitiveData', 'SensitiveDataJobInput'],
};
