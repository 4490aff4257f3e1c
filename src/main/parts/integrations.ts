/** What Tasks can call, put together: functions, and the services here by the SDK. */
import type { KnownServices } from '../../asl/integrations.ts';
import type { FoldOptions } from '../../execution/fold.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import { type AwsSdkDeps, awsSdkIntegrations } from '../../service/integrations/aws-sdk.ts';
import { lambdaIntegration } from '../../service/integrations/lambda.ts';
import {
  type CheckConstraints,
  calledOperations,
  constraintCheck,
  knownServices,
  parameterCheck,
} from '../../service/integrations/operations.ts';
import type { LambdaService } from '../../service/lambda/service.ts';
import type { Integration } from '../../service/ports/tasks.ts';
import type { Catalog } from '../../wire/catalog.ts';

export interface IntegrationDeps {
  readonly lambda: Pick<LambdaService, 'invoke'>;
  /** The models of the services here. */
  readonly models: Catalog;
  readonly dispatcher: AwsSdkDeps['dispatcher'];
  readonly clock: Clock;
  readonly tools: Tools;
}

interface IntegrationParts {
  readonly integrations: readonly Integration[];
  /** What definitions are checked against. */
  readonly services: KnownServices;
  readonly request: NonNullable<FoldOptions['request']>;
  readonly check: CheckConstraints;
}

export function integrationParts(deps: IntegrationDeps): IntegrationParts {
  const { clock, tools, dispatcher, lambda } = deps;
  const operationOf = calledOperations(deps.models);
  const check = constraintCheck(operationOf);
  return {
    integrations: [
      lambdaIntegration({ invoke: (call) => lambda.invoke(call), check, clock, tools }),
      ...awsSdkIntegrations({ operationOf, dispatcher, clock, tools }),
    ],
    services: knownServices(deps.models, operationOf),
    request: parameterCheck(operationOf),
    check,
  };
}
