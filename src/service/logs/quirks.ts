/** What CloudWatch Logs' front end does and its model does not say. */
import type { Quirks } from '../../wire/quirks.ts';

export const LOGS_QUIRKS: Quirks = {
  validationCode: 'InvalidParameterException',
};
