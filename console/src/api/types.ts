/** AWS's shapes as JSON, with the members that the console reads. Timestamps are epoch seconds. */
export type ExecutionStatus =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE';

export interface StateMachineItem {
  stateMachineArn: string;
  name: string;
  type: 'STANDARD' | 'EXPRESS';
  creationDate: number;
}

export interface StateMachine extends StateMachineItem {
  status: string;
  definition: string;
  roleArn: string;
  revisionId?: string;
  description?: string;
  loggingConfiguration?: {
    level?: string;
    includeExecutionData?: boolean;
    destinations?: { cloudWatchLogsLogGroup?: { logGroupArn?: string } }[];
  };
  tracingConfiguration?: { enabled?: boolean };
}

export interface Tag {
  key: string;
  value: string;
}

/** One execution in our own list route. */
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

export interface HistoryEvent {
  id: number;
  previousEventId: number;
  type: string;
  timestamp: number;
  [details: `${string}EventDetails`]: Record<string, unknown> | undefined;
}

export interface HistoryPage {
  status: ExecutionStatus;
  events: HistoryEvent[];
  next?: number;
}

export interface Statistics {
  OkCount?: number;
  ErrorStatistics?: { ThrottleCount?: number; OtherCount?: number; TotalCount?: number };
  FaultStatistics?: { OtherCount?: number; TotalCount?: number };
  TotalCount?: number;
  TotalResponseTime?: number;
}

export interface HistogramEntry {
  Value: number;
  Count: number;
}

export interface ServiceEdge {
  ReferenceId: number;
  StartTime?: number;
  EndTime?: number;
  SummaryStatistics?: Statistics;
  ResponseTimeHistogram?: HistogramEntry[];
  EdgeType?: string | null;
}

export interface ServiceNode {
  ReferenceId: number;
  Name: string;
  Names?: string[];
  Root?: boolean | null;
  AccountId?: string | null;
  Type?: string | null;
  State?: string;
  StartTime?: number;
  EndTime?: number;
  Edges: ServiceEdge[];
  SummaryStatistics?: Statistics;
  ResponseTimeHistogram?: HistogramEntry[];
  DurationHistogram?: HistogramEntry[];
}

export interface ServiceGraph {
  StartTime?: number;
  EndTime?: number;
  Services: ServiceNode[];
  NextToken?: string;
}

interface ServiceRef {
  Name?: string;
  Names?: string[];
  Type?: string | null;
}

export interface TraceSummary {
  Id: string;
  StartTime?: number;
  Duration?: number;
  ResponseTime?: number;
  HasFault?: boolean;
  HasError?: boolean;
  HasThrottle?: boolean;
  IsPartial?: boolean;
  Http?: { HttpURL?: string; HttpStatus?: number; HttpMethod?: string; ClientIp?: string };
  Annotations?: Record<string, unknown[]>;
  Users?: { UserName?: string }[];
  ServiceIds?: ServiceRef[];
  EntryPoint?: ServiceRef;
  FaultRootCauses?: RootCause[];
  ErrorRootCauses?: RootCause[];
}

export interface RootCause {
  Services?: {
    Name?: string;
    Type?: string;
    EntityPath?: { Name?: string; Exceptions?: { Name?: string; Message?: string }[] }[];
  }[];
}

export interface TraceSummaries {
  TraceSummaries: TraceSummary[];
  TracesProcessedCount?: number;
  ApproximateTime?: number;
  NextToken?: string;
}

export interface Trace {
  Id: string;
  Duration?: number;
  LimitExceeded?: boolean;
  Segments: { Id: string; Document: string }[];
}

export interface FunctionConfig {
  FunctionName: string;
  FunctionArn: string;
  Runtime?: string;
  Role?: string;
  Handler?: string;
  CodeSize?: number;
  Description?: string;
  Timeout?: number;
  MemorySize?: number;
  LastModified?: string;
  CodeSha256?: string;
  Version?: string;
  State?: string;
  StateReason?: string;
  LastUpdateStatus?: string;
  Environment?: { Variables?: Record<string, string> };
  TracingConfig?: { Mode?: string };
  PackageType?: string;
  LoggingConfig?: { LogGroup?: string };
}

/** Logs' timestamps are epoch milliseconds. */
export interface LogGroup {
  logGroupName: string;
  creationTime?: number;
  retentionInDays?: number;
  storedBytes?: number;
  arn?: string;
}

export interface LogStream {
  logStreamName: string;
  creationTime?: number;
  firstEventTimestamp?: number;
  lastEventTimestamp?: number;
  lastIngestionTime?: number;
}

export interface LogEvent {
  timestamp: number;
  message: string;
  ingestionTime?: number;
  eventId?: string;
  logStreamName?: string;
}

export interface Health {
  version?: string;
  uptimeSeconds?: number;
  account?: string;
  region?: string;
  counts?: Record<string, number>;
  services?: { xray?: { daemon?: string } };
  [more: string]: unknown;
}
