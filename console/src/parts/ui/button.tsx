/** A button with a text. */
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';

interface Props {
  readonly children: ReactNode;
  readonly onClick: () => void;
  /** `primary`: the one thing that most come for; `link`: beside it; `inline`: in a sentence. */
  readonly kind?: 'normal' | 'primary' | 'link' | 'inline';
  readonly isDisabled?: boolean;
  /** What it started is under way: it cannot be pressed again. */
  readonly isBusy?: boolean;
  readonly isWide?: boolean;
  readonly testId?: string | undefined;
}

export function Button(props: Props): ReactNode {
  const { children, onClick, kind = 'normal', isDisabled, isBusy, isWide, testId } = props;
  return (
    <button
      type="button"
      className={kind === 'inline' ? 'link' : `button ${kind} ${isWide ? 'wide' : ''}`}
      disabled={isDisabled || isBusy}
      aria-busy={isBusy}
      onClick={onClick}
      data-testid={testId}
    >
      {isBusy && <Icon name="half" size={13} />}
      {children}
    </button>
  );
}
