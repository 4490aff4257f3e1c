/** Lambda in a house: its store, and the host that runs its functions. */
import { sqlFunctionStore } from '../../store/functions/sql.ts';
import type { AwsService, House } from '../aws-service.ts';
import { calledOperations, constraintCheck } from '../integrations/operations.ts';
import type { Service } from '../lifecycle.ts';
import type { FunctionHost } from '../ports/functions.ts';
import { assembleLambda } from './assemble.ts';
import type { CodeStore, InvocationFacts } from './ports.ts';
import { functionSample } from './sample.ts';
import { lambdaIntegration } from './tasks.ts';

/** What only Lambda needs of the outside. */
export interface LambdaOwn {
  readonly code: CodeStore;
  readonly host: FunctionHost;
  /** What the host runs its functions in. */
  readonly processes: Service & { counts(): HostCounts };
  /** `--tracing all`: every function as if its tracing were Active. */
  readonly traceAll: boolean;
  invoked(facts: InvocationFacts): void;
}

/** Processes started so far, and what they do now. */
export interface HostCounts {
  readonly processes: number;
  readonly busy: number;
  readonly queued: number;
}

export async function openLambda(house: House, own: LambdaOwn): Promise<AwsService> {
  const { databases, calls, traces, retryingWrites, clock, tools, log } = house;
  const { processes } = own;
  const lambda = assembleLambda({
    store: sqlFunctionStore(databases.main),
    code: own.code,
    host: own.host,
    recorder: traces,
    retryingWrites,
    sample: functionSample(traces, tools),
    traceAll: own.traceAll,
    epoch: databases.node.epoch,
    live: databases.node.live,
    clock,
    tools,
    log,
    onInvocation: own.invoked,
  });
  const check = constraintCheck(calledOperations(calls.catalog));
  return {
    handlers: lambda.handlers,
    running: [processes, lambda],
    nodeWork: lambda,
    tasks: [lambdaIntegration({ invoke: (call) => lambda.invoke(call), check, clock, tools })],
    health: () => ({ ...processes.counts() }),
    busy() {
      const { busy, queued } = processes.counts();
      return busy > 0 || queued > 0;
    },
  };
}
