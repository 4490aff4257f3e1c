/** What X-Ray's front end does and its model does not say. */
import type { Quirks } from '../../wire/quirks.ts';

export const XRAY_QUIRKS: Quirks = {
  validationCode: 'InvalidRequestException',
  // OpenTelemetry's sampler for Python calls it SampleCount.
  optionalMembers: ['SamplingStatisticsDocument.SampledCount'],
};
