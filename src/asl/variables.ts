/** Which variables each state refers to, as DescribeStateMachine lists them. */
import { isObject, type Json } from '../ground/json.ts';
import { analyze, isBuiltIn } from './expression-analysis.ts';
import type { Call } from './intrinsic.ts';
import { type ExpressionNode, expressionSource } from './jsonata.ts';
import type {
  Condition,
  DistributedMap,
  Dynamic,
  Flow,
  MapState,
  Path,
  QueryLanguage,
  State,
  Template,
} from './machine.ts';
import { parsePath } from './path.ts';
import type { TemplateNode } from './template.ts';

/**
 * State name to the sorted names it refers to, for all states at any depth; states that refer to
 * none are left out. Assigning a variable is no reference.
 */
export function references(flow: Flow): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const state of statesOf(flow)) {
    const names = new Names();
    names.state(state);
    if (names.all.size > 0) found[state.name] = [...names.all].sort();
  }
  return found;
}

function statesOf(flow: Flow): State[] {
  return [...flow.states.values()].flatMap((state) => [
    state,
    ...innerFlows(state).flatMap(statesOf),
  ]);
}

/** The flows inside a state, in the order of the definition. */
export function innerFlows(state: State): readonly Flow[] {
  if (state.type === 'Parallel') return state.branches;
  return state.type === 'Map' ? [state.processor] : [];
}

class Names {
  readonly all = new Set<string>();

  state(state: State): void {
    if (state.type === 'Fail') {
      this.#dynamics(state.error, state.cause);
      return;
    }
    this.#paths(state.inputPath, state.outputPath);
    this.#templates(state.output, state.assign);
    if ('resultSelector' in state) this.#templates(state.resultSelector);
    if ('parameters' in state) this.#templates(state.parameters);
    if ('catch' in state) {
      for (const catcher of state.catch) this.#templates(catcher.output, catcher.assign);
    }
    this.#own(state);
  }

  #own(state: Exclude<State, { type: 'Fail' }>): void {
    if (state.type === 'Task') {
      this.#dynamics(state.timeoutSeconds, state.heartbeatSeconds);
      this.#templates(state.credentials);
    } else if (state.type === 'Wait') this.#dynamics(state.seconds, state.timestamp);
    else if (state.type === 'Map') this.#map(state);
    else if (state.type === 'Choice') {
      for (const rule of state.choices) {
        this.#condition(rule.condition);
        this.#templates(rule.assign, rule.output);
      }
    }
  }

  #map(state: MapState): void {
    this.#paths(state.itemsPath);
    this.#templates(state.items, state.itemSelector);
    this.#dynamics(
      state.maxConcurrency,
      state.toleratedFailureCount,
      state.toleratedFailurePercentage,
    );
    if (state.distributed) this.#distributed(state.distributed, state.queryLanguage);
  }

  #distributed(distributed: DistributedMap, language: QueryLanguage): void {
    const { itemReader, itemBatcher, resultWriter } = distributed;
    for (const part of [itemReader, itemBatcher, resultWriter]) {
      if (part !== undefined) this.#json(part, language);
    }
  }

  /** A part of a definition that is kept as it was written. */
  #json(json: Json, language: QueryLanguage): void {
    if (Array.isArray(json)) for (const item of json) this.#json(item, language);
    else if (isObject(json)) {
      for (const [key, value] of Object.entries(json)) {
        const isPath = language === 'JSONPath' && (key.endsWith('.$') || key.endsWith('Path'));
        if (isPath && typeof value === 'string') this.#paths(parsePath(value));
        else this.#json(value, language);
      }
    } else if (language === 'JSONata' && typeof json === 'string') {
      const source = expressionSource(json);
      if (source !== undefined) this.#expression(source);
    }
  }

  #condition(condition: Condition): void {
    if (condition.kind === 'and' || condition.kind === 'or') {
      for (const one of condition.all) this.#condition(one);
    } else if (condition.kind === 'not') this.#condition(condition.one);
    else if (condition.kind === 'jsonata') this.#expression(condition.source);
    else if (condition.kind === 'compare') {
      this.#paths(condition.variable);
      if (condition.test.right.kind === 'path') this.#paths(condition.test.right.path);
    }
  }

  #dynamics(...values: readonly (Dynamic<Json> | undefined)[]): void {
    for (const value of values) {
      if (value?.kind === 'path') this.#paths(value.path);
      else if (value?.kind === 'jsonata') this.#expression(value.source);
    }
  }

  #templates(...templates: readonly (Template | undefined)[]): void {
    for (const template of templates) {
      if (template?.language === 'JSONPath') this.#template(template.node);
      else if (template) this.#expressions(template.node);
    }
  }

  #template(node: TemplateNode): void {
    if (node.kind === 'array') for (const item of node.items) this.#template(item);
    else if (node.kind === 'object') {
      for (const member of node.members) {
        if ('path' in member) this.#paths(member.path);
        else this.#template(member.node);
      }
    }
  }

  #expressions(node: ExpressionNode): void {
    if (node.kind === 'expression') this.#expression(node.source);
    else if (node.kind === 'array') for (const item of node.items) this.#expressions(item);
    else if (node.kind === 'object')
      for (const [, member] of node.members) this.#expressions(member);
  }

  #expression(source: string): void {
    const analysis = analyze(source);
    if ('syntaxError' in analysis) return;
    for (const name of analysis.variables) if (!isBuiltIn(name)) this.all.add(name);
  }

  #paths(...paths: readonly (Path | null | undefined)[]): void {
    for (const path of paths) {
      if (path?.kind === 'query' && path.query.root.kind === 'variable') {
        this.all.add(path.query.root.name);
      } else if (path?.kind === 'call') this.#call(path.call);
    }
  }

  #call(call: Call): void {
    for (const arg of call.args) {
      if (arg.kind === 'call') this.#call(arg.call);
      else if (arg.kind === 'query' && arg.query.root.kind === 'variable') {
        this.all.add(arg.query.root.name);
      }
    }
  }
}
