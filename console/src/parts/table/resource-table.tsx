/**
 * The table of every list: only the rows in sight exist, reading goes on as somebody scrolls, an
 * order is offered only where it holds for all rows, and what is not shown is said. Loading, empty,
 * broken and old are four different things to see.
 */
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { plural, stamp } from '../../model/format.ts';
import { useAddress, usePatch } from '../page/address.ts';
import { ErrorNotice, Notice, Skeleton } from '../ui/basics.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { type Column, sortRows } from './column.ts';
import { ColumnMenu } from './column-menu.tsx';
import type { Rows } from './rows.ts';
import { useSelection } from './selection.ts';
import { useIsNarrow, useTableSettings } from './settings.ts';
import { TableBody } from './table-body.tsx';
import './table.css';

interface Props<Row> {
  /** Of its settings, such as `executions`. */
  readonly id: string;
  /** Read aloud; above the table stands `title`, where there is one. */
  readonly label: string;
  readonly title?: ReactNode;
  /** One and many of what the rows are. */
  readonly noun: readonly [one: string, many: string];
  readonly source: Rows<Row>;
  readonly rowKey: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  /** Until the address says another. */
  readonly initialSort?: string;
  /** At the right of the title: what narrows the list. */
  readonly filters?: ReactNode;
  readonly empty: ReactNode;
  /** Page of a row, for the Enter key. */
  readonly pathOf?: (row: Row) => string;
  /** In place of a page: what a press on a row does. */
  readonly onPick?: (row: Row) => void;
  /** Key of the row that is shown elsewhere on the page. */
  readonly picked?: string | undefined;
  /** With it rows can be ticked: what can be done with the ticked ones. */
  readonly bulk?: (rows: readonly Row[], clear: () => void) => ReactNode;
  readonly rowTestId?: (row: Row) => string;
  /** CSS; at most that high, where the page does not say it. */
  readonly height?: string;
}

export function ResourceTable<Row>(props: Props<Row>): ReactNode {
  const { id, label, source, rowKey, columns, pathOf, onPick, bulk } = props;
  const settings = useTableSettings(id);
  const isNarrow = useIsNarrow();
  const navigate = useNavigate();
  const patch = usePatch();
  const { sort = props.initialSort ?? '' } = useAddress();
  const shown = columns
    .filter((column) => !settings.hidden.includes(column.id) && !(isNarrow && column.isExtra))
    .map((column) => {
      const width = settings.widths[column.id] ?? (isNarrow ? column.narrow : undefined);
      return width === undefined ? column : { ...column, width };
    });
  const rows = useMemo(
    () => source.rows && (source.isWhole ? sortRows(source.rows, columns, sort) : source.rows),
    [source.rows, source.isWhole, columns, sort],
  );
  const selection = useSelection(source.key);
  const open = onPick ?? (pathOf && ((row: Row) => navigate({ to: pathOf(row) })));
  const ticked = rows?.filter((row) => selection.keys.has(rowKey(row))) ?? [];
  return (
    <section className="panel flush resource-table" data-state={stateOf(source)}>
      <header>
        {props.title && <h2>{props.title}</h2>}
        <div className="side">
          {bulk && ticked.length > 0 ? (
            <>
              <span className="dim">{ticked.length} selected</span>
              {bulk(ticked, () => selection.set([]))}
            </>
          ) : (
            props.filters
          )}
          <ColumnMenu columns={columns} hidden={settings.hidden} onToggle={settings.toggle} />
        </div>
      </header>
      <Trouble source={source} />
      {!rows ? (
        !source.error && <Loading />
      ) : rows.length === 0 ? (
        props.empty
      ) : (
        <>
          <TableBody
            label={label}
            source={source}
            rows={rows}
            rowKey={rowKey}
            columns={shown}
            onResize={settings.resize}
            sort={sort}
            onSort={(next) => patch({ sort: next === props.initialSort ? '' : next })}
            selection={bulk && selection}
            onOpen={open}
            isPressed={onPick !== undefined}
            picked={props.picked}
            rowTestId={props.rowTestId}
            height={props.height}
          />
          <Foot source={source} count={rows.length} noun={props.noun} />
        </>
      )}
    </section>
  );
}

function stateOf({ rows, error, isPrevious }: Rows<unknown>): string {
  if (!rows) return error ? 'error' : 'loading';
  if (error) return 'stale';
  if (isPrevious) return 'previous';
  return rows.length === 0 ? 'empty' : 'ready';
}

function Loading(): ReactNode {
  return (
    <div className="body">
      <Skeleton lines={6} height={16} />
    </div>
  );
}

/** Why nothing is here, or why what is here may be old. */
function Trouble({ source }: { source: Rows<unknown> }): ReactNode {
  const { error, rows, readAt, refetch } = source;
  if (!error) return null;
  if (!rows) return <ErrorNotice error={error} retry={refetch} />;
  return (
    <Notice
      tone="caught"
      side={<IconButton icon="retry" label="Try again" onClick={() => refetch()} />}
    >
      <b>Not up to date.</b> This was read at {stamp(readAt).slice(11)}; reading again fails:{' '}
      {error instanceof Error ? error.message : String(error)}
    </Notice>
  );
}

/** How many there are, and what is missing. */
function Foot(props: {
  source: Rows<unknown>;
  count: number;
  noun: readonly [string, string];
}): ReactNode {
  const { source, count, noun } = props;
  const text = plural(count, ...noun);
  return (
    <footer data-testid="table-foot">
      {source.isWhole
        ? text
        : source.more
          ? `${text} so far, more follow`
          : `${text} of more than can be read at once: narrow the search to see the others`}
      {source.more?.isReading && ' …'}
      {source.isHeld && (
        <span className="faint">. Newer ones are shown again at the top of the list.</span>
      )}
    </footer>
  );
}
