/** What Lambda's front end does and its model does not say. */
import type { Quirks } from '../../wire/quirks.ts';

export const LAMBDA_QUIRKS: Quirks = {
  // The service itself checks it: newer runtimes than the model's are welcome.
  openEnums: ['Runtime'],
  unmodelledHeaders: {
    Invoke: {
      'X-Amzn-Trace-Id': 'TraceHeader',
      'x-amzn-Remapped-Content-Length': 'RemappedContentLength',
    },
  },
  blobContentType: 'application/json',
};
