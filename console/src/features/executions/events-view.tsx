/** All events of a history; only the rows in sight exist, each opens to its details. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { count, duration, stamp } from '../../model/format.ts';
import { detailsOf, type HistoryView } from '../../model/history.ts';
import type { HistoryEvent } from '../../model/shapes.ts';
import { JsonView } from '../../parts/json/json-view.tsx';
import { useAddress, usePatch } from '../../parts/page/address.ts';
import { Empty, Panel } from '../../parts/ui/basics.tsx';
import { Choice } from '../../parts/ui/choice.tsx';
import { Icon } from '../../parts/ui/icons.tsx';
import type { Tone } from '../../parts/ui/status.tsx';
import { TextField } from '../../parts/ui/text-field.tsx';

const ROW_PX = 32;

interface Props {
  readonly events: readonly HistoryEvent[];
  readonly view: HistoryView;
  readonly onState: (name: string) => void;
}

const KINDS = [
  { value: '', label: 'All events' },
  { value: 'states', label: 'States entered and exited' },
  { value: 'tasks', label: 'Tasks' },
  { value: 'failures', label: 'Failures' },
];

export function EventsView({ events, view, onState }: Props): ReactNode {
  const address = useAddress();
  const patch = usePatch();
  const [text, setText] = useState('');
  const kind = KINDS.some((one) => one.value === address.events) ? address.events! : '';
  const newestFirst = address.order === 'newest';
  const shown = useMemo(() => {
    const needle = text.trim().toLowerCase();
    const rows = events.filter((event) => fits(event, kind, needle, view));
    return newestFirst ? rows.reverse() : rows;
  }, [events, kind, text, view, newestFirst]);
  return (
    <Panel
      flush
      className="fill"
      title={`${count(shown.length)} of ${count(events.length)} events`}
      side={
        <div className="filters">
          <TextField
            isSearch
            value={text}
            placeholder="Search types and data"
            label="Search events"
            onChange={setText}
          />
          <Choice
            options={KINDS}
            value={kind}
            label="Kind of events"
            onChange={(next) => patch({ events: next })}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={newestFirst ? 'Show oldest first' : 'Show newest first'}
            title={newestFirst ? 'Newest first' : 'Oldest first'}
            onClick={() => patch({ order: newestFirst ? '' : 'newest' })}
          >
            <Icon name="down" />
          </button>
        </div>
      }
    >
      <Rows events={shown} view={view} onState={onState} />
    </Panel>
  );
}

function fits(event: HistoryEvent, kind: string, needle: string, view: HistoryView): boolean {
  if (kind === 'states' && !/State(Entered|Exited)$/.test(event.type)) return false;
  if (kind === 'tasks' && !/^(Task|LambdaFunction|Activity)(?!State)/.test(event.type))
    return false;
  if (kind === 'failures' && toneOf(event.type) !== 'failed') return false;
  if (!needle) return true;
  const state = view.owner.get(event.id)?.name ?? '';
  const details = Object.values(detailsOf(event) ?? {})
    .map(plainText)
    .join(' ');
  return `${event.type} ${state} ${details}`.toLowerCase().includes(needle);
}

/** Payloads are JSON texts already: searched as they are read, without another layer of quotes. */
function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toneOf(type: string): Tone | undefined {
  if (/Failed|TimedOut|FailStateEntered/.test(type)) return 'failed';
  if (/Aborted/.test(type)) return 'aborted';
  return type === 'ExecutionSucceeded' ? 'succeeded' : undefined;
}

function Rows({ events, view, onState }: Props): ReactNode {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => events[index]!.id,
    overscan: 16,
  });
  if (events.length === 0) return <Empty icon="search" title="No event fits" />;
  const start = view.startedAt ?? (events[0]?.timestamp ?? 0) * 1000;
  const toggle = (id: number): void => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return (
    <section
      className="events"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled with keys
      tabIndex={0}
      aria-label="Events"
      data-testid="events"
    >
      <div className="event-head">
        <span />
        <span>Id</span>
        <span>Type</span>
        <span>State</span>
        <span>After</span>
        <span>Time</span>
      </div>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const event = events[item.index]!;
          const isOpen = open.has(event.id);
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="event"
              style={{ top: item.start }}
            >
              <EventRow
                event={event}
                state={view.owner.get(event.id)?.name}
                start={start}
                isOpen={isOpen}
                onToggle={() => toggle(event.id)}
                onState={onState}
              />
              {isOpen && (
                <div className="details">
                  <JsonView value={detailsOf(event) as never} maxHeight="420px" />
                </div>
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function EventRow(props: {
  event: HistoryEvent;
  state: string | undefined;
  start: number;
  isOpen: boolean;
  onToggle: () => void;
  onState: (name: string) => void;
}): ReactNode {
  const { event, state, start, isOpen, onToggle, onState } = props;
  const at = event.timestamp * 1000;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button inside has the keys
    // biome-ignore lint/a11y/noStaticElementInteractions: the whole row is the button's larger target
    <div className="event-row" onClick={onToggle} data-testid={`event-${event.type}`}>
      <button
        type="button"
        className="icon-button"
        style={{ width: 22, height: 22 }}
        aria-expanded={isOpen}
        aria-label={`Details of event ${event.id}`}
      >
        <Icon name={isOpen ? 'down' : 'chevron'} size={12} />
      </button>
      <span className="num faint">{event.id}</span>
      <span className="type" data-tone={toneOf(event.type)}>
        <span className="cut">{event.type}</span>
      </span>
      <span className="cut">
        {state && (
          <button
            type="button"
            className="link"
            onClick={(click) => {
              click.stopPropagation();
              onState(state);
            }}
          >
            {state}
          </button>
        )}
      </span>
      <span className="num dim">+{duration(at - start)}</span>
      <span className="num dim" title={stamp(at, true)}>
        {stamp(at, true).slice(11)}
      </span>
    </div>
  );
}
