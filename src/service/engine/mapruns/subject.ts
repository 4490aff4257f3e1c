/**
 * What a Map Run works on: the Map state that began it. While it waits, and after its execution has
 * ended in it, it stands still, so it can be read again at any time.
 */
import type { Machine, MapState } from '../../../asl/machine.ts';
import { type MapItem, STATE_DATA } from '../../../execution/context.ts';
import { languageError } from '../../../execution/failure.ts';
import { Fold } from '../../../execution/fold.ts';
import type { Limits } from '../../../execution/limits.ts';
import { plainItem } from '../../../execution/states/items.ts';
import { Step } from '../../../execution/step.ts';
import { tooLarge } from '../../../execution/transition.ts';
import { Doc, fitsBytes, type Json } from '../../../ground/json.ts';
import type { Tools } from '../../../ground/tools.ts';
import type { ExecutionHead, ExecutionStore } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import type { ItemSource } from '../../items/source.ts';
import { drive, type Evaluate, Interpreter } from '../interpret.ts';

/** Why a Map Run fails; becomes the error and cause of MapRunFailed. */
export class RunFailure extends Error {
  override name = 'RunFailure';
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}

export interface SubjectDeps {
  readonly executions: Pick<ExecutionStore, 'load'>;
  readonly tools: Tools;
  readonly evaluate: Evaluate;
  readonly limits: Limits;
  machine(definitionHash: string): Machine | Promise<Machine>;
}

export class Subject {
  readonly head: ExecutionHead;
  readonly #step: Step<MapState>;
  readonly #evaluate: Evaluate;

  private constructor(head: ExecutionHead, step: Step<MapState>, evaluate: Evaluate) {
    this.head = head;
    this.#step = step;
    this.#evaluate = evaluate;
  }

  /** Undefined where the execution has left the state. */
  static async load(
    { executions, tools, evaluate, limits, machine }: SubjectDeps,
    { arn, execution }: Pick<StoredMapRun, 'arn' | 'execution'>,
  ): Promise<Subject | undefined> {
    const found = await executions.load(execution.id);
    if (!found) return undefined;
    const definition = await machine(found.head.definitionHash);
    const state = new Interpreter({ tools, evaluate, limits }).fold(found.head, found.records);
    const scope = state.scopes.get(execution.scope);
    if (scope?.current?.children?.mapRun?.arn !== arn) return undefined;
    const step = new Step<MapState>(new Fold(definition, state, tools, { limits }), scope);
    return new Subject(found.head, step, evaluate);
  }

  /** The items in the state's own data; the position is the number of the next one. */
  get items(): ItemSource {
    const { items, keys } = this.#step.open.children!;
    return {
      async *read(position) {
        const from = (position as number | null) ?? 0;
        const values = (items!.value as Json[]).slice(from);
        yield values.map((value, i) => {
          const key = keys?.[from + i];
          return { value, position: from + i + 1, ...(key !== undefined && { key }) };
        });
      },
    };
  }

  /**
   * JSON text of what a child gets of an item, through the ItemSelector where there is one. At once
   * where that is no JSONata. Throws, or rejects with, RunFailure.
   */
  inputOf(item: MapItem): string | Promise<string> {
    const step = this.#step;
    const { itemSelector } = step.definition;
    if (!itemSelector) return Doc.ofValue(plainItem(item)).text;
    step.item = { ...item, source: item.source ?? STATE_DATA };
    const evaluation = step.fill(itemSelector, step.open.children!.input);
    if (itemSelector.language === 'JSONata') return this.#driven(evaluation);
    try {
      return (evaluation.next().value as Doc).text;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Throws RunFailure where a child cannot be given as much. */
  checkSize(input: string): void {
    if (fitsBytes(input, this.#step.fold.limits.payloadBytes)) return;
    throw this.tooLarge;
  }

  get tooLarge(): RunFailure {
    const { error, cause } = tooLarge(this.#step.open.name);
    return new RunFailure(error!, cause!);
  }

  async #driven(evaluation: ReturnType<Step['fill']>): Promise<string> {
    try {
      return (await drive(evaluation, this.#evaluate)).text;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(thrown: unknown): RunFailure {
    const { name, enteredId } = this.#step.open;
    const { error, message } = languageError(thrown);
    const where = `executing the state '${name}' (entered at the event id #${enteredId})`;
    return new RunFailure(error, `An error occurred while ${where}. ${message}`);
  }
}
