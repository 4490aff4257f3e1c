/** The editor for JSON texts; its machinery is loaded when the first one is shown. */
import { lazy, type ReactNode, Suspense } from 'react';
import { Skeleton } from '../ui/basics.tsx';

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

const Core = lazy(async () => ({ default: (await import('./editor-core.tsx')).EditorCore }));

export function JsonEditor(props: EditorProps): ReactNode {
  return (
    <div className="code-editor" style={{ height: props.height }}>
      <Suspense fallback={<Skeleton lines={5} />}>
        <Core {...props} />
      </Suspense>
    </div>
  );
}
