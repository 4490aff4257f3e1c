/** A field with its label, a word of help, and what is wrong with its value. */
import { type ReactNode, useId } from 'react';
import './labelled.css';

interface Props {
  readonly label: string;
  readonly help?: string;
  readonly error?: string | undefined;
  /** The field, given the id that the label points to. */
  readonly children: (id: string) => ReactNode;
}

export function Labelled({ label, help, error, children }: Props): ReactNode {
  const id = useId();
  return (
    <div className="labelled">
      <label htmlFor={id}>{label}</label>
      {help && <div className="dim">{help}</div>}
      {children(id)}
      <FieldError text={error} />
    </div>
  );
}

export function FieldError({ text }: { text: string | undefined }): ReactNode {
  return (
    text && (
      <div className="field-error" role="alert">
        {text}
      </div>
    )
  );
}
