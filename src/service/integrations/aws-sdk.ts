/**
 * Tasks that call an operation of a service here as the SDK would: `arn:aws:states:::aws-sdk:…`.
 * They go to the same handlers as requests do, checked by the same model. Names of results and
 * errors are those of the SDK for Java, with which Step Functions makes its calls (recorded).
 */

import { parseResource, type Resource } from '../../asl/resource.ts';
import type { Fault } from '../../ground/fault.ts';
import { printJson } from '../../ground/json.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { Operation } from '../../wire/model/shapes.ts';
import { readParameters, writeResult } from '../../wire/sdk-shape.ts';
import type { AwsCalls } from '../calls.ts';
import { unsupported } from '../engine/tasks.ts';
import type { Integration, TaskOutcome, TaskRun } from '../ports/tasks.ts';
import { type CalledOperation, calledOperations } from './operations.ts';
import { parametersOf } from './parameters.ts';
import { refusedSdk } from './wording.ts';

export interface AwsSdkDeps {
  readonly calls: AwsCalls;
  readonly clock: Pick<Clock, 'now'>;
  readonly tools: Pick<Tools, 'uuid'>;
}

/** One integration for what may be asked again, and one for what nobody knows to be done. */
export function awsSdkIntegrations(deps: AwsSdkDeps): Integration[] {
  return [new AwsSdkIntegration(deps, 'rerun'), new AwsSdkIntegration(deps, 'fail')];
}

/** Operations that change nothing; who polls for an activity's task takes it. */
const READS = /^(describe|get(?!ActivityTask)|list|batchGet|filter)/;

class AwsSdkIntegration implements Integration {
  readonly onLost: Integration['onLost'];
  readonly #deps: AwsSdkDeps;
  readonly #operationOf: CalledOperation;

  constructor(deps: AwsSdkDeps, onLost: Integration['onLost']) {
    this.#deps = deps;
    this.#operationOf = calledOperations(deps.calls.catalog);
    this.onLost = onLost;
  }

  matches(resource: string): boolean {
    const parsed = parseResource(resource);
    if (!parsed?.service.startsWith('aws-sdk:')) return false;
    return READS.test(parsed.action) === (this.onLost === 'rerun');
  }

  async run(task: TaskRun): Promise<TaskOutcome> {
    const { order, head } = task;
    const { clock, tools, calls } = this.#deps;
    const resource = parseResource(order.resource)!;
    const operation = this.#operationOf(resource);
    if (!operation || !calls.implements(operation)) return unsupported(order);
    const requestId = tools.uuid();
    const context = {
      account: head.account,
      region: head.region,
      requestId,
      accessKeyId: undefined,
      traceHeader: task.traceHeader,
      abort: task.abort,
    };
    task.started(clock.now());
    try {
      const input = () => readParameters(operation.input!, parametersOf(order));
      const output = await calls.send(operation, input, context);
      return succeeded(resource, operation, output);
    } catch (error) {
      return refusedSdk(operation.service, error as Fault, requestId);
    }
  }
}

function succeeded(
  { pattern }: Resource,
  operation: Operation,
  output: Readonly<Record<string, unknown>>,
): TaskOutcome {
  return {
    type: pattern === 'waitForTaskToken' ? 'Submitted' : 'Succeeded',
    output: printJson(writeResult(operation.output, output)),
  };
}
