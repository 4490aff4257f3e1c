/** A switch that takes effect with the form around it. */
import type { ReactNode } from 'react';
import './toggle.css';

interface Props {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly id?: string;
  readonly children: ReactNode;
}

export function Toggle({ isOn, onChange, id, children }: Props): ReactNode {
  return (
    <label className="switch">
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-checked={isOn}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {children}
    </label>
  );
}
