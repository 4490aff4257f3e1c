/** The small pieces every page is made of. */
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../../api/call.ts';
import { IconButton } from './icon-button.tsx';
import { Icon, type IconName } from './icons.tsx';
import type { Tone } from './status.tsx';

export function Panel(props: {
  title?: ReactNode;
  side?: ReactNode;
  /** No inner padding: for tables and drawings. */
  flush?: boolean;
  className?: string;
  testId?: string;
  children: ReactNode;
}): ReactNode {
  const { title, side, flush, className = '', testId, children } = props;
  return (
    <section className={`panel ${flush ? 'flush' : ''} ${className}`} data-testid={testId}>
      {(title || side) && (
        <header>
          {title && <h2>{title}</h2>}
          {side && <div className="side">{side}</div>}
        </header>
      )}
      {flush ? children : <div className="body">{children}</div>}
    </section>
  );
}

/** Label and value pairs; undefined values are left out. */
export function Facts(props: {
  items: readonly (readonly [label: string, value: ReactNode])[];
  stacked?: boolean;
}): ReactNode {
  return (
    <dl className={props.stacked ? 'facts stacked' : 'facts'}>
      {props.items
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Copy({ text, label = 'Copy' }: { text: string; label?: string }): ReactNode {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1200);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className="copy"
      title={done ? 'Copied' : label}
      aria-label={label}
      onClick={(event) => {
        event.stopPropagation();
        navigator.clipboard.writeText(text).then(
          () => setDone(true),
          () => setDone(false),
        );
      }}
    >
      <Icon name={done ? 'check' : 'copy'} size={13} />
    </button>
  );
}

export function Snippet({ text, label }: { text: string; label?: string }): ReactNode {
  return (
    <div className="snippet">
      <pre>{text}</pre>
      <Copy text={text} label={label ?? 'Copy'} />
    </div>
  );
}

export function Empty(props: { icon: IconName; title: string; children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <Icon name={props.icon} size={26} />
      <h3>{props.title}</h3>
      {props.children}
    </div>
  );
}

export function Notice(props: {
  tone: Tone;
  icon?: IconName;
  children: ReactNode;
  side?: ReactNode;
}): ReactNode {
  return (
    <div
      className="notice"
      data-tone={props.tone}
      role={props.tone === 'failed' ? 'alert' : undefined}
    >
      <Icon name={props.icon ?? 'bang'} />
      <div className="grow">{props.children}</div>
      {props.side}
    </div>
  );
}

export function ErrorNotice({ error, retry }: { error: unknown; retry?: () => void }): ReactNode {
  const code = error instanceof ApiError ? error.code : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Notice
      tone="failed"
      icon="cross"
      side={retry && <IconButton icon="retry" label="Try again" onClick={retry} />}
    >
      <b>{code}</b> {message}
    </Notice>
  );
}

export function Skeleton({
  lines = 4,
  height = 14,
}: {
  lines?: number;
  height?: number;
}): ReactNode {
  return (
    <div className="stack" aria-busy="true">
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all alike
          key={index}
          className="skeleton"
          style={{ height, width: `${92 - ((index * 17) % 40)}%` }}
        />
      ))}
    </div>
  );
}

/** The present, again every `everyMs`; null keeps it still. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
