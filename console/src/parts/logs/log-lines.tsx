/** Log lines; what the platform writes and errors stand out. */
import type { ReactNode } from 'react';
import { stamp } from '../../model/format.ts';
import { kindOf } from '../../model/log-lines.ts';
import './logs.css';

export interface Line {
  readonly message: string;
  /** Milliseconds. */
  readonly timestamp?: number;
  readonly id?: string;
}

export function LogLines({ lines }: { lines: readonly Line[] }): ReactNode {
  return lines.map((line, index) => (
    <div
      className="log-line"
      data-kind={kindOf(line.message)}
      data-testid="log-line"
      key={line.id ?? `${index} ${line.message}`}
      style={line.timestamp === undefined ? { display: 'block' } : undefined}
    >
      {line.timestamp !== undefined && (
        <time title={stamp(line.timestamp, true)}>{stamp(line.timestamp, true).slice(11)}</time>
      )}
      <span>{line.message.trimEnd()}</span>
    </div>
  ));
}
