/** A segment or subsegment: overview, resources, annotations, metadata, exceptions, raw. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isObject, type Json } from '../../../../src/ground/json.ts';
import { duration, stamp } from '../../model/format.ts';
import { executionPath, logGroupPath } from '../../model/paths.ts';
import {
  type Cause,
  causeOf,
  executionOf,
  logGroupsOf,
  member,
  type Span,
  type TraceTree,
} from '../../model/trace.ts';
import { JsonView } from '../../parts/json/json-view.tsx';
import { Facts } from '../../parts/ui/basics.tsx';
import { IconButton } from '../../parts/ui/icon-button.tsx';
import { SPAN_LOOKS, Status } from '../../parts/ui/status.tsx';
import { Tabs } from '../../parts/ui/tabs.tsx';
import './trace.css';

interface Props {
  readonly span: Span;
  readonly tree: TraceTree;
  readonly now: number;
  readonly onClose: () => void;
}

export function SpanPanel({ span, tree, now, onClose }: Props): ReactNode {
  const cause = causeOf(span);
  const { annotations, metadata } = span.document;
  const title = `${span.isSegment ? 'Segment' : 'Subsegment'} ${span.name}`;
  return (
    <aside className="panel side-panel" aria-label={title} data-testid="span-panel">
      <header>
        <h2 className="cut" title={title}>
          {span.name}
        </h2>
        <Status look={SPAN_LOOKS[span.status]} />
        <IconButton icon="cross" label="Close" onClick={onClose} isClose />
      </header>
      <div className="scroll">
        <Tabs
          isPanel
          key={span.id}
          tabs={[
            {
              id: 'overview',
              label: 'Overview',
              content: <Overview span={span} tree={tree} cause={cause} now={now} />,
            },
            { id: 'resources', label: 'Resources', content: <Pairs value={resourcesOf(span)} /> },
            {
              id: 'annotations',
              label: labelOf('Annotations', annotations),
              content: <Pairs value={annotations} />,
            },
            {
              id: 'metadata',
              label: labelOf('Metadata', metadata),
              content: <Tree value={metadata} />,
            },
            ...(cause
              ? [{ id: 'exceptions', label: 'Exceptions', content: <Exceptions cause={cause} /> }]
              : []),
            { id: 'raw', label: 'Raw', content: <Tree value={span.document} /> },
          ]}
        />
      </div>
    </aside>
  );
}

function labelOf(text: string, value: Json | undefined): string {
  const size = isObject(value ?? null) ? Object.keys(value as object).length : 0;
  return size > 0 ? `${text} (${size})` : text;
}

function Overview(props: {
  span: Span;
  tree: TraceTree;
  cause: Cause | undefined;
  now: number;
}): ReactNode {
  const { span, tree, cause, now } = props;
  const execution = executionOf(span);
  const { document } = span;
  return (
    <div className="stack">
      {cause && <Exceptions cause={cause} />}
      <Facts
        stacked
        items={[
          ['Duration', duration((span.end ?? now) - span.start)],
          ['Starts after', duration(span.start - tree.start)],
          ['Started', stamp(span.start, true)],
          ['Ended', span.end === undefined ? 'in progress' : stamp(span.end, true)],
          ['Service', span.service],
          ['Origin', span.origin],
          ['Namespace', text(document.namespace)],
          ['Calls', span.note],
          ['Response', span.httpStatus],
          ['URL', text(member(document.http, 'request', 'url'))],
          ['Method', text(member(document.http, 'request', 'method'))],
          ['SQL', text(member(document.sql, 'sanitized_query'))],
          ['User', text(document.user)],
          ['Flags', flagsOf(span)],
          [
            'Id',
            <span key="id" className="mono">
              {span.id}
            </span>,
          ],
          ['Execution', execution && <Link to={executionPath(execution)}>Open execution</Link>],
          [
            'Logs',
            logGroupsOf(span).map((group) => (
              <Link key={group} to={logGroupPath(group)}>
                {group}
              </Link>
            ))[0],
          ],
        ]}
      />
    </div>
  );
}

function flagsOf(span: Span): string {
  return ['fault', 'error', 'throttle', 'in_progress', 'inferred']
    .filter((flag) => span.document[flag] === true)
    .join(', ');
}

function resourcesOf(span: Span): Json {
  const { aws, resource_arn, service } = span.document;
  return {
    ...(resource_arn === undefined ? {} : { resource_arn }),
    ...(isObject(aws ?? null) ? (aws as object) : {}),
    ...(service === undefined ? {} : { service }),
  } as Json;
}

function Pairs({ value }: { value: Json | undefined }): ReactNode {
  const entries = isObject(value ?? null) ? Object.entries(value as object) : [];
  if (entries.length === 0) return <p className="dim">Nothing recorded.</p>;
  return (
    <div>
      <Facts
        stacked
        items={entries.map(
          ([key, one]) =>
            [
              key,
              typeof one === 'object' ? <code key={key}>{JSON.stringify(one)}</code> : String(one),
            ] as const,
        )}
      />
    </div>
  );
}

function Tree({ value }: { value: Json | undefined }): ReactNode {
  if (value === undefined) return <p className="dim">Nothing recorded.</p>;
  return (
    <div>
      <JsonView value={value} />
    </div>
  );
}

function Exceptions({ cause }: { cause: Cause }): ReactNode {
  const isRepeated = cause.exceptions.some((exception) => exception.message === cause.message);
  return (
    <div className="stack" style={{ gap: 8 }} data-testid="exception">
      {cause.message && !isRepeated && <div className="error-text">{cause.message}</div>}
      {cause.exceptions.map((exception) => (
        <div className="error-text" key={`${exception.type} ${exception.message}`}>
          <b>{exception.type}</b>
          {exception.isRemote && <span className="chip">remote</span>}
          <div>{exception.message}</div>
          {exception.stack.length > 0 && (
            <ol className="stackframes">
              {exception.stack.map((frame) => (
                <li key={`${frame.path}:${frame.line}:${frame.label}`}>
                  at {frame.label || '(anonymous)'}{' '}
                  <span className="path">
                    {frame.path}
                    {frame.line === undefined ? '' : `:${frame.line}`}
                  </span>
                </li>
              ))}
            </ol>
          )}
          {exception.skipped > 0 && <div className="dim">{exception.skipped} frames left out</div>}
        </div>
      ))}
      {(cause.workingDirectory || cause.paths.length > 0) && (
        <Facts
          stacked
          items={[
            ['Working directory', cause.workingDirectory],
            ['Paths', cause.paths.join(', ')],
          ]}
        />
      )}
    </div>
  );
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
