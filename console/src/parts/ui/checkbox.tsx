/** A box to tick, the browser's own. */
import type { ReactNode } from 'react';
import './checkbox.css';

interface Props {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  /** Some of what it stands for is ticked. */
  readonly isPartly?: boolean;
  /** Beside the box; or `label`, which is only read aloud. */
  readonly children?: ReactNode;
  readonly label?: string;
  readonly testId?: string;
}

export function Checkbox(props: Props): ReactNode {
  const { isOn, onChange, isPartly = false, children, label, testId } = props;
  return (
    <label className="checkbox" data-testid={testId}>
      <input
        type="checkbox"
        checked={isOn}
        aria-label={label}
        ref={(box) => {
          // There is no attribute for it.
          if (box) box.indeterminate = isPartly;
        }}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {children && <span>{children}</span>}
    </label>
  );
}
