/**
 * What a JSONata expression refers to, found in its syntax tree: for validation and for the list of
 * variables that a state uses.
 */
import jsonata from 'jsonata';

export interface Analysis {
  /** Names (and `$`) that stand at the top level, where there is no context to find them in. */
  readonly topLevelNames: readonly string[];
  /** `$$` occurs. */
  readonly usesRoot: boolean;
  /** Members read straight from `$states`, e.g. `input`. */
  readonly statesMembers: readonly string[];
  /** Variables that the expression neither binds nor calls as functions; without `$`. */
  readonly variables: ReadonlySet<string>;
}

/** The message is the parser's own, without its code. */
export function analyze(source: string): Analysis | { readonly syntaxError: string } {
  try {
    const walk = new Walk();
    walk.visit(jsonata(source).ast() as unknown as Ast, true, new Set());
    return walk;
  } catch (error) {
    if (error instanceof RangeError) return { syntaxError: 'Expression is nested too deeply' };
    return { syntaxError: messageOf(error) };
  }
}

/** jsonata throws plain objects with a message. */
function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}

/** A node of jsonata's tree; only what is looked at here. */
interface Ast {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly Ast[];
  readonly arguments?: readonly Ast[];
  readonly procedure?: Ast;
  readonly body?: Ast;
  readonly expressions?: readonly Ast[];
  readonly expression?: Ast;
  readonly expr?: Ast;
  readonly lhs?: Ast | readonly (readonly [Ast, Ast])[];
  readonly rhs?: Ast;
  readonly condition?: Ast;
  readonly then?: Ast;
  readonly else?: Ast;
  readonly terms?: readonly { readonly expression: Ast }[];
  readonly stages?: readonly Ast[];
  readonly predicate?: readonly Ast[];
  readonly group?: { readonly lhs: readonly (readonly [Ast, Ast])[] };
  readonly pattern?: Ast;
  readonly update?: Ast;
  readonly delete?: Ast;
  readonly focus?: string;
  readonly index?: string;
}

/** Names that are bound where a node stands: by `:=`, as parameters, or by `@` and `#`. */
type Bound = Set<string>;

class Walk implements Analysis {
  readonly topLevelNames: string[] = [];
  readonly statesMembers: string[] = [];
  readonly variables = new Set<string>();
  usesRoot = false;

  /** `top`: the node is evaluated against the context of the whole expression. */
  visit(node: Ast, top: boolean, bound: Bound): void {
    switch (node.type) {
      case 'name':
        if (top) this.topLevelNames.push(String(node.value));
        break;
      case 'variable':
        this.#variable(String(node.value), top, bound);
        break;
      case 'path':
        this.#path(node.steps ?? [], top, bound);
        break;
      case 'lambda':
        this.#lambda(node, top, bound);
        break;
      case 'block':
        this.#block(node, top, bound);
        break;
      case 'bind':
        this.visit(node.rhs!, top, bound);
        bound.add(String((node.lhs as Ast).value));
        break;
      default:
        this.#children(node, top, bound);
    }
    this.#attached(node, bound);
  }

  #variable(name: string, top: boolean, bound: Bound): void {
    if (name === '$') this.usesRoot = true;
    else if (name === '') {
      if (top) this.topLevelNames.push('$');
    } else if (name !== 'states' && !bound.has(name)) this.variables.add(name);
  }

  #path(steps: readonly Ast[], top: boolean, bound: Bound): void {
    const [first, second] = steps;
    if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
      this.statesMembers.push(String(second.value));
    }
    const inner = new Set(bound);
    steps.forEach((step, i) => {
      this.visit(step, top && i === 0, inner);
      if (step.focus) inner.add(step.focus);
      if (step.index) inner.add(step.index);
    });
  }

  #lambda(node: Ast, top: boolean, bound: Bound): void {
    const inner = new Set(bound);
    for (const parameter of node.arguments ?? []) inner.add(String(parameter.value));
    this.visit(node.body!, top, inner);
  }

  #block(node: Ast, top: boolean, bound: Bound): void {
    const inner = new Set(bound);
    for (const expression of node.expressions ?? []) this.visit(expression, top, inner);
  }

  #children(node: Ast, top: boolean, bound: Bound): void {
    const { procedure } = node;
    if (procedure && !(procedure.type === 'variable' && isBuiltIn(String(procedure.value)))) {
      this.visit(procedure, top, bound);
    }
    const same = [node.expression, node.rhs, node.condition, node.then, node.else, node.pattern];
    for (const child of [...same, ...(node.arguments ?? []), ...(node.expressions ?? [])]) {
      if (child) this.visit(child, top, bound);
    }
    if (Array.isArray(node.lhs)) this.#pairs(node.lhs, top, bound);
    else if (node.lhs) this.visit(node.lhs as Ast, top, bound);
    for (const child of [node.update, node.delete, node.expr]) {
      if (child) this.visit(child, false, bound);
    }
    for (const term of node.terms ?? []) this.visit(term.expression, false, bound);
  }

  #pairs(pairs: readonly (readonly [Ast, Ast])[], top: boolean, bound: Bound): void {
    for (const [key, value] of pairs) {
      this.visit(key, top, bound);
      this.visit(value, top, bound);
    }
  }

  /** Filters and groupings are evaluated against what they stand behind. */
  #attached(node: Ast, bound: Bound): void {
    for (const stage of [...(node.stages ?? []), ...(node.predicate ?? [])]) {
      this.visit(stage, false, bound);
    }
    if (node.group) this.#pairs(node.group.lhs, false, bound);
  }
}

/** The language's functions and the six that Step Functions adds; a call of one is no variable. */
const BUILT_IN: ReadonlySet<string> = new Set(
  (
    'sum count max min average string substring substringBefore substringAfter lowercase ' +
    'uppercase length trim pad match contains replace split join formatNumber formatBase ' +
    'formatInteger parseInteger number floor ceil round abs sqrt power random boolean not ' +
    'map zip filter single reduce sift keys lookup append exists spread merge reverse each ' +
    'error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent ' +
    'encodeUrl decodeUrlComponent decodeUrl eval toMillis fromMillis clone now millis ' +
    'partition range hash uuid parse'
  ).split(' '),
);

export const isBuiltIn = (name: string): boolean => BUILT_IN.has(name);
