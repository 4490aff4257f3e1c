/** One state of one scope while it is worked on: its definition, what it sees, and how it reads. */
import { Effort } from '../asl/effort.ts';
import type { Env, Evaluation, Variables } from '../asl/env.ts';
import { fillExpressions } from '../asl/jsonata.ts';
import type { State } from '../asl/machine.ts';
import { fillTemplate, type Template } from '../asl/template.ts';
import { invariant } from '../ground/invariant.ts';
import { Doc, type Json, type JsonObject, rounded } from '../ground/json.ts';
import { contextOf, type MapItem } from './context.ts';
import { type Fold, flowOf } from './fold.ts';
import type { OpenState, Scope } from './state.ts';

/** What `$states` has beside `input` and `context`. */
export interface Extra {
  readonly result?: Json;
  readonly errorOutput?: Json;
}

export class Step<S extends State = State> {
  readonly fold: Fold;
  readonly scope: Scope;
  readonly open: OpenState;
  readonly definition: S;
  /** `$$.Task.Token`. */
  token: string | undefined = undefined;
  /** `$$.Map.Item` of the iteration that is being prepared. */
  item: MapItem | undefined = undefined;
  /** The branches or iterations have succeeded; what fails now is the state's own. */
  gathered = false;

  constructor(fold: Fold, scope: Scope) {
    const open = scope.current;
    invariant(open, 'the scope is in a state');
    const definition = flowOf(fold.machine, scope).states.get(open.name);
    invariant(definition, `the definition has the state ${open.name}`);
    this.fold = fold;
    this.scope = scope;
    this.open = open;
    this.definition = definition as S;
  }

  /** What a path or JSONPath template sees whose `$` is `input`. */
  env(input: Json): Env {
    return {
      input,
      context: () => this.context(),
      variables: visibleVariables(this.scope),
      tools: this.fold.tools,
      effort: new Effort(),
    };
  }

  /** Value of a template: in JSONPath `$` is `input`, in JSONata `extra` is added to `$states`. */
  *fill(template: Template, input: Doc, extra?: Extra): Evaluation<Doc> {
    if (template.language === 'JSONPath') {
      return Doc.ofValue(fillTemplate(template, this.env(input.value)));
    }
    return Doc.ofValue(yield* fillExpressions(template.node, this.#sight(extra)));
  }

  /** Value of one JSONata expression. */
  *ask(source: string, field: string): Evaluation<Json> {
    return yield { source, field, ...this.#sight() };
  }

  /** Expressions compute with doubles alone, here as on AWS. */
  #sight(extra?: Extra) {
    const states = { input: this.open.input.value, context: this.context(), ...extra };
    return {
      states: rounded(states) as JsonObject,
      variables: rounded(visibleVariables(this.scope)) as JsonObject,
    };
  }

  protected context(): Json {
    const { token, item } = this;
    return contextOf(this.fold.state, this.scope, this.open, { token, item });
  }
}

const NO_VARIABLES: Variables = Object.freeze(Object.create(null));

/** The scope's own variables and those around it. */
function visibleVariables(scope: Scope): Variables {
  if (scope.visible) return scope.visible;
  const outer = scope.parent ? visibleVariables(scope.parent) : NO_VARIABLES;
  if (!scope.variables) {
    scope.visible = outer;
    return outer;
  }
  const visible: Record<string, Json> = Object.assign(Object.create(null), outer);
  for (const [name, doc] of scope.variables) visible[name] = doc.value;
  scope.visible = visible;
  return visible;
}
