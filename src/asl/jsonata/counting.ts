/**
 * Counts the steps of an evaluation, from the two hooks that the library has around each of them,
 * and has the parts of a list or object evaluated one after the other.
 * Most of them are one step whatever they are given. The others are counted by what they look
 * through: before they do it, since a value that shares its parts can be small to build and
 * endless to look through. A node whose value its neighbour looks through is marked once, when the
 * expression is compiled.
 */
import type { Environment } from 'jsonata';
import type { Budget } from './budget.ts';
import { type Session, sessionOf } from './session.ts';

/** A node of the library's syntax tree; only what is looked at here. */
interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly lhs?: unknown;
  readonly rhs?: unknown;
  readonly condition?: Node;
  readonly expr?: Node;
  readonly steps?: readonly Node[];
  readonly expressions?: readonly Node[];
  readonly group?: Group;
  readonly terms?: readonly { readonly expression: Node }[];
  readonly tuple?: boolean;
  readonly focus?: unknown;
  readonly index?: unknown;
  readonly ancestor?: unknown;
  [MARK]?: Mark;
  [PART]?: true;
}

/** Keys and values. */
interface Group {
  readonly lhs: readonly (readonly Node[])[];
}

/** What becomes of a node's value in its neighbour. */
type Mark =
  /** Compared as a whole, or printed where it is no text. */
  | 'compared'
  | 'printed'
  /** Its lists are looked through for truth or numbers. */
  | 'lists'
  /** Each of its items makes a tuple. */
  | 'tuples'
  /** Key of a group, or what a sort compares; of tuples in an environment of its own each time. */
  | 'group'
  | 'groupInTuples'
  | 'sort'
  | 'sortInTuples';

const MARK = Symbol('mark');
/** True for a part of a list or object. */
const PART = Symbol('part');

/** The library makes a tuple of an item for the price of so many steps. */
const STEPS_PER_TUPLE = 0.25;
/** Members of a list's items that the library finds for the price of a step. */
const FOUND_PER_STEP = 16;
/** Items that the library copies for each further item of a group, for the price of a step. */
const GROUP_COPIES_PER_STEP = 256;
/** The library keeps lists that grow with the square of what is sorted. */
const SORT_TERMS_PER_STEP = 40_000;

/** What a syntax tree refers to. */
export interface Uses {
  readonly variables: ReadonlySet<string>;
  readonly transforms: boolean;
  readonly usesRegex: boolean;
}

/** Marks the tree. */
export function markTree(tree: object): Uses {
  const variables = new Set<string>();
  let transforms = false;
  let usesRegex = false;
  const seen = new Set<object>([tree]);
  for (const one of seen) {
    const node = one as Node;
    if (node.type === 'variable') variables.add(String(node.value));
    transforms ||= node.type === 'transform';
    usesRegex ||= node.type === 'regex';
    markNeighbours(node);
    for (const child of Object.values(node)) {
      if (typeof child === 'object' && child !== null) seen.add(child);
    }
  }
  return { variables, transforms, usesRegex };
}

function markNeighbours(node: Node): void {
  const { type, value } = node;
  if (type === 'unary' && value === '[') markParts(node.expressions!);
  const group = type === 'unary' && value === '{' ? (node as Group) : node.group;
  if (group) markParts(group.lhs.map(([, part]) => part!));
  if (type === 'binary' && (value === '=' || value === '!=')) {
    mark('compared', node.lhs, node.rhs);
  } else if (type === 'binary' && value === '&') {
    mark('printed', node.lhs, node.rhs);
  } else if (type === 'binary' && (value === 'and' || value === 'or' || value === 'in')) {
    mark('lists', node.lhs, node.rhs);
  }
  mark('lists', node.condition);
  if (type === 'filter') mark('lists', node.expr);
  const steps = node.steps ?? [];
  // From the first tuples on, each step of a path makes tuples.
  const first = steps.findIndex(makesTuples);
  const inTuples = first >= 0;
  if (inTuples) mark('tuples', ...steps.slice(first));
  for (const { expression } of steps.flatMap(({ terms }) => terms ?? [])) {
    mark(inTuples ? 'sortInTuples' : 'sort', expression);
  }
  for (const [key] of node.group?.lhs ?? []) mark(inTuples ? 'groupInTuples' : 'group', key);
}

const makesTuples = ({ tuple, focus, index, ancestor }: Node): boolean =>
  Boolean(tuple || focus || index || ancestor);

function markParts(nodes: readonly Node[]): void {
  for (const node of nodes) node[PART] = true;
}

function mark(kind: Mark, ...nodes: unknown[]): void {
  for (const node of nodes) if (node) (node as Node)[MARK] = kind;
}

/** Called by the library before every step. Throws where the evaluation is too much. */
export function onEntry(
  node: Node,
  input: unknown,
  environment: Environment,
): Promise<void> | undefined {
  const { budget, parts } = sessionOf(environment);
  budget.spend(1);
  if (node.type === 'name') budget.visitLists(input);
  else if (node.type === 'descendant') budget.visitAll(input);
  else if (node.type === 'wildcard') visitMembers(budget, input);
  else if (node.type === 'unary' && node.value === '{' && Array.isArray(input)) {
    budget.spend(input.length ** 2 / GROUP_COPIES_PER_STEP);
  }
  return node[PART] && parts.begin(environment);
}

/** Lists in members are flattened, and all that was found is copied for each of them. */
function visitMembers(budget: Budget, input: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  const members = Object.values(input);
  budget.visit(members.length);
  let found = 0;
  for (const member of members) {
    budget.visitLists(member);
    found += Array.isArray(member) ? member.length : 1;
    if (Array.isArray(member)) budget.visit(found);
  }
}

/** Called by the library behind every step, but for tail calls. */
export function onExit(
  node: Node,
  input: unknown,
  environment: Environment,
  result: unknown,
): void {
  const session = sessionOf(environment);
  if (typeof result === 'string') session.budget.build(result.length);
  else if (Array.isArray(result)) {
    if (makesLists(node)) session.budget.visit(result.length);
    // Found in a list, and put into another one by one.
    else if (node.type === 'name' && Array.isArray(input)) {
      session.budget.spend(result.length / FOUND_PER_STEP);
    }
  }
  if (node[PART]) session.parts.end();
  const mark = node[MARK];
  if (mark) visitMarked(session, mark, node, environment, result);
}

function visitMarked(
  { budget, rows }: Session,
  mark: Mark,
  node: Node,
  environment: Environment,
  result: unknown,
): void {
  switch (mark) {
    case 'compared':
      budget.visitAll(result);
      break;
    case 'printed':
      if (typeof result !== 'string') budget.visitAll(result);
      break;
    case 'lists':
      budget.visitLists(result);
      break;
    case 'tuples':
      if (Array.isArray(result)) budget.spend(result.length * STEPS_PER_TUPLE);
      break;
    case 'group':
      budget.spend(rows.next(node, environment) / GROUP_COPIES_PER_STEP);
      break;
    case 'groupInTuples':
      budget.spend(rows.next(node) / GROUP_COPIES_PER_STEP);
      break;
    case 'sort':
      budget.spend(rows.next(node, environment) / SORT_TERMS_PER_STEP);
      break;
    case 'sortInTuples':
      budget.spend(rows.next(node) / SORT_TERMS_PER_STEP);
      break;
  }
}

/** Ranges, constructed lists and what a path has found are new lists. */
const makesLists = ({ type }: Node): boolean =>
  type === 'path' || type === 'binary' || type === 'unary';
