/** The service map: circles with a ring of their health, edges with their traffic. */
import { type KeyboardEvent, memo, type ReactNode, useMemo } from 'react';
import { duration, percent, rate } from '../../model/format.ts';
import { smoothPath } from '../../model/layout.ts';
import {
  arcPath,
  dominant,
  type HealthCounts,
  layoutServices,
  type MapEdge,
  type MapNode,
  midpoint,
  ringArcs,
} from '../../model/service-map.ts';
import type { ServiceNode } from '../../model/shapes.ts';
import { PanZoom } from '../graph/pan-zoom.tsx';
import { type IconName, iconPath } from '../ui/icons.tsx';
import { HEALTH_LOOKS } from '../ui/status.tsx';
import './service-graph.css';

interface Props {
  readonly services: readonly ServiceNode[];
  /** Length of the window, for rates; 0 prints counts (the map of one trace). */
  readonly minutes: number;
  readonly selected: string | undefined;
  /** Key of a node (`n3`) or an edge (`1-2`). */
  readonly onSelect: (key: string | undefined) => void;
  readonly fitKey: string;
  readonly scaleMax?: number;
}

export const nodeKey = (node: { id: number }): string => `n${node.id}`;

export function ServiceGraph(props: Props): ReactNode {
  const { services, minutes, selected, onSelect, fitKey, scaleMax = 1.25 } = props;
  const map = useMemo(() => layoutServices(services, minutes), [services, minutes]);
  const focus = useMemo(() => neighbours(map.edges, selected), [map, selected]);
  return (
    <PanZoom
      width={map.width}
      height={map.height}
      label="Service map"
      fitKey={fitKey}
      scaleMax={scaleMax}
      isWhole
      onBackground={() => onSelect(undefined)}
    >
      <defs>
        <marker
          id="arrow-map"
          viewBox="0 0 8 8"
          refX="6"
          refY="4"
          markerWidth="9"
          markerHeight="9"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0.5L8 4L0 7.5z" className="arrow taken" />
        </marker>
      </defs>
      {map.edges.map((edge) => (
        <Edge
          key={edge.key}
          edge={edge}
          minutes={minutes}
          isSelected={selected === edge.key}
          isDim={focus !== undefined && !focus.edges.has(edge.key)}
          onSelect={onSelect}
        />
      ))}
      {map.nodes.map((node) => (
        <Node
          key={node.id}
          node={node}
          minutes={minutes}
          isSelected={selected === nodeKey(node)}
          isDim={focus !== undefined && !focus.nodes.has(node.id)}
          onSelect={onSelect}
        />
      ))}
      {map.edges
        .filter((edge) => focus?.edges.has(edge.key))
        .map((edge) => (
          <Tag key={edge.key} edge={edge} minutes={minutes} />
        ))}
    </PanZoom>
  );
}

/** What stays bright when something is selected: it and what it touches. */
function neighbours(
  edges: readonly MapEdge[],
  selected: string | undefined,
): { nodes: Set<number>; edges: Set<string> } | undefined {
  if (!selected) return undefined;
  const found = { nodes: new Set<number>(), edges: new Set<string>() };
  if (selected.startsWith('n')) found.nodes.add(Number(selected.slice(1)));
  for (const edge of edges) {
    if (edge.key === selected || nodeKey(edge.from) === selected || nodeKey(edge.to) === selected) {
      found.edges.add(edge.key);
      found.nodes.add(edge.from.id).add(edge.to.id);
    }
  }
  return found;
}

function onActivate(action: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    action();
  };
}

const Edge = memo(function Edge(props: {
  edge: MapEdge;
  minutes: number;
  isSelected: boolean;
  isDim: boolean;
  onSelect: Props['onSelect'];
}): ReactNode {
  const { edge, minutes, isSelected, isDim, onSelect } = props;
  const trouble = dominant(edge.counts);
  const line = smoothPath(edge.points);
  const text = edgeTexts(edge, minutes).join(', ');
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside an SVG
    <g
      className={`map-edge ${isSelected ? 'selected' : ''} ${isDim ? 'dimmed' : ''}`}
      role="button"
      tabIndex={0}
      aria-label={`${edge.from.name} to ${edge.to.name}: ${text}`}
      data-testid={`map-edge-${edge.from.name}-${edge.to.name}`}
      onClick={() => onSelect(edge.key)}
      onKeyDown={onActivate(() => onSelect(edge.key))}
    >
      <path d={line} className="hit" />
      <path
        d={line}
        className="line"
        style={{ strokeWidth: edge.width, stroke: trouble && HEALTH_LOOKS[trouble].color }}
        strokeDasharray={edge.isLink ? '5 5' : undefined}
        markerEnd="url(#arrow-map)"
      />
      <title>{text}</title>
    </g>
  );
});

/** Over the nodes: what the edges near the selection carry. */
function Tag({ edge, minutes }: { edge: MapEdge; minutes: number }): ReactNode {
  const at = midpoint(edge.points);
  const texts = edgeTexts(edge, minutes);
  const wide = Math.max(...texts.map((text) => text.length)) * 5.8 + 14;
  const high = texts.length * 14 + 6;
  return (
    <g transform={`translate(${at.x} ${at.y})`} className="edge-tag">
      <rect x={-wide / 2} y={-high / 2} width={wide} height={high} rx={6} />
      {texts.map((text, index) => (
        <text key={text} textAnchor="middle" y={-high / 2 + 14 + index * 14}>
          {text}
        </text>
      ))}
    </g>
  );
}

/** Its trouble, its latency as the caller sees it, its traffic: one to a line. */
function edgeTexts(edge: MapEdge, minutes: number): string[] {
  const texts: string[] = [];
  const trouble = dominant(edge.counts);
  if (trouble) {
    const share = percent(edge.counts[trouble] / edge.counts.total);
    texts.push(`${HEALTH_LOOKS[trouble].label} ${share}`);
  }
  if (edge.averageMs !== undefined) texts.push(duration(edge.averageMs));
  texts.push(traffic(edge.counts, minutes));
  return texts;
}

/** `35 t/min`, or `3 requests` where no rate makes sense. */
function traffic(counts: HealthCounts, minutes: number): string {
  if (minutes > 0) return `${rate(counts.total / minutes)} t/min`;
  return `${counts.total} ${counts.total === 1 ? 'request' : 'requests'}`;
}

const Node = memo(function Node(props: {
  node: MapNode;
  minutes: number;
  isSelected: boolean;
  isDim: boolean;
  onSelect: Props['onSelect'];
}): ReactNode {
  const { node, minutes, isSelected, isDim, onSelect } = props;
  const { radius } = node;
  const health = describeHealth(node.counts);
  const select = (): void => onSelect(nodeKey(node));
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no button inside an SVG
    <g
      className={`map-node ${isSelected ? 'selected' : ''} ${isDim ? 'dimmed' : ''} ${node.isInferred ? 'inferred' : ''}`}
      transform={`translate(${node.at.x} ${node.at.y})`}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      aria-label={`${node.name} ${node.type}: ${health}`}
      data-testid={`map-node-${node.name}`}
      data-type={node.type}
      onClick={select}
      onKeyDown={onActivate(select)}
    >
      <title>{`${node.name}\n${node.type}\n${health}`}</title>
      {isSelected && <circle r={radius + 8} className="halo" />}
      <circle r={radius} className="face" />
      <Ring counts={node.counts} radius={radius} />
      <Inside node={node} minutes={minutes} />
      <text y={radius + 19} textAnchor="middle" className="name">
        {cut(node.name, 24)}
      </text>
      <text y={radius + 33} textAnchor="middle" className="type">
        {node.type}
      </text>
    </g>
  );
});

function Ring({ counts, radius }: { counts: HealthCounts; radius: number }): ReactNode {
  const arcs = ringArcs(counts);
  if (arcs.length === 0) return <circle r={radius} className="ring none" />;
  return arcs.map((arc) => (
    <path
      key={arc.health}
      d={arcPath(arc, radius)}
      className="ring"
      data-health={arc.health}
      data-share={arc.share}
      style={{ stroke: HEALTH_LOOKS[arc.health].color }}
    />
  ));
}

function Inside({ node, minutes }: { node: MapNode; minutes: number }): ReactNode {
  if (node.isClient || node.averageMs === undefined) {
    return (
      <g transform="translate(-14 -14) scale(1.75)" className="glyph">
        <path d={iconPath(node.isClient ? 'user' : iconOf(node.type))} />
      </g>
    );
  }
  return (
    <>
      <text y={-2} textAnchor="middle" className="average">
        {duration(node.averageMs)}
      </text>
      <text y={14} textAnchor="middle" className="rate">
        {minutes > 0 ? `${rate(node.perMinute)} t/min` : traffic(node.counts, 0)}
      </text>
    </>
  );
}

function iconOf(type: string): IconName {
  if (type.includes('Lambda')) return 'function';
  if (type.includes('StateMachine')) return 'machine';
  if (/DynamoDB|Database/.test(type)) return 'database';
  if (/SQS|SNS/.test(type)) return 'queue';
  return 'globe';
}

function describeHealth(counts: HealthCounts): string {
  if (counts.total === 0) return 'no traffic';
  return (['fault', 'error', 'throttle', 'ok'] as const)
    .filter((health) => counts[health] > 0)
    .map((health) => `${HEALTH_LOOKS[health].label} ${percent(counts[health] / counts.total)}`)
    .join(', ');
}

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1)}…`;
}
