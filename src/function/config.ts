/** What a function is, as it is stored: one document per function, replaced as a whole. */
import type { Place } from '../ground/arn.ts';
import { functionArn } from '../ground/arn.ts';
import type { Json } from '../ground/json.ts';
import type { Instant } from '../ground/time.ts';

export interface FunctionConfig {
  readonly runtime: string;
  readonly role: string;
  readonly handler: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** Undefined: never given, and then never answered. */
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly tracing: 'Active' | 'PassThrough';
  readonly architecture: 'x86_64' | 'arm64';
  readonly ephemeralStorageMb: number;
  readonly logging: LoggingConfig;
  readonly code: FunctionCode;
  readonly lastModified: Instant;
  /** Members that are kept and answered but change nothing here, in the SDK's shapes. */
  readonly kept: Readonly<Record<string, Json>>;
}

export interface LoggingConfig {
  readonly format: 'Text' | 'JSON';
  /** JSON format alone. */
  readonly applicationLevel?: string;
  readonly systemLevel?: string;
  readonly group: string;
}

/** A deployed zip, or a folder of this machine that is read again whenever it changes. */
export type FunctionCode =
  | {
      readonly kind: 'zip';
      /** Base64, as CodeSha256 shows it. */
      readonly sha256: string;
      /** Hexadecimal: its name in the code store. */
      readonly hash: string;
      readonly sizeBytes: number;
    }
  | { readonly kind: 'folder'; readonly path: string };

export interface FunctionRecord {
  readonly place: Place;
  readonly name: string;
  /** UUID that changes with every update. */
  readonly revisionId: string;
  readonly config: FunctionConfig;
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
}

export const arnOf = (record: FunctionRecord): string => functionArn(record.place, record.name);

/** Lambda's spelling of a time: `2024-01-31T12:00:00.000+0000`. */
export const printLastModified = (at: Instant): string =>
  new Date(at).toISOString().replace('Z', '+0000');

/** Names that Lambda sets itself and refuses in a function's own environment. */
const RESERVED = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

export const reservedNames = (environment: Readonly<Record<string, string>>): string[] =>
  Object.keys(environment).filter((name) => RESERVED.has(name));
