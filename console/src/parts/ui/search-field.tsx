/** A search that takes effect when the typing pauses, and follows what is set elsewhere. */
import { type ReactNode, useEffect, useState } from 'react';
import { TextField } from './text-field.tsx';

const PAUSE_MS = 300;

interface Props {
  /** What is in effect: from the address. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
}

export function SearchField({ value, onChange, label }: Props): ReactNode {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return <TextField isSearch value={text} onChange={setText} label={label} placeholder={label} />;
}
