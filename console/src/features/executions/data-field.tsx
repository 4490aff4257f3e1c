/** Data of a state or an execution: a text under its label, and an error with its stack. */
import type { ReactNode } from 'react';
import { readCause } from '../../model/failure.ts';
import type { StateEntry } from '../../model/history.ts';
import { JsonText } from '../../parts/json/json-view.tsx';

export function Field({ label, text }: { label: string; text: string | undefined }): ReactNode {
  if (text === undefined) return null;
  return (
    <div>
      <div className="field-label">{label}</div>
      <JsonText text={text} maxHeight="300px" />
    </div>
  );
}

export function ErrorBlock({
  entry,
}: {
  entry: Pick<StateEntry, 'error' | 'cause' | 'status'>;
}): ReactNode {
  const { error, message, stack } = readCause(entry.error, entry.cause);
  // A caught error is no failure of the execution, and is not to look like one.
  const tone = entry.status === 'caught' ? 'caught' : undefined;
  return (
    <div className="error-text" data-tone={tone} data-testid="exception">
      <b>{error}</b>
      {message && <div>{message}</div>}
      {stack.length > 0 && <pre>{stack.join('\n')}</pre>}
    </div>
  );
}
