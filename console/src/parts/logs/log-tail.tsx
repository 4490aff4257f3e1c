/** The newest lines of a log group, following as they come while the reader is at the end. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { ApiError } from '../../api/call.ts';
import { logEventsQuery } from '../../api/logs.ts';
import { count } from '../../model/format.ts';
import { useAddress, usePatch } from '../page/address.ts';
import { usePlace } from '../page/place.ts';
import { Empty, ErrorNotice, Panel, Skeleton } from '../ui/basics.tsx';
import { RangePicker, useRange } from '../ui/range-picker.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { LogLines } from './log-lines.tsx';

const LINES_MAX = 2000;

export function LogTail(props: { group: string; stream?: string; height: string }): ReactNode {
  const { group, stream, height } = props;
  const range = useRange(180);
  const { pattern = '' } = useAddress();
  const query = useQuery({
    ...logEventsQuery(usePlace(), { group, stream, pattern }, range.text, range.window),
    refetchInterval: 5000,
  });
  const frame = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lines = query.data?.events.slice(-LINES_MAX);
  const last = lines?.at(-1)?.eventId ?? lines?.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when a new last line came
  useLayoutEffect(() => {
    const element = frame.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [last]);
  const isMissing =
    query.error instanceof ApiError && query.error.code === 'ResourceNotFoundException';
  return (
    <Panel
      flush
      title={
        lines
          ? `${count(lines.length)} lines${query.data?.isCut ? ', there are more' : ''}`
          : 'Logs'
      }
      side={
        <div className="filters">
          <PatternField />
          <RangePicker range={range.range} minutesMax={10_080} />
        </div>
      }
    >
      {query.error && !isMissing && (
        <ErrorNotice error={query.error} retry={() => query.refetch()} />
      )}
      {isMissing || lines?.length === 0 ? (
        <Empty icon="log" title={pattern ? 'No line fits' : 'No lines in this time'}>
          {!pattern && <p>What runs writes here. New lines appear by themselves.</p>}
        </Empty>
      ) : lines ? (
        <section
          className="log-lines"
          ref={frame}
          style={{ height }}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with keys
          tabIndex={0}
          aria-label="Log lines"
          onScroll={(event) => {
            const element = event.currentTarget;
            isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 30;
          }}
        >
          <LogLines
            lines={lines.map((event) => ({
              message: event.message,
              timestamp: event.timestamp,
              ...(event.eventId ? { id: event.eventId } : {}),
            }))}
          />
        </section>
      ) : (
        !query.error && (
          <div style={{ padding: 14 }}>
            <Skeleton lines={8} />
          </div>
        )
      )}
    </Panel>
  );
}

function PatternField(): ReactNode {
  const { pattern = '' } = useAddress();
  const patch = usePatch();
  return (
    <SearchField
      value={pattern}
      label="Filter pattern"
      onChange={(next) => patch({ pattern: next })}
    />
  );
}
