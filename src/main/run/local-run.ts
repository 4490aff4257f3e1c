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
import { Engine, type EngineDeps, type NewExecution } from '../../service/engine/engine.ts';
import { ExpressRunner } from '../../service/engine/express.ts';
import { PROCESSOR } from '../../service/engine/mapruns/children.ts';
import { MapRuns } from '../../service/engine/mapruns/service.ts';
import { TimeSkips } from '../../service/engine/time-skips.ts';
import { lambdaIntegration } from '../../service/integrations/lambda.ts';
import { mockedIntegrations } from '../../service/integrations/mocked.ts';
import { constraintCheck, parameterCheck } from '../../service/integrations/operations.ts';
import type { Projector } from '../../service/ports/projector.ts';
import type { Integration } from '../../service/ports/tasks.ts';
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
  readonly #clock: Clock;
  readonly #tools: Tools;
  readonly #store;
  readonly #engine: Engine;
  readonly #express: ExpressRunner;
  readonly #mapRuns: MapRuns;
  readonly #timeSkips: TimeSkips | undefined;
  readonly #missing = new Set<string>();
  readonly #machines = new Map<string, Machine>();
  #id = 0;

  constructor(options: LocalRunOptions) {
    this.#options = options;
    const virtual = options.virtual ? new VirtualClock(systemClock, options.startAt) : undefined;
    this.#clock = virtual ?? systemClock;
    this.#tools = { ...systemTools, now: () => this.#clock.now() };
    this.#machines.set(HASH, compileMachine(options.definition));
    const shared = new SharedMemory();
    this.#store = memoryExecutionStore(shared, nextTurn);
    const expressStore = memoryExecutionStore(undefined, nextTurn);
    const common = this.#common();
    this.#mapRuns = new MapRuns({
      ...common,
      executions: this.#store,
      mapRuns: memoryMapRunStore(shared),
      objects: objectFolder(options.objects),
      engine: () => this.#engine,
      express: () => this.#express,
    });
    const engines = { ...common, projectors: [], mapRuns: this.#mapRuns };
    this.#engine = new Engine({ ...engines, store: this.#store });
    this.#express = new ExpressRunner({
      ...engines,
      store: expressStore,
      ledger: this.#store,
      retryingWrites: new RetryingWrites({ clock: systemClock, log: options.log }),
    });
    if (virtual) this.#timeSkips = this.#timeSkipsOf(virtual, [this.#store, expressStore]);
  }

  async start(): Promise<void> {
    await this.#engine.start();
    await this.#express.start();
    await this.#timeSkips?.start();
  }

  async stop(): Promise<void> {
    await this.#timeSkips?.stop();
    await this.#mapRuns.stop();
    await this.#express.stop();
    await this.#engine.stop();
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

  #common(): Omit<EngineDeps, 'store' | 'projectors'> {
    const { answers, execution, log } = this.#options;
    return {
      clock: this.#clock,
      tools: this.#tools,
      log,
      integrations: this.#integrations(),
      watchers: [this.#watcher()],
      epoch: 1,
      machine: (hash) => this.#machine(hash),
      evaluate: (request) => evaluateExpression(request, this.#tools),
      limits: AWS_LIMITS,
      request: parameterCheck(serviceModels().operationOf),
      mocked: (_facts, state) => answers.has(state),
      synchronous: (id) => id === this.#id && execution.type === 'EXPRESS',
      drainMs: 0,
    };
  }

  #integrations(): Integration[] {
    const { functions, answers } = this.#options;
    const deps = { clock: this.#clock, tools: this.#tools };
    const missing = (name: string) => this.#missing.add(name);
    const check = constraintCheck(serviceModels().operationOf);
    const invoke = localInvoke({ ...deps, functions, missing });
    return mockedIntegrations([lambdaIntegration({ ...deps, check, invoke }), NOT_HERE], {
      clock: this.#clock,
      answer: (task) => answers.answer(task),
      signal: (id, signal) => this.#engine.signal(id, signal),
    });
  }

  #watcher(): Projector {
    return {
      project: (head, records) => {
        if (head.id === this.#id) this.#options.onRecords(records);
        this.#timeSkips?.sign();
      },
    };
  }

  #machine(hash: string): Machine {
    const known = this.#machines.get(hash);
    if (known) return known;
    const made = processorMachine(this.#machine(HASH), hash.slice(HASH.length + PROCESSOR.length));
    this.#machines.set(hash, made);
    return made;
  }

  #timeSkipsOf(
    clock: VirtualClock,
    stores: ConstructorParameters<typeof TimeSkips>[0]['stores'],
  ): TimeSkips {
    return new TimeSkips({
      real: systemClock,
      clock,
      stores,
      log: this.#options.log,
      machine: (hash) => this.#machine(hash),
      busy: () => this.#mapRuns.busy || [this.#engine, this.#express].some(isBusy),
      // Nobody outside can answer.
      quietMs: 0,
      patienceMs: 0,
      stuck: () => {
        if (this.#mapRuns.size === 0) this.#giveUp(this.#whyStuck());
      },
    });
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

const isBusy = ({ counts }: { counts: Engine['counts'] }): boolean =>
  counts.tasks > 0 || counts.deciding > 0;

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
