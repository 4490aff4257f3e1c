/**
 * Tasks that start executions: `arn:aws:states:::states:startExecution`, fire and forget, `.sync`
 * (the child's input and output as texts), `.sync:2` (parsed) and `.waitForTaskToken`.
 *
 * A child that nobody named has a name that follows from its parent's attempt, so that starting it
 * again after a crash finds it.
 */
import { parseResource } from '../../asl/resource.ts';
import type { TaskOrder } from '../../execution/effect.ts';
import type { ScopePath } from '../../execution/record.ts';
import { executionArn, parseArn } from '../../ground/arn.ts';
import { uuidFrom } from '../../ground/id.ts';
import { type JsonObject, parseData, printJson } from '../../ground/json.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { ExecutionHead, ExecutionStore } from '../../store/executions/store.ts';
import type { Engines } from '../engine/engines.ts';
import type { CheckConstraints } from '../integrations/operations.ts';
import { parametersOf, textParameter } from '../integrations/parameters.ts';
import {
  httpDate,
  type OptimisedNames,
  refusedOptimised,
  sdkMetadata,
} from '../integrations/wording.ts';
import type { Integration, TaskOutcome, TaskRun } from '../ports/tasks.ts';
import type { Started, Starter } from './start.ts';

export interface StatesIntegrationDeps {
  readonly starter: Pick<Starter, 'start'>;
  readonly engines: Engines;
  readonly executions: Pick<ExecutionStore, 'headByArn'>;
  readonly check: CheckConstraints;
  readonly clock: Clock;
  readonly tools: Pick<Tools, 'uuid' | 'digest'>;
  readonly log: Logger;
}

const NAMES: OptimisedNames = {
  prefix: 'StepFunctions',
  inCauses: 'AWSStepFunctions',
  otherException: 'AWSStepFunctionsException',
  serverException: 'AWSStepFunctionsException',
};

export function statesIntegration(deps: StatesIntegrationDeps): Integration {
  return new StatesIntegration(deps);
}

class StatesIntegration implements Integration {
  readonly onLost = 'rerun';
  readonly #deps: StatesIntegrationDeps;

  constructor(deps: StatesIntegrationDeps) {
    this.#deps = deps;
  }

  matches(resource: string): boolean {
    const parsed = parseResource(resource);
    return parsed?.service === 'states' && parsed.action.split('.')[0] === 'startExecution';
  }

  async run(task: TaskRun): Promise<TaskOutcome> {
    const { head, scope, attempt, order } = task;
    const { clock, tools } = this.#deps;
    const parameters = parametersOf(order);
    const requestId = tools.uuid();
    task.started(clock.now());
    try {
      this.#deps.check(order.resource, parameters);
      const name = textParameter(parameters, 'Name');
      const started = await this.#deps.starter.start({
        stateMachineArn: textParameter(parameters, 'StateMachineArn')!,
        name: name ?? this.#nameFor(head, scope, attempt),
        nameIsOurs: name === undefined,
        input: textParameter(parameters, 'Input') ?? '{}',
        traceHeader: textParameter(parameters, 'TraceHeader') ?? task.traceHeader,
        ...(isSync(order.resource) && { parent: { id: head.id, scope, attempt } }),
      });
      if (task.abort.aborted) this.abandon(head, scope, attempt, order);
      const output = JSON.stringify(this.#answer(started, requestId));
      const { pattern } = parseResource(order.resource)!;
      return { type: pattern === 'requestResponse' ? 'Succeeded' : 'Submitted', output };
    } catch (error) {
      return refusedOptimised(NAMES, error, requestId);
    }
  }

  childEnded(order: TaskOrder, child: ExecutionHead): TaskOutcome {
    const parsed = order.resource.endsWith('.sync:2');
    if (child.status === 'SUCCEEDED') {
      return { type: 'Succeeded', output: printJson(ended(child, parsed)) };
    }
    const cause = printJson(failed(child, parsed));
    return { type: 'Failed', error: 'States.TaskFailed', cause };
  }

  abandon(head: ExecutionHead, scope: ScopePath, attempt: number, order: TaskOrder): void {
    if (!isSync(order.resource)) return;
    this.#stopChild(head, scope, attempt, order).catch((error: unknown) =>
      this.#deps.log.warn('could not stop a nested execution', { parent: head.arn, error }),
    );
  }

  async #stopChild(
    head: ExecutionHead,
    scope: ScopePath,
    attempt: number,
    order: TaskOrder,
  ): Promise<void> {
    const parameters = parametersOf(order);
    const machine = parseArn(textParameter(parameters, 'StateMachineArn') ?? '');
    if (!machine) return;
    const name = textParameter(parameters, 'Name') ?? this.#nameFor(head, scope, attempt);
    const machineName = machine.resource.split(':')[1]!;
    const child = await this.#deps.executions.headByArn(executionArn(machine, machineName, name));
    const { parent } = child ?? {};
    if (parent?.id !== head.id || parent.scope !== scope || parent.attempt !== attempt) return;
    await this.#deps.engines.standard.signal(child!.id, { type: 'Stop' });
  }

  /** In the form of the UUID that AWS would have drawn. */
  #nameFor(head: ExecutionHead, scope: ScopePath, attempt: number): string {
    const what = `${head.arn}\n${head.redriveCount}\n${scope}\n${attempt}`;
    return uuidFrom(this.#deps.tools.digest('SHA-256', what));
  }

  #answer({ arn, startedAt }: Started, requestId: string): JsonObject {
    const body = JSON.stringify({ executionArn: arn, startDate: startedAt / 1000 });
    return {
      ExecutionArn: arn,
      ...sdkMetadata(200, requestId, [
        ['x-amzn-RequestId', requestId],
        ['connection', 'keep-alive'],
        ['Content-Length', String(body.length)],
        ['Date', httpDate(this.#deps.clock.now())],
        ['Content-Type', 'application/x-amz-json-1.0'],
      ]),
      StartDate: startedAt,
    };
  }
}

const isSync = (resource: string): boolean => /\.sync(:2)?$/.test(resource);

/** DescribeExecution of a child that succeeded, as `.sync` answers with it (recorded). */
function ended(child: ExecutionHead, parsed: boolean): JsonObject {
  return {
    ExecutionArn: child.arn,
    Input: parsed ? parseData(child.input) : child.input,
    InputDetails: { Included: true },
    Name: child.name,
    Output: parsed ? parseData(child.output!) : child.output!,
    OutputDetails: { Included: true },
    RedriveCount: child.redriveCount,
    RedriveStatus: 'NOT_REDRIVABLE',
    RedriveStatusReason: `Execution is ${child.status} and cannot be redriven`,
    StartDate: child.startedAt,
    ...(child.aliasArn !== undefined && { StateMachineAliasArn: child.aliasArn }),
    StateMachineArn: child.machineArn,
    ...(child.versionArn !== undefined && { StateMachineVersionArn: child.versionArn }),
    Status: child.status,
    StopDate: child.stoppedAt!,
  };
}

/** The cause where it did not (recorded without the members about redrive). */
function failed(child: ExecutionHead, parsed: boolean): JsonObject {
  return {
    ...(child.cause !== undefined && { Cause: child.cause }),
    ...(child.error !== undefined && { Error: child.error }),
    ExecutionArn: child.arn,
    Input: parsed ? parseData(child.input) : child.input,
    InputDetails: { Included: true },
    Name: child.name,
    StartDate: child.startedAt,
    ...(child.aliasArn !== undefined && { StateMachineAliasArn: child.aliasArn }),
    StateMachineArn: child.machineArn,
    ...(child.versionArn !== undefined && { StateMachineVersionArn: child.versionArn }),
    Status: child.status,
    StopDate: child.stoppedAt!,
  };
}
