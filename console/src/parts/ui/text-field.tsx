/** A line of text: a name, a search. */
import type { ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';
import { Icon } from './icons.tsx';

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Read aloud; where a Labelled around it has the label, it gives the `id`. */
  readonly label?: string;
  readonly id?: string;
  readonly placeholder?: string;
  readonly isSearch?: boolean;
  readonly isDisabled?: boolean;
  readonly isInvalid?: boolean;
  readonly testId?: string;
}

/** Names and expressions are no prose: nothing is spelled or completed. */
export function TextField(props: Props): ReactNode {
  const { value, onChange, label, id, placeholder, isSearch, isDisabled, isInvalid } = props;
  return (
    <span className={isSearch ? 'text-field search' : 'text-field'} data-testid={props.testId}>
      {isSearch && <Icon name="search" size={14} />}
      <input
        id={id}
        type="text"
        value={value}
        placeholder={placeholder}
        disabled={isDisabled}
        aria-label={label}
        aria-invalid={isInvalid}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {isSearch && value !== '' && (
        <IconButton icon="cross" label="Clear" onClick={() => onChange('')} />
      )}
    </span>
  );
}
