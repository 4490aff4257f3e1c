/** The check of a literal Timestamp. */
import { parseTimestampNanos } from '../../ground/time.ts';
import { type Check, text } from './value.ts';

export const timestamp: Check = (spot, context) => {
  if (spot.node.kind !== 'string') text(spot, context);
  else if (parseTimestampNanos(spot.node.value) === undefined) {
    context.report.error(spot, 'String does not match RFC3339 timestamp');
  }
};
