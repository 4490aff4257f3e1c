/**
 * The optimised service integrations: which actions each service offers, and in which patterns.
 * Source: Step Functions developer guide, "Integrating optimized services".
 */
import type { JsonObject } from '../ground/json.ts';
import type { Pattern, Resource } from './resource.ts';
import { offersSdkAction } from './sdk-services.ts';

/** What is known of services beyond the tables here: their operations, and what those take. */
export interface KnownServices {
  /** False where the service is known and has no such action. */
  offers(resource: Resource): boolean;
  /** Why no request can be made of what a definition says; null is what is known later only. */
  problems(resource: Resource, given: JsonObject): readonly string[];
}

/** What an action offers beyond request and response. */
type Beyond = readonly Pattern[];

const ONLY: Beyond = [];
const SYNC: Beyond = ['sync'];
const TOKEN: Beyond = ['waitForTaskToken'];
const BOTH: Beyond = ['sync', 'waitForTaskToken'];

const actions = (names: string, beyond: Beyond): Record<string, Beyond> =>
  Object.fromEntries(names.split(' ').map((name) => [name, beyond]));

const SERVICES: Readonly<Record<string, Readonly<Record<string, Beyond>>>> = {
  apigateway: actions('invoke', TOKEN),
  athena: {
    ...actions('startQueryExecution', SYNC),
    ...actions('stopQueryExecution getQueryExecution getQueryResults', ONLY),
  },
  batch: actions('submitJob', SYNC),
  bedrock: {
    ...actions('invokeModel', TOKEN),
    ...actions('createModelCustomizationJob', SYNC),
  },
  codebuild: {
    ...actions('startBuild startBuildBatch retryBuild retryBuildBatch', SYNC),
    ...actions('stopBuild stopBuildBatch batchGetReports batchGetBuilds', ONLY),
    ...actions('batchDeleteBuilds deleteBuildBatch', ONLY),
  },
  databrew: actions('startJobRun', SYNC),
  dynamodb: actions('getItem putItem updateItem deleteItem', ONLY),
  ecs: actions('runTask', BOTH),
  eks: {
    ...actions('createCluster createFargateProfile createNodegroup', BOTH),
    ...actions('deleteCluster deleteFargateProfile deleteNodegroup runJob', BOTH),
    ...actions('call', TOKEN),
  },
  elasticmapreduce: {
    ...actions('createCluster terminateCluster addStep', SYNC),
    ...actions('cancelStep setClusterTerminationProtection', ONLY),
    ...actions('modifyInstanceFleetByName modifyInstanceGroupByName', ONLY),
  },
  'emr-containers': {
    ...actions('startJobRun deleteVirtualCluster', SYNC),
    ...actions('createVirtualCluster', ONLY),
  },
  'emr-serverless': actions(
    'createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun',
    SYNC,
  ),
  events: actions('putEvents', TOKEN),
  glue: actions('startJobRun', SYNC),
  http: actions('invoke', ONLY),
  lambda: actions('invoke', TOKEN),
  mediaconvert: actions('createJob', SYNC),
  sagemaker: {
    ...actions('createHyperParameterTuningJob createLabelingJob createProcessingJob', SYNC),
    ...actions('createTrainingJob createTransformJob', SYNC),
    ...actions('createEndpoint createEndpointConfig createModel updateEndpoint', ONLY),
  },
  sns: actions('publish', TOKEN),
  sqs: actions('sendMessage', TOKEN),
  states: actions('startExecution', ['sync', 'sync:2', 'waitForTaskToken']),
};

/** Simple Workflow tasks are named in the language's specification; nothing runs them. */
const NAMED_ONLY = 'swf';
const SDK_PREFIX = 'aws-sdk:';

/** The service of an `aws-sdk` resource, such as `sfn`; undefined for other kinds. */
export function sdkService({ kind, service }: Resource): string | undefined {
  if (kind !== 'integration' || !service.startsWith(SDK_PREFIX)) return undefined;
  return service.slice(SDK_PREFIX.length);
}

/** The action without the suffix of its pattern. */
export function actionName({ action }: Resource): string {
  return action.split('.')[0]!;
}

/** True where AWS has the resource; of other kinds than integrations only the form is known. */
export function isOffered(resource: Resource): boolean {
  const { kind, service, pattern } = resource;
  if (kind !== 'integration' || service === NAMED_ONLY) return true;
  const name = actionName(resource);
  const sdk = sdkService(resource);
  if (sdk !== undefined) {
    return pattern !== 'sync' && pattern !== 'sync:2' && offersSdkAction(sdk, name);
  }
  const offered = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  if (!offered || !Object.hasOwn(offered, name)) return false;
  return pattern === 'requestResponse' || offered[name]!.includes(pattern);
}
