/** One of a few, all of them in sight. */
import type { ReactNode } from 'react';
import './segments.css';

interface Props<Id extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: Id; readonly text: string }[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

export function Segments<Id extends string>(props: Props<Id>): ReactNode {
  const { label, options, value, onChange } = props;
  return (
    <fieldset className="segments" aria-label={label}>
      {options.map(({ id, text }) => (
        <button key={id} type="button" aria-pressed={id === value} onClick={() => onChange(id)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
