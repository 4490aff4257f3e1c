/**
 * What a definition has to be looked through for, without standstill: a small one is looked through
 * here and now, a large one on a thread of its own.
 */
import type { KnownServices } from '../asl/integrations.ts';
import { type Diagnostic, validateDefinition } from '../asl/validate.ts';
import type { MachineType } from '../asl/validation/context.ts';
import { type VariableReferences, variableReferences } from '../asl/variable-references.ts';
import { type JsonObject, parseJson } from '../ground/json.ts';
import type { Service } from '../service/lifecycle.ts';
import type { Definitions } from '../service/states/deps.ts';
import type { ModelOf } from './aws-models.ts';
import { Threads } from './threads.ts';

/** Diagnostics for a type; without one, which states refer to which variables. */
export interface DefinitionQuestion {
  readonly definition: string;
  readonly type?: MachineType;
}

export type DefinitionAnswer = readonly Diagnostic[] | VariableReferences | undefined;

/** Characters of a definition that is looked through here; some 10 ms. */
const HERE_LENGTH_MAX = 16_384;
/** Longer than any definition takes on a slow machine. */
const SILENT_MS_MAX = 60_000;

export function answerAbout(
  { definition, type }: DefinitionQuestion,
  services: KnownServices | undefined,
): DefinitionAnswer {
  if (type !== undefined) {
    // As a plain list: what comes from a thread has lost its class.
    return validateDefinition(definition, { type, services }).diagnostics.slice();
  }
  return variableReferences(parseJson(definition) as JsonObject);
}

export class DefinitionThreads implements Definitions, Service {
  readonly #services: KnownServices | undefined;
  readonly #threads: Threads<DefinitionQuestion, DefinitionAnswer>;

  /** `models` of `services`, which the thread reads anew; default: nothing is known of them. */
  constructor(models: readonly ModelOf[] = [], services?: KnownServices) {
    this.#services = services;
    this.#threads = new Threads({
      module: 'definition-worker',
      data: models.map(({ id, quirks, folder }) => ({ id, quirks, folder })),
      threadsMax: 1,
      silentMsMax: SILENT_MS_MAX,
    });
  }

  async start(): Promise<void> {}

  stop(): Promise<void> {
    return this.#threads.stop(new Error('The server is stopping.'));
  }

  async validate(definition: string, type: MachineType): Promise<readonly Diagnostic[]> {
    return (await this.#ask({ definition, type })) as readonly Diagnostic[];
  }

  async variableReferences(definition: string): Promise<VariableReferences | undefined> {
    return (await this.#ask({ definition })) as VariableReferences | undefined;
  }

  async #ask(question: DefinitionQuestion): Promise<DefinitionAnswer> {
    if (question.definition.length <= HERE_LENGTH_MAX) return answerAbout(question, this.#services);
    return this.#threads.ask(question);
  }
}
