/** The editor for JSON texts; its machinery is loaded when the first one is shown. */
import { lazy, type ReactNode, Suspense } from 'react';
import { Skeleton } from '../ui/basics.tsx';
import type { EditorProps } from './editor-props.ts';
import './json.css';

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
