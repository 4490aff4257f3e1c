/**
 * The shapes of answers as the console has them: those of the AWS SDK, printed as JSON. Types only;
 * nothing of the SDK reaches the browser, and a member that AWS does not have does not compile.
 */
import type * as logs from '@aws-sdk/client-cloudwatch-logs';
import type * as lambda from '@aws-sdk/client-lambda';
import type * as sfn from '@aws-sdk/client-sfn';
import type * as xray from '@aws-sdk/client-xray';

/** Times as epoch seconds, bytes as base64; what is required is there. */
export type Printed<T> = T extends Date
  ? number
  : T extends Uint8Array
    ? string
    : T extends readonly (infer Item)[]
      ? Printed<Item>[]
      : T extends object
        ? { [K in keyof T]: undefined extends T[K] ? PrintedMember<T, K> : Printed<T[K]> }
        : T;

/** The SDK allows undefined for required members too; an answer always has those. */
type PrintedMember<T, K extends keyof T> =
  Record<never, never> extends Pick<T, K> ? Printed<T[K]> : Printed<Exclude<T[K], undefined>>;

/** What X-Ray's and Lambda's models leave open and their answers always have. */
type Always<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };

export type StateMachineItem = Printed<sfn.StateMachineListItem>;
export type StateMachine = Printed<sfn.DescribeStateMachineOutput>;

/** A newer server may know of more types. */
export type HistoryEvent = Omit<Printed<sfn.HistoryEvent>, 'type'> & { readonly type: string };

export type Statistics = Printed<xray.ServiceStatistics>;
export type HistogramEntry = Always<Printed<xray.HistogramEntry>, 'Value' | 'Count'>;
export type ServiceEdge = Always<
  Omit<Printed<xray.Edge>, 'ResponseTimeHistogram'>,
  'ReferenceId'
> & { readonly ResponseTimeHistogram?: readonly HistogramEntry[] };
export type ServiceNode = Always<
  Omit<Printed<xray.Service>, 'Edges' | 'ResponseTimeHistogram'>,
  'ReferenceId' | 'Name'
> & {
  readonly Edges: readonly ServiceEdge[];
  readonly ResponseTimeHistogram?: readonly HistogramEntry[];
};
export type SeriesPoint = Always<Printed<xray.TimeSeriesServiceStatistics>, 'Timestamp'>;

export type TraceSummary = Always<Printed<xray.TraceSummary>, 'Id'>;
export type RootCause = Pick<Printed<xray.FaultRootCause>, 'Services'>;
export type Trace = Omit<Printed<xray.Trace>, 'Segments'> & {
  readonly Segments: readonly Always<Printed<xray.Segment>, 'Id' | 'Document'>[];
};

export type FunctionConfig = Always<
  Printed<lambda.FunctionConfiguration>,
  'FunctionName' | 'FunctionArn'
>;

export type LogGroup = Always<Printed<logs.LogGroup>, 'logGroupName'>;
export type LogStream = Always<Printed<logs.LogStream>, 'logStreamName'>;
export type LogEvent = Always<Printed<logs.FilteredLogEvent>, 'timestamp' | 'message'>;

export type ExecutionStatus = sfn.ExecutionStatus;

/** One execution in our own list. */
export interface ExecutionItem {
  executionArn: string;
  name: string;
  stateMachineArn: string;
  stateMachineName: string;
  type: 'STANDARD' | 'EXPRESS';
  status: ExecutionStatus;
  startDate: number;
  stopDate?: number;
  redriveCount: number;
  redriveDate?: number;
  error?: string;
  cause?: string;
  traceId?: string;
}

export interface Execution extends ExecutionItem {
  roleArn: string;
  input: string;
  output?: string;
  definition?: string;
  tracingEnabled: boolean;
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
  mapRunArn?: string;
}

export interface HistoryPage {
  status: ExecutionStatus;
  events: HistoryEvent[];
  next?: number;
}

export interface Health {
  version?: string;
  uptimeSeconds?: number;
  account?: string;
  region?: string;
  services?: { xray?: { daemon?: string } };
}
