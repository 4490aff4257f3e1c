/**
 * One execution in this process: the server's engine over a store in memory. Time leaps by default;
 * functions and mocks are the caller's.
 */
import { compileMachine } from '../../asl/compile.ts';
import { evaluateExpression } from '../../asl/evaluator.ts';
import type { Machine } from '../../asl/machine.ts';
import { processorMachine } from '../../asl/processor.ts';
import { objectFolder } from '../../edge/object-folder.ts';
import { nextTurn, systemClock, systemTools } from '../../edge/system.ts';
import { VirtualClock } from '../../edge/virtual-clock.ts';
import { AWS_LIMITS } from '../../execution/limits.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import {
  type AssembledEngines,
  assembleEngines,
  type Skips,
} from '../../service/engine/assemble.ts';
import type { Engine, NewExecution } from '../../service/engine/engine.ts';
import { Engines } from '../../service/engine/engines.ts';
import { PROCESSOR } from '../../service/engine/mapruns/children.ts';
import type { MapRuns } from '../../service/engine/mapruns/service.ts';
import { mockedIntegrations } from '../../service/integrations/mocked.ts';
import { constraintCheck, parameterCheck } from '../../service/integrations/operations.ts';
import { IntegrationRegistry } from '../../service/integrations/registry.ts';
import { lambdaIntegration } from '../../service/lambda/tasks.ts';
import type { Service } from '../../service/lifecycle.ts';
import type { Integration, Integrations } from '../../service/ports/tasks.ts';
import { RetryingWrites } from '../../service/retrying-writes.ts';
import { memoryExecutionStore } from '../../store/executions/memory.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import { memoryMapRunStore, SharedMemory } from '../../store/mapruns/memory.ts';
import { serviceModels } from '../service-models.ts';
import { type Functions, localInvoke } from './functions.ts';
import type { Answers } from './mocks.ts';

export interface LocalRunOptions {
  /** JSON text of a valid definition. */
  readonly definition: string;
  /** All but the definition's hash and the time, which are the run's. */
  readonly execution: Omit<NewExecution, 'definitionHash' | 'startedAt'>;
  /** When it starts; default: now. */
  readonly startAt?: number | undefined;
  readonly functions: Functions;
  readonly answers: Answers;
  readonly virtual: boolean;
  /** Folder of the buckets that Distributed Maps read and write. */
  readonly objects: string;
  /** Real time after which the execution is stopped. */
  readonly timeoutMs?: number | undefined;
  readonly abort?: AbortSignal | undefined;
  readonly log: Logger;
  /** The records of every commit of this execution, as they come. */
  onRecords(records: readonly HistoryRecord[]): void;
}

export interface LocalRunResult {
  readonly head: ExecutionHead;
  /** Functions that were asked for and are not there. */
  readonly missingFunctions: readonly string[];
}

const HASH = 'definition';
/** What stops a run that its definition does not end. */
const ABORTED = 'Steplight.Aborted';

export async function localRun(options: LocalRunOptions): Promise<LocalRunResult> {
  const world = new World(options);
  await world.start();
  try {
    return await world.run();
  } finally {
    await world.stop();
  }
}

class World {
  readonly #options: LocalRunOptions;
  readonly #virtual: VirtualClock | undefined;
  readonly #clock: Clock;
  readonly #tools: Tools;
  readonly #engine: Engine;
  readonly #mapRuns: MapRuns;
  readonly #running: readonly Service[];
  readonly #missing = new Set<string>();
  readonly #machines = new Map<string, Machine>();
  #id = 0;

  constructor(options: LocalRunOptions) {
    this.#options = options;
    this.#virtual = options.virtual ? new VirtualClock(systemClock, options.startAt) : undefined;
    this.#clock = this.#virtual ?? systemClock;
    this.#tools = { ...systemTools, now: () => this.#clock.now() };
    this.#machines.set(HASH, compileMachine(options.definition));
    const { engine, mapRuns, running } = this.#assemble();
    this.#engine = engine;
    this.#mapRuns = mapRuns;
    this.#running = running;
  }

  async start(): Promise<void> {
    for (const service of this.#running) await service.start();
  }

  async stop(): Promise<void> {
    for (const service of this.#running.toReversed()) await service.stop();
  }

  async run(): Promise<LocalRunResult> {
    const { execution, startAt, timeoutMs, abort } = this.#options;
    this.#id = this.#engine.nextId();
    const ended = this.#engine.ended(this.#id);
    const startedAt = startAt ?? this.#clock.now();
    const onAbort = (): void => this.#giveUp('The run was aborted.');
    abort?.addEventListener('abort', onAbort, { once: true });
    const cancel =
      timeoutMs === undefined
        ? undefined
        : systemClock.wake(systemClock.now() + timeoutMs, () =>
            this.#giveUp(`The run took longer than ${timeoutMs / 1000} s.`),
          );
    try {
      await this.#engine.begin({ ...execution, definitionHash: HASH, startedAt }, this.#id);
      if (abort?.aborted) onAbort();
      return { head: await ended, missingFunctions: [...this.#missing] };
    } finally {
      cancel?.();
      abort?.removeEventListener('abort', onAbort);
    }
  }

  #assemble(): AssembledEngines {
    const { answers, execution, log, objects } = this.#options;
    const memory = new SharedMemory();
    const engines = new Engines();
    return assembleEngines({
      engines,
      clock: this.#clock,
      tools: this.#tools,
      log,
      limits: AWS_LIMITS,
      epoch: 1,
      executions: memoryExecutionStore(memory, nextTurn),
      expressStore: memoryExecutionStore(undefined, nextTurn),
      mapRunStore: memoryMapRunStore(memory),
      objects: objectFolder(objects),
      retryingWrites: new RetryingWrites({ clock: systemClock, log }),
      integrations: this.#integrations(engines),
      projectors: { standard: [], express: [] },
      watchers: [{ project: (head, records) => this.#show(head, records) }],
      machine: (hash) => this.#machine(hash),
      evaluate: (request) => evaluateExpression(request, this.#tools),
      request: parameterCheck(serviceModels().operationOf),
      mocked: (_facts, state) => answers.has(state),
      synchronous: (id) => id === this.#id && execution.type === 'EXPRESS',
      drainMs: 0,
      skips: this.#virtual && this.#skipsOf(this.#virtual),
    });
  }

  #integrations(engines: Engines): Integrations {
    const { functions, answers } = this.#options;
    const deps = { clock: this.#clock, tools: this.#tools };
    const missing = (name: string) => this.#missing.add(name);
    const check = constraintCheck(serviceModels().operationOf);
    const invoke = localInvoke({ ...deps, functions, missing });
    const here = [lambdaIntegration({ ...deps, check, invoke }), NOT_HERE];
    return mockedIntegrations(new IntegrationRegistry(here), {
      clock: this.#clock,
      answer: (task) => answers.answer(task),
      signal: (id, signal) => engines.standard.signal(id, signal),
    });
  }

  #show(head: ExecutionHead, records: readonly HistoryRecord[]): void {
    if (head.id === this.#id) this.#options.onRecords(records);
  }

  #machine(hash: string): Machine {
    const known = this.#machines.get(hash);
    if (known) return known;
    const made = processorMachine(this.#machine(HASH), hash.slice(HASH.length + PROCESSOR.length));
    this.#machines.set(hash, made);
    return made;
  }

  #skipsOf(clock: VirtualClock): Skips {
    return {
      real: systemClock,
      clock,
      busy: () => false,
      // Nobody outside can answer.
      quietMs: 0,
      patienceMs: 0,
      stuck: () => {
        if (this.#mapRuns.size === 0) this.#giveUp(this.#whyStuck());
      },
    };
  }

  #whyStuck(): string {
    const rows = this.#engine.held(this.#id)?.rows.values() ?? [];
    const states = [...rows].flatMap(({ order }) => (order ? [`'${order.stateName}'`] : []));
    return (
      'Nothing runs any more, and nobody can answer here what the execution waits for' +
      `${states.length > 0 ? `: the state ${states.join(', ')}. Mock it` : ''}.`
    );
  }

  #giveUp(cause: string): void {
    void this.#engine.signal(this.#id, { type: 'Stop', error: ABORTED, cause }).catch(() => false);
  }
}

const NOT_HERE: Integration = {
  matches: () => true,
  onLost: 'fail',
  run: async ({ order }) => ({
    type: 'Failed',
    error: 'States.Runtime',
    cause:
      `Nothing answers the state '${order.stateName}' in a local run: its resource is ` +
      `'${order.resource}'. Mock it.`,
  }),
};
