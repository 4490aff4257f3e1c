/** What the checks of a definition found. */
import type { ReactNode } from 'react';
import type { Finding } from '../../model/findings.ts';
import { Icon } from '../../parts/ui/icons.tsx';

/** A broken text can break in hundreds of places; after some of them the rest tells nothing. */
const SHOWN_MAX = 50;

export function Verdict({ findings }: { findings: readonly Finding[] }): ReactNode {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  if (errors === 0) {
    return (
      <span className="status" data-tone="succeeded" data-testid="verdict">
        <Icon name="check" size={12} />
        Valid
      </span>
    );
  }
  return (
    <span className="status" data-tone="failed" data-testid="verdict">
      <Icon name="cross" size={12} />
      {errors === 1 ? '1 error' : `${errors} errors`}
    </span>
  );
}

export function Findings({ findings }: { findings: readonly Finding[] }): ReactNode {
  if (findings.length === 0) return null;
  return (
    <ul className="findings">
      {findings.slice(0, SHOWN_MAX).map((finding) => (
        <li
          key={`${finding.from}:${finding.message}`}
          data-tone={finding.severity === 'error' ? 'failed' : 'caught'}
        >
          <Icon name={finding.severity === 'error' ? 'cross' : 'bang'} size={13} />
          <span>{finding.message}</span>
          {finding.location && <span className="faint mono">{finding.location}</span>}
        </li>
      ))}
      {findings.length > SHOWN_MAX && <li>{findings.length - SHOWN_MAX} more</li>}
    </ul>
  );
}
