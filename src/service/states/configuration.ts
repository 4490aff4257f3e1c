/** Logging, tracing and encryption as state machines are configured with them. */
import type {
  EncryptionConfiguration,
  LoggingConfiguration,
  TracingConfiguration,
} from '@aws-sdk/client-sfn';
import { parseArn } from '../../ground/arn.ts';
import { invalidEncryption, invalidLogging } from './faults.ts';

/** Where logs go, as the service knows log groups. */
export interface LogGroups {
  exists(place: { account: string; region: string }, name: string): Promise<boolean>;
}

export interface LogTarget {
  readonly account: string;
  readonly region: string;
  readonly group: string;
}

/** The log group that a destination's ARN (`…:log-group:NAME:*`) names. */
export function logTarget(arn: string | undefined): LogTarget | undefined {
  const parts = parseArn(arn ?? '');
  const found = /^log-group:([^:]+):\*$/.exec(parts?.resource ?? '');
  if (parts?.service !== 'logs' || !found) return undefined;
  return { account: parts.account, region: parts.region, group: found[1]! };
}

/** JSON text to be kept, with the defaults that Describe shows; undefined where none is given. */
export async function checkedLogging(
  logging: LoggingConfiguration | undefined,
  groups: LogGroups,
): Promise<string | undefined> {
  if (!logging) return undefined;
  const { level = 'OFF', includeExecutionData = false, destinations } = logging;
  const count = destinations?.length ?? 0;
  if (count > 1 || (level !== 'OFF' && count === 0)) {
    throw invalidLogging('Must specify exactly one Log Destination.');
  }
  if (destinations && count === 1) {
    const target = logTarget(destinations[0]!.cloudWatchLogsLogGroup?.logGroupArn);
    if (!target || !(await groups.exists(target, target.group))) {
      throw invalidLogging('Log Destination not found.');
    }
  }
  return JSON.stringify({ level, includeExecutionData, ...(destinations && { destinations }) });
}

export function checkedTracing(tracing: TracingConfiguration | undefined): string | undefined {
  return tracing && JSON.stringify({ enabled: tracing.enabled ?? false });
}

export function checkedEncryption(
  encryption: EncryptionConfiguration | undefined,
): string | undefined {
  if (!encryption) return undefined;
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds } = encryption;
  const own = type === 'CUSTOMER_MANAGED_KMS_KEY';
  if (own && !kmsKeyId) {
    throw invalidEncryption('kmsKeyId must be specified for CUSTOMER_MANAGED_KMS_KEY.');
  }
  if (!own && kmsKeyId) {
    throw invalidEncryption('kmsKeyId must not be specified for AWS_OWNED_KEY.');
  }
  const period = kmsDataKeyReusePeriodSeconds ?? (own ? 300 : undefined);
  return JSON.stringify({
    type,
    ...(kmsKeyId && { kmsKeyId }),
    ...(period !== undefined && { kmsDataKeyReusePeriodSeconds: period }),
  });
}

export const shownLogging = (text: string | undefined): LoggingConfiguration =>
  text === undefined
    ? { level: 'OFF', includeExecutionData: false }
    : (JSON.parse(text) as LoggingConfiguration);

export const shownTracing = (text: string | undefined): TracingConfiguration =>
  text === undefined ? { enabled: false } : (JSON.parse(text) as TracingConfiguration);

export const shownEncryption = (text: string | undefined): EncryptionConfiguration =>
  text === undefined ? { type: 'AWS_OWNED_KEY' } : (JSON.parse(text) as EncryptionConfiguration);

export const sameEncryption = (a: string | undefined, b: string | undefined): boolean =>
  JSON.stringify(shownEncryption(a)) === JSON.stringify(shownEncryption(b));

/** The logging that an execution works under; undefined where nothing is to be logged. */
export function effectiveLogging(text: string | undefined): string | undefined {
  return shownLogging(text).level === 'OFF' ? undefined : text;
}
