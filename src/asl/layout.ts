/**
 * A machine as nested nodes and edges, for drawing. Where things are on the screen is decided by
 * whoever draws.
 */
import { unreachable } from '../ground/invariant.ts';
import { printJson } from '../ground/json.ts';
import type { ChoiceRule, Condition, Flow, State, StateType } from './machine.ts';

export interface Graph {
  /** Location of the flow in the definition; empty for the machine itself. */
  readonly path: string;
  readonly startAt: string;
  readonly nodes: readonly GraphNode[];
  /** Between states of this flow only: no transition leaves its flow. */
  readonly edges: readonly GraphEdge[];
}

interface GraphNode {
  /** The state's name, which is unique in the whole machine. */
  readonly id: string;
  readonly type: StateType;
  /** Location of the state in the definition, as diagnostics print it. */
  readonly path: string;
  /** Leaves the flow: `End`, Succeed or Fail. */
  readonly terminal: boolean;
  /** The branches of a Parallel or the processor of a Map; empty for other types. */
  readonly children: readonly Graph[];
}

interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
  /** What the edge stands for in words: a condition, or the errors that are caught. */
  readonly label?: string;
}

export function graphOf(flow: Flow, path = ''): Graph {
  const states = [...flow.states.values()];
  return {
    path,
    startAt: flow.startAt,
    nodes: states.map((state) => nodeOf(state, `${path}/States/${state.name}`)),
    edges: states.flatMap(edgesOf),
  };
}

/** The flows inside a state, in the order of the definition. */
function innerFlows(state: State): readonly Flow[] {
  if (state.type === 'Parallel') return state.branches;
  return state.type === 'Map' ? [state.processor] : [];
}

function nodeOf(state: State, path: string): GraphNode {
  const inner = innerFlows(state);
  const children = inner.map((flow, i) =>
    graphOf(flow, `${path}/${state.type === 'Map' ? 'ItemProcessor' : `Branches[${i}]`}`),
  );
  return { id: state.name, type: state.type, path, terminal: state.end, children };
}

function edgesOf(state: State): GraphEdge[] {
  const from = state.name;
  if (state.type === 'Choice') {
    const rules = state.choices.map((rule) => ruleEdge(from, rule));
    if (state.default === undefined) return rules;
    return [...rules, { from, to: state.default, kind: 'default', label: 'Default' }];
  }
  const edges: GraphEdge[] = [];
  if (state.next !== undefined) edges.push({ from, to: state.next, kind: 'next' });
  for (const { errorEquals, next } of 'catch' in state ? state.catch : []) {
    edges.push({ from, to: next, kind: 'catch', label: errorEquals.join(', ') });
  }
  return edges;
}

function ruleEdge(from: string, { condition, next }: ChoiceRule): GraphEdge {
  return { from, to: next, kind: 'choice', label: printCondition(condition) };
}

const SIGNS: Readonly<Record<string, string>> = {
  Equals: '==',
  LessThan: '<',
  GreaterThan: '>',
  LessThanEquals: '<=',
  GreaterThanEquals: '>=',
  Matches: 'matches',
};

/** The condition in one line, e.g. `$.a >= 3 and not ($.b is null)`. */
function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.all.map(printPart).join(` ${condition.kind} `);
    case 'not':
      return `not ${printPart(condition.one)}`;
    case 'jsonata':
      return condition.source;
    case 'constant':
      return String(condition.value);
    case 'compare':
      return printComparison(condition);
    default:
      return unreachable(condition);
  }
}

function printPart(condition: Condition): string {
  const text = printCondition(condition);
  return condition.kind === 'and' || condition.kind === 'or' ? `(${text})` : text;
}

function printComparison({ variable, test }: Extract<Condition, { kind: 'compare' }>): string {
  const right = test.right.kind === 'path' ? test.right.path.text : printJson(test.right.value);
  const is = /^Is(\w+)$/.exec(test.operator);
  if (is) {
    return `${variable.text} is ${right === 'false' ? 'not ' : ''}${is[1]!.toLowerCase()}`;
  }
  const name = test.operator.replace(/^(String|Numeric|Boolean|Timestamp)/, '');
  return `${variable.text} ${SIGNS[name] ?? name} ${right}`;
}
