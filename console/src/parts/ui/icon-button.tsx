/** A button that is an icon; its label is read aloud and shown on hovering. */
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  /** In the corner of a panel, to close it. */
  readonly isClose?: boolean;
  readonly testId?: string;
}

export function IconButton({ icon, label, onClick, isClose, testId }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={isClose ? 'icon-button close' : 'icon-button'}
      onClick={onClick}
      aria-label={label}
      title={label}
      data-testid={testId}
    >
      <Icon name={icon} />
    </button>
  );
}
