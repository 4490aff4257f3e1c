/** The row of a segment or subsegment: its place in the tree, its response, its duration. */
import type { ReactNode } from 'react';
import { duration } from '../../../model/format.ts';
import type { Span } from '../../../model/trace.ts';
import { Icon } from '../../../parts/ui/icons.tsx';
import { SPAN_LOOKS, Status } from '../../../parts/ui/status.tsx';

export const ROW_PX = 27;
const INDENT_PX = 11;
/** Deeper ones would leave no room for the name. */
const INDENTS_MAX = 16;

/** Short enough to tell the two segments of an invocation apart in a narrow column. */
const ORIGINS: Readonly<Record<string, string>> = {
  'AWS::Lambda': 'Lambda',
  'AWS::Lambda::Function': 'Function',
  'AWS::StepFunctions::StateMachine': 'State machine',
};

interface Props {
  readonly row: Span;
  readonly top: number;
  readonly isClosed: boolean;
  readonly isSelected: boolean;
  readonly now: number;
  readonly onToggle: () => void;
  readonly onSelect: () => void;
}

export function TimelineRow(props: Props): ReactNode {
  const { row, top, isClosed, isSelected, now, onSelect } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys
    <div
      className={`timeline-row ${row.isSegment ? 'segment' : ''} ${isSelected ? 'selected' : ''}`}
      style={{ top, height: ROW_PX }}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-selected={isSelected}
      aria-expanded={row.children.length > 0 ? !isClosed : undefined}
      data-testid={`span-row-${row.name}`}
      data-status={row.status}
      onClick={onSelect}
    >
      <div className="tree">
        <Name {...props} />
        <span className="res num">{row.httpStatus ?? '–'}</span>
        <span className="dur num">{duration((row.end ?? now) - row.start)}</span>
      </div>
    </div>
  );
}

function Name({ row, isClosed, onToggle }: Props): ReactNode {
  const { origin } = row;
  return (
    <span
      className="grow name"
      style={{ paddingLeft: Math.min(row.depth, INDENTS_MAX) * INDENT_PX }}
    >
      <button
        type="button"
        className="fold"
        tabIndex={-1}
        style={{ visibility: row.children.length > 0 ? 'visible' : 'hidden' }}
        aria-label={isClosed ? 'Unfold' : 'Fold'}
        onClick={(event) => {
          event.stopPropagation();
          onToggle();
        }}
      >
        <Icon name={isClosed ? 'chevron' : 'down'} size={11} />
      </button>
      <Status look={SPAN_LOOKS[row.status]} bare />
      <span className="cut" title={row.name}>
        {row.name}
      </span>
      {row.isSegment && origin && (
        <span className="origin cut" title={origin}>
          {ORIGINS[origin] ?? origin.replace(/^AWS::/, '')}
        </span>
      )}
    </span>
  );
}
