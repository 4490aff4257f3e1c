/** A button that asks before it does something that cannot be undone. */
import { type ReactNode, useState } from 'react';
import { ErrorNotice } from './basics.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface Props {
  /** Of the button, and of the button that confirms. */
  readonly text: string;
  readonly question: string;
  readonly detail: string;
  /** Rejects with what went wrong, which the dialog then shows. */
  readonly action: () => Promise<unknown>;
  readonly testId?: string;
}

export function ConfirmButton({ text, question, detail, action, testId }: Props): ReactNode {
  const [state, setState] = useState<'closed' | 'asking' | 'busy'>('closed');
  const [error, setError] = useState<unknown>();
  const close = (): void => {
    setState('closed');
    setError(undefined);
  };
  const confirm = (): void => {
    setState('busy');
    // Done is done: an open question would invite a second time.
    action().then(close, (reason) => {
      setError(reason);
      setState('asking');
    });
  };
  return (
    <>
      <Button onClick={() => setState('asking')} testId={testId}>
        {text}
      </Button>
      {state !== 'closed' && (
        <Dialog
          title={question}
          onClose={close}
          action={
            <Button
              kind="primary"
              isBusy={state === 'busy'}
              onClick={confirm}
              testId={testId && `${testId}-confirm`}
            >
              {text}
            </Button>
          }
        >
          <span>{detail}</span>
          {error !== undefined && <ErrorNotice error={error} />}
        </Dialog>
      )}
    </>
  );
}
