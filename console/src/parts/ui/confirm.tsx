/** A button with a question before it acts. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import { ErrorNotice } from './basics.tsx';

interface Props {
  /** Of the button, and of the button that confirms. */
  readonly text: string;
  readonly question: string;
  readonly detail: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly testId?: string;
}

/** A button that asks before it does something that cannot be undone. */
export function ConfirmButton(props: Props): ReactNode {
  const { text, question, detail, pending, error, onConfirm, testId } = props;
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)} {...(testId ? { 'data-testid': testId } : {})}>
        {text}
      </Button>
      <Modal
        visible={isAsking}
        onDismiss={() => setAsking(false)}
        header={question}
        closeAriaLabel="Close"
        footer={
          <Box float="right">
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={() => setAsking(false)}>
                Cancel
              </Button>
              <Button
                variant="primary"
                loading={pending}
                onClick={onConfirm}
                {...(testId ? { 'data-testid': `${testId}-confirm` } : {})}
              >
                {text}
              </Button>
            </SpaceBetween>
          </Box>
        }
      >
        <SpaceBetween size="s">
          <span>{detail}</span>
          {error ? <ErrorNotice error={error} /> : null}
        </SpaceBetween>
      </Modal>
    </>
  );
}
