/**
 * A dialog over the page, the browser's own: it keeps the focus inside and closes with Escape. It
 * lies above everything, so what opens lists elsewhere on the page (Choice) does not fit in.
 */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import './dialog.css';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** The button that does it; beside it stands Cancel. */
  readonly action: ReactNode;
  readonly isLarge?: boolean;
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, action, isLarge = false, children }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    // Shown twice in development, where effects run twice.
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={isLarge ? 'dialog large' : 'dialog'}
      aria-labelledby={id}
      onClose={onClose}
      onCancel={(event) => {
        // The page decides when it is gone.
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <IconButton icon="cross" label="Close" onClick={onClose} isClose />
      </header>
      <div className="stack">{children}</div>
      <footer>
        <Button kind="link" onClick={onClose}>
          Cancel
        </Button>
        {action}
      </footer>
    </dialog>
  );
}
