/** From the API's input to a function's configuration: defaults, limits, and what is refused. */
import type {
  FunctionCode as CodeInput,
  CreateFunctionRequest,
  LoggingConfig as LoggingInput,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import {
  type FunctionCode,
  type FunctionConfig,
  type LoggingConfig,
  reservedNames,
} from '../../function/config.ts';
import {
  ENVIRONMENT_BYTES_MAX,
  EPHEMERAL_STORAGE_MB_DEFAULT,
  EPHEMERAL_STORAGE_MB_MAX,
  MEMORY_MB_DEFAULT,
  MEMORY_MB_MAX,
  TIMEOUT_SECONDS_DEFAULT,
  TIMEOUT_SECONDS_MAX,
  ZIP_BYTES_MAX,
} from '../../function/limits.ts';
import { byteLength, type Json, printJson } from '../../ground/json.ts';
import type { Instant } from '../../ground/time.ts';
import { invalidParameter, invalidValue, zipTooLarge } from './faults.ts';
import type { CodeStore } from './ports.ts';

/** What CreateFunction and UpdateFunctionConfiguration have in common. */
type Settings = Omit<UpdateFunctionConfigurationRequest, 'FunctionName' | 'RevisionId'>;

/**
 * S3 bucket names that stand for this machine's own files: `S3Key` is then the absolute path of a
 * folder that is used where it is and read again when it changes. The SDKs accept this form as it
 * is. `hot-reload` is the name that other local servers have for the same.
 */
const FOLDER_BUCKETS = new Set(['local-folder', 'hot-reload']);

export function configOfCreate(
  input: CreateFunctionRequest,
  name: string,
  code: FunctionCode,
  now: Instant,
): FunctionConfig {
  if (input.PackageType === 'Image') {
    throw invalidParameter('PackageType Image is not available on this server: deploy a zip');
  }
  refusePublish(input.Publish);
  if (!input.Runtime || !input.Handler) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  const base: FunctionConfig = {
    runtime: input.Runtime,
    role: input.Role!,
    handler: input.Handler,
    description: '',
    timeoutSeconds: TIMEOUT_SECONDS_DEFAULT,
    memoryMb: MEMORY_MB_DEFAULT,
    environment: undefined,
    tracing: 'PassThrough',
    architecture: input.Architectures?.[0] ?? 'x86_64',
    ephemeralStorageMb: EPHEMERAL_STORAGE_MB_DEFAULT,
    logging: { format: 'Text', group: `/aws/lambda/${name}` },
    code,
    lastModified: now,
    kept: {},
  };
  return configOfUpdate(base, input as Settings, name, now);
}

/** The configuration with the members that the input has; those that it lacks stay. */
export function configOfUpdate(
  config: FunctionConfig,
  input: Settings,
  name: string,
  now: Instant,
): FunctionConfig {
  checkLimits(input);
  const variables = input.Environment ? (input.Environment.Variables ?? {}) : undefined;
  if (variables) checkEnvironment(variables);
  return {
    ...config,
    runtime: checkRuntime(input.Runtime ?? config.runtime),
    role: input.Role ?? config.role,
    handler: input.Handler ?? config.handler,
    description: input.Description ?? config.description,
    timeoutSeconds: input.Timeout ?? config.timeoutSeconds,
    memoryMb: input.MemorySize ?? config.memoryMb,
    environment: variables ?? config.environment,
    tracing: input.TracingConfig?.Mode ?? config.tracing,
    ephemeralStorageMb: input.EphemeralStorage?.Size ?? config.ephemeralStorageMb,
    logging: input.LoggingConfig ? loggingOf(input.LoggingConfig, name) : config.logging,
    lastModified: now,
    kept: keptAfter(config.kept, input),
  };
}

/** Stores the code that the input names. Exactly one source may be named. */
export async function codeOf(
  input: CodeInput,
  store: CodeStore,
  operation: string,
): Promise<FunctionCode> {
  const { ZipFile, S3Bucket, S3Key, ImageUri } = input;
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined || ImageUri !== undefined) {
      throw invalidParameter(
        'Please do not provide other FunctionCode parameters when providing a ZipFile.',
      );
    }
    if (ZipFile.length > ZIP_BYTES_MAX) throw zipTooLarge(operation);
    return { kind: 'zip', ...(await store.put(ZipFile)) };
  }
  if (ImageUri !== undefined) {
    throw invalidParameter('Images are not available on this server: deploy a zip');
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalidParameter('Please provide a source for function code.');
  }
  if (!FOLDER_BUCKETS.has(S3Bucket)) {
    throw invalidParameter(
      'Error occurred while GetObject. S3 Error Code: NoSuchBucket. ' +
        'S3 Error Message: The specified bucket does not exist',
    );
  }
  await store.folder(S3Key);
  return { kind: 'folder', path: S3Key };
}

export function refusePublish(publish: boolean | undefined): void {
  if (!publish) return;
  throw invalidParameter('Publish is not available on this server: functions have $LATEST alone');
}

const RUNTIMES = [
  'nodejs20.x',
  'nodejs22.x',
  'nodejs24.x',
  'python3.10',
  'python3.11',
  'python3.12',
  'python3.13',
  'python3.14',
  'provided.al2',
  'provided.al2023',
];
const RUNNABLE = /^(nodejs\d+\.x|python3\.\d+|provided(\.al\d+)?)$/;

/** Families that Lambda has and one machine cannot be expected to. */
const ELSEWHERE = /^(java|dotnet|ruby|go1|python2)/;

function checkRuntime(runtime: string): string {
  if (RUNNABLE.test(runtime)) return runtime;
  if (ELSEWHERE.test(runtime)) {
    const here = 'it runs nodejs*, python3.* and provided*';
    throw invalidParameter(`Runtime ${runtime} is not available on this server: ${here}`);
  }
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ` +
      `[${RUNTIMES.join(', ')}] or be a valid ARN`,
  );
}

function checkLimits(input: Settings): void {
  const { Timeout = 1, MemorySize = 128, EphemeralStorage } = input;
  checkMax(Timeout, 'timeout', TIMEOUT_SECONDS_MAX);
  checkMax(MemorySize, 'memorySize', MEMORY_MB_MAX);
  checkMax(EphemeralStorage?.Size ?? 512, 'ephemeralStorage.size', EPHEMERAL_STORAGE_MB_MAX);
  const layer = input.Layers?.[0];
  if (layer !== undefined) throw invalidParameter(`Layer version ${layer} does not exist.`);
}

function checkMax(value: number, at: string, max: number): void {
  if (value <= max) return;
  throw invalidValue(value, at, `Member must have value less than or equal to ${max}`);
}

function checkEnvironment(variables: Record<string, string>): void {
  const reserved = reservedNames(variables);
  const because =
    'Lambda was unable to configure your environment variables because the environment variables you have provided';
  if (reserved.length > 0) {
    throw invalidParameter(
      `${because} contains reserved keys that are currently not supported for modification. ` +
        `Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const text = printJson(variables);
  if (byteLength(text) <= ENVIRONMENT_BYTES_MAX) return;
  throw invalidParameter(`${because} exceeded the 4KB limit. String measured: ${text}`);
}

function loggingOf(input: LoggingInput, name: string): LoggingConfig {
  const format = input.LogFormat ?? 'Text';
  const { ApplicationLogLevel, SystemLogLevel, LogGroup } = input;
  if (format === 'Text' && (ApplicationLogLevel || SystemLogLevel)) {
    throw invalidParameter(
      'To configure the application or system log level, you must set LogFormat to JSON.',
    );
  }
  return {
    format,
    ...(ApplicationLogLevel ? { applicationLevel: ApplicationLogLevel } : {}),
    ...(SystemLogLevel ? { systemLevel: SystemLogLevel } : {}),
    group: LogGroup ?? `/aws/lambda/${name}`,
  };
}

/** What has no meaning on one machine is answered as it was given; an empty one takes it away. */
function keptAfter(before: FunctionConfig['kept'], input: Settings): Record<string, Json> {
  const { VpcConfig: vpc, DeadLetterConfig: deadLetters, KMSKeyArn, SnapStart } = input;
  const { FileSystemConfigs: fileSystems } = input;
  const kept = { ...before };
  const put = (name: string, given: unknown, value: Json | undefined): void => {
    if (given === undefined) return;
    if (value === undefined) delete kept[name];
    else kept[name] = value;
  };
  if (vpc) {
    const { SubnetIds = [], SecurityGroupIds = [], Ipv6AllowedForDualStack = false } = vpc;
    kept.VpcConfig = { SubnetIds, SecurityGroupIds, VpcId: '', Ipv6AllowedForDualStack };
  }
  const target = deadLetters?.TargetArn;
  put('DeadLetterConfig', deadLetters, target ? { TargetArn: target } : undefined);
  put('KMSKeyArn', KMSKeyArn, KMSKeyArn || undefined);
  const systems = fileSystems?.map(({ Arn, LocalMountPath }) => ({
    Arn: Arn!,
    LocalMountPath: LocalMountPath!,
  }));
  put('FileSystemConfigs', fileSystems, systems?.length ? systems : undefined);
  const applyOn = SnapStart?.ApplyOn ?? 'None';
  const snapped = applyOn === 'None' ? undefined : { ApplyOn: applyOn, OptimizationStatus: 'Off' };
  put('SnapStart', SnapStart, snapped);
  return kept;
}
