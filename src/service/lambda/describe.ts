/** Functions as the API shows them. */
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { arnOf, type FunctionRecord, printLastModified } from '../../function/config.ts';
import { runtimeArn } from '../../function/report.ts';

/** As ListFunctions shows it: without what only the waiters ask for. */
export function listed(record: FunctionRecord): FunctionConfiguration {
  const { config, name, revisionId } = record;
  const { code } = config;
  return {
    FunctionName: name,
    FunctionArn: arnOf(record),
    Runtime: config.runtime as NonNullable<FunctionConfiguration['Runtime']>,
    Role: config.role,
    Handler: config.handler,
    CodeSize: code.kind === 'zip' ? code.sizeBytes : 0,
    Description: config.description,
    Timeout: config.timeoutSeconds,
    MemorySize: config.memoryMb,
    LastModified: printLastModified(config.lastModified),
    CodeSha256: code.kind === 'zip' ? code.sha256 : '',
    Version: '$LATEST',
    ...(config.environment && { Environment: { Variables: { ...config.environment } } }),
    TracingConfig: { Mode: config.tracing },
    RevisionId: revisionId,
    PackageType: 'Zip',
    Architectures: [config.architecture],
    EphemeralStorage: { Size: config.ephemeralStorageMb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: {
      LogFormat: config.logging.format,
      ...levels(record),
      LogGroup: config.logging.group,
    },
    ...config.kept,
  };
}

export function described(record: FunctionRecord): FunctionConfiguration {
  const { runtime } = record.config;
  return {
    ...listed(record),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeArn(runtime, record.place.region) },
  };
}

/** As CreateFunction answers: AWS is still at it then, and clients ask until it is active. */
export function created(record: FunctionRecord): FunctionConfiguration {
  const { LastUpdateStatus: _status, ...shown } = described(record);
  return {
    ...shown,
    State: 'Pending',
    StateReason: 'The function is being created.',
    StateReasonCode: 'Creating',
  };
}

type ReasonCode = NonNullable<FunctionConfiguration['LastUpdateStatusReasonCode']>;

/** As an update answers, in AWS's words. */
export function updated(record: FunctionRecord): FunctionConfiguration {
  return {
    ...described(record),
    LastUpdateStatus: 'InProgress',
    LastUpdateStatusReason: 'The function is being created.',
    // A code that the model does not list.
    LastUpdateStatusReasonCode: 'Creating' as string as ReasonCode,
  };
}

type Levels = Pick<
  NonNullable<FunctionConfiguration['LoggingConfig']>,
  'ApplicationLogLevel' | 'SystemLogLevel'
>;

function levels({ config }: FunctionRecord): Levels {
  const { format, applicationLevel, systemLevel } = config.logging;
  if (format !== 'JSON') return {};
  return {
    ApplicationLogLevel: (applicationLevel ?? 'INFO') as NonNullable<Levels['ApplicationLogLevel']>,
    SystemLogLevel: (systemLevel ?? 'INFO') as NonNullable<Levels['SystemLogLevel']>,
  };
}
