/** What Tasks can call, put together: functions, state machines, and the services here by the SDK. */
import type { KnownServices } from '../../asl/integrations.ts';
import type { FoldOptions } from '../../execution/fold.ts';
import type { Logger } from '../../ground/log.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import { type AwsSdkDeps, awsSdkIntegrations } from '../../service/integrations/aws-sdk.ts';
import { lambdaIntegration } from '../../service/integrations/lambda.ts';
import {
  calledOperations,
  constraintCheck,
  knownServices,
  parameterCheck,
} from '../../service/integrations/operations.ts';
import {
  type StatesIntegrationDeps,
  statesIntegration,
} from '../../service/integrations/states.ts';
import type { LambdaService } from '../../service/lambda/service.ts';
import type { Integration } from '../../service/ports/tasks.ts';
import type { Catalog } from '../../wire/route.ts';
import type { Storage } from '../storage.ts';

export interface IntegrationDeps {
  readonly storage: Storage;
  readonly lambda: Pick<LambdaService, 'invoke'>;
  /** The models of the services here. */
  readonly models: Catalog;
  readonly dispatcher: AwsSdkDeps['dispatcher'];
  readonly clock: Clock;
  readonly tools: Tools;
  readonly log: Logger;
}

interface IntegrationParts {
  readonly integrations: readonly Integration[];
  /** What definitions are checked against. */
  readonly services: KnownServices;
  readonly request: NonNullable<FoldOptions['request']>;
}

export function integrationParts(
  deps: IntegrationDeps,
  engines: Pick<StatesIntegrationDeps, 'starter' | 'engine'>,
): IntegrationParts {
  const { clock, tools, log, dispatcher } = deps;
  const { executions } = deps.storage;
  const operationOf = calledOperations(deps.models);
  const check = constraintCheck(operationOf);
  return {
    integrations: [
      lambdaIntegration({ invoke: (call) => deps.lambda.invoke(call), check, clock, tools }),
      statesIntegration({ ...engines, executions, check, clock, tools, log }),
      ...awsSdkIntegrations({ operationOf, dispatcher, clock, tools }),
    ],
    services: knownServices(deps.models, operationOf),
    request: parameterCheck(operationOf),
  };
}
