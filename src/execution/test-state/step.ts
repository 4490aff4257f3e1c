/** The tested state while it is worked on: a Step that remembers what each stage gave. */
import type { Evaluation } from '../../asl/env.ts';
import type { State } from '../../asl/machine.ts';
import type { Template } from '../../asl/template.ts';
import type { Doc, Json, JsonObject } from '../../ground/json.ts';
import type { Fold } from '../fold.ts';
import type { Scope } from '../state.ts';
import { type Extra, Step } from '../step.ts';
import { STAGE_OF_FIELD, type Stages } from './stages.ts';

export class TestStep<S extends State = State> extends Step<S> {
  readonly stages: Stages = {};
  readonly #given: Json | undefined;

  /** `given` replaces the whole context object. */
  constructor(fold: Fold, scope: Scope, given: Json | undefined) {
    super(fold, scope);
    this.#given = given;
  }

  override *fill(template: Template, input: Doc, extra?: Extra): Evaluation<Doc> {
    const filled = yield* super.fill(template, input, extra);
    const stage = STAGE_OF_FIELD[template.field];
    if (stage) this.stages[stage] = filled;
    return filled;
  }

  protected override context(): Json {
    if (this.#given !== undefined) return this.#given;
    const context = super.context() as { Execution: JsonObject };
    if (context.Execution.RoleArn === '') context.Execution.RoleArn = null;
    return context;
  }
}
