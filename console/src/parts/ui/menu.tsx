/** What opens below a button and closes with Escape, or when the focus goes elsewhere. */
import { type FocusEvent, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import './menu.css';

interface Props {
  /** Read aloud, and shown on hovering. */
  readonly label: string;
  /** On the button. */
  readonly summary: ReactNode;
  readonly className: string;
  /** Made when it opens. */
  readonly children: (close: () => void) => ReactNode;
}

export function Menu({ label, summary, className, children }: Props): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => setOpen(false);
  const onBlur = (event: FocusEvent<HTMLElement>): void => {
    const to = event.relatedTarget;
    if (to && !event.currentTarget.contains(to)) close();
  };
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== 'Escape' || !isOpen) return;
    close();
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens for what happens inside
    <div className="menu" onBlur={onBlur} onKeyDown={onKey}>
      <button
        ref={button}
        type="button"
        className={className}
        aria-expanded={isOpen}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!isOpen)}
      >
        {summary}
      </button>
      {isOpen && (
        <>
          <div className="menu-beside" onPointerDown={close} />
          {/* Takes the focus of a press on plain text, which else would go to the page around it. */}
          <div className="menu-body" tabIndex={-1}>
            {children(close)}
          </div>
        </>
      )}
    </div>
  );
}
