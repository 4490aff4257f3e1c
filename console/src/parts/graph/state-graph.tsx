/** The graph of a definition, coloured by what an execution did with it. */
import { type KeyboardEvent, memo, type ReactNode, useMemo } from 'react';
import { describeResource, type Flow } from '../../model/definition.ts';
import { duration } from '../../model/format.ts';
import { transitionKey } from '../../model/history.ts';
import {
  type LaidEdge,
  type LaidNode,
  type Layout,
  layoutFlow,
  smoothPath,
} from '../../model/layout.ts';
import type { StateSummary } from '../../model/states.ts';
import { type IconName, iconPath } from '../ui/icons.tsx';
import { STATE_LOOKS } from '../ui/status.tsx';
import { neighbour } from './neighbour.ts';
import { PanZoom } from './pan-zoom.tsx';

interface Props {
  readonly flow: Flow;
  /** By state name; undefined where no execution is shown. */
  readonly states?: ReadonlyMap<string, StateSummary>;
  readonly taken?: ReadonlyMap<string, number>;
  readonly selected?: string | undefined;
  readonly onSelect?: (name: string | undefined) => void;
  readonly fitKey: string;
}

const TYPE_ICONS: Readonly<Record<string, IconName>> = {
  Task: 'function',
  Choice: 'skip',
  Wait: 'hourglass',
  Pass: 'chevron',
  Succeed: 'check',
  Fail: 'cross',
  Parallel: 'machine',
  Map: 'retry',
};

export function StateGraph(props: Props): ReactNode {
  const { flow, states, taken, selected, onSelect, fitKey } = props;
  const layout = useMemo(() => layoutFlow(flow), [flow]);
  const hasRun = states !== undefined;
  return (
    <PanZoom
      width={layout.width}
      height={layout.height}
      label="State machine graph"
      fitKey={fitKey}
      onBackground={() => onSelect?.(undefined)}
    >
      <Markers />
      <Edges layout={layout} states={states} taken={taken} />
      {layout.dots.map((dot) => (
        <g key={dot.kind} transform={`translate(${dot.at.x} ${dot.at.y})`} className="dot">
          <circle r={dot.kind === 'start' ? 6 : 7} data-kind={dot.kind} />
          {dot.kind === 'end' && <circle r={3.5} className="inner" />}
          <title>{dot.kind === 'start' ? 'Start' : 'End'}</title>
        </g>
      ))}
      {layout.nodes.map((laid) => (
        <Node
          key={laid.node.name}
          laid={laid}
          summary={states?.get(laid.node.name)}
          isIdle={hasRun && !states?.has(laid.node.name)}
          isSelected={selected === laid.node.name}
          onSelect={onSelect}
          layout={layout}
        />
      ))}
    </PanZoom>
  );
}

function Markers(): ReactNode {
  return (
    <defs>
      {['idle', 'taken', 'caught'].map((kind) => (
        <marker
          key={kind}
          id={`arrow-${kind}`}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0.500L8 4L0 7.500z" className={`arrow ${kind}`} />
        </marker>
      ))}
    </defs>
  );
}

const Edges = memo(function Edges(props: {
  layout: Layout;
  states: ReadonlyMap<string, StateSummary> | undefined;
  taken: ReadonlyMap<string, number> | undefined;
}): ReactNode {
  return props.layout.edges.map((edge) => {
    const kind = edgeKind(edge, props.states, props.taken);
    return (
      <g
        key={`${edge.from}>${edge.to}:${edge.kind}:${edge.label ?? ''}`}
        className={`edge ${kind}`}
      >
        <path d={smoothPath(edge.points)} data-kind={edge.kind} markerEnd={`url(#arrow-${kind})`} />
        {edge.label && edge.labelAt && (
          <text x={edge.labelAt.x} y={edge.labelAt.y + 4}>
            {edge.label}
          </text>
        )}
      </g>
    );
  });
});

function edgeKind(
  edge: LaidEdge,
  states: Props['states'],
  taken: Props['taken'],
): 'idle' | 'taken' | 'caught' {
  if (!states) return 'idle';
  if (edge.kind === 'start') return states.has(edge.to) ? 'taken' : 'idle';
  if (edge.kind === 'end') {
    const status = states.get(edge.from)?.status;
    return status === 'succeeded' || status === 'failed' ? 'taken' : 'idle';
  }
  if (!taken?.has(transitionKey(edge.from, edge.to))) return 'idle';
  const wasCaught = (states.get(edge.from)?.counts.caught ?? 0) > 0;
  if (edge.kind === 'catch') return wasCaught ? 'caught' : 'idle';
  return wasCaught && states.get(edge.from)?.entries.length === 1 ? 'idle' : 'taken';
}

interface NodeProps {
  readonly laid: LaidNode;
  readonly summary: StateSummary | undefined;
  readonly isIdle: boolean;
  readonly isSelected: boolean;
  readonly onSelect: Props['onSelect'];
  readonly layout: Layout;
}

const Node = memo(function Node(props: NodeProps): ReactNode {
  const { laid, summary, isIdle, isSelected, onSelect } = props;
  const { node } = laid;
  const look = summary && STATE_LOOKS[summary.status];
  const label = `${node.name}, ${node.type}${look ? `, ${look.label}` : isIdle ? ', not reached' : ''}`;
  const onKey = (event: KeyboardEvent<SVGGElement>): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onSelect?.(node.name);
    } else if (event.key === 'Escape') {
      onSelect?.(undefined);
    } else if (event.key.startsWith('Arrow')) {
      event.preventDefault();
      const next = neighbour(props.layout.nodes, laid, event.key);
      const element =
        next &&
        event.currentTarget.ownerSVGElement?.querySelector<SVGGElement>(
          `[data-state="${CSS.escape(next.node.name)}"]`,
        );
      element?.focus();
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside an SVG
    <g
      className={`state ${laid.isContainer ? 'container' : ''} ${isSelected ? 'selected' : ''} ${isIdle ? 'idle' : ''}`}
      transform={`translate(${laid.x} ${laid.y})`}
      data-tone={look?.tone}
      data-status={summary?.status}
      data-state={node.name}
      data-testid={`state-node-${node.name}`}
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={isSelected}
      onClick={() => onSelect?.(node.name)}
      onKeyDown={onKey}
    >
      <title>{label}</title>
      <rect width={laid.width} height={laid.height} rx={laid.isContainer ? 9 : 7} />
      <Head laid={laid} summary={summary} />
    </g>
  );
});

function Head({ laid, summary }: { laid: LaidNode; summary: StateSummary | undefined }): ReactNode {
  const { node, width, isContainer } = laid;
  const look = summary && STATE_LOOKS[summary.status];
  const icon = look?.icon ?? TYPE_ICONS[node.type] ?? 'chevron';
  const room = Math.floor((width - 50) / 7);
  const detail = subtitle(node.raw, node.type, summary);
  return (
    <>
      <g transform={`translate(11 ${isContainer ? 9 : 14})`} className="glyph">
        <path d={iconPath(icon)} data-icon={icon} />
      </g>
      <text x={36} y={isContainer ? 21 : 19} className="name">
        {cut(node.name, room)}
      </text>
      {!isContainer && (
        <text x={36} y={34} className="detail">
          {cut(detail, Math.floor((width - 44) / 5.7))}
        </text>
      )}
      {isContainer && (
        <text x={width - 12} y={21} className="detail" textAnchor="end">
          {detail}
        </text>
      )}
      {summary && <Badges summary={summary} width={width} />}
    </>
  );
}

function subtitle(raw: LaidNode['node']['raw'], type: string, summary?: StateSummary): string {
  const what = describeResource(raw) ?? type;
  return summary ? `${duration(summary.durationMs)} · ${what}` : what;
}

/** How often it was entered, and how many attempts it took. */
function Badges({ summary, width }: { summary: StateSummary; width: number }): ReactNode {
  const texts: string[] = [];
  if (summary.entries.length > 1) texts.push(`×${summary.entries.length}`);
  if (summary.attempts > 1) texts.push(`${summary.attempts} attempts`);
  if (texts.length === 0) return null;
  const text = texts.join(' · ');
  const wide = text.length * 6 + 12;
  return (
    <g className="badge" transform={`translate(${width - wide - 6} -9)`}>
      <rect width={wide} height={17} rx={8.5} />
      <text x={wide / 2} y={12.5} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, Math.max(1, chars - 1))}…`;
}
