/** What the editor of JSON texts is given; apart from its machinery, which is loaded late. */
export interface Mark {
  /** Offsets into the text. */
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface EditorProps {
  readonly value: string;
  readonly onChange?: (value: string) => void;
  readonly label: string;
  /** CSS height. */
  readonly height: string;
  readonly marks?: readonly Mark[];
  readonly readOnly?: boolean;
}
