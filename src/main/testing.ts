/**
 * `steplight/testing`: runs a state machine once inside a test, without a server.
 *
 *     import { runStateMachine } from 'steplight/testing';
 *
 *     const { status, output } = await runStateMachine({
 *       definition,
 *       input: { order: 7 },
 *       mocks: { Charge: [{ Throw: { Error: 'Declined' } }, { Return: { ok: true } }] },
 *       functions: { notify: async (event) => ({ sent: event.order }) },
 *     });
 *
 * Waits, retries and timeouts pass at once, on a clock of its own. The engine is the server's, so
 * events and error texts are what the server shows.
 */
import { randomUUID } from 'node:crypto';
import { stderrLogger } from '../edge/system.ts';
import { type HistoryEvent, historyEvent } from '../execution/history.ts';
import { MockConfig } from '../execution/mocks.ts';
import { type Json, tryParseJson } from '../ground/json.ts';
import { checkDefinition, type Finding, hasErrors } from './definition-file.ts';
import { executionOf } from './run/execution.ts';
import type { Handler } from './run/functions.ts';
import { localRun } from './run/local-run.ts';
import { answersOf, type Mock } from './run/mocks.ts';

export type { HistoryEvent } from '../execution/history.ts';
export type { Finding } from './definition-file.ts';
export type { Handler, HandlerContext } from './run/functions.ts';
export type { Mock, MockAnswer, MockCall } from './run/mocks.ts';

export interface RunOptions {
  /** The state machine: a JSON or YAML text, or the object itself. */
  readonly definition: string | object;
  /** Default `{}`. */
  readonly input?: unknown;
  /** Default STANDARD. */
  readonly type?: 'STANDARD' | 'EXPRESS';
  /** Answers by state name, in place of what the state would call. */
  readonly mocks?: Readonly<Record<string, Mock>>;
  /** Handlers by function name or ARN, for Task states that invoke functions. */
  readonly functions?: Readonly<Record<string, Handler>>;
  /** A mock configuration in the format of Step Functions Local (`SFN_MOCK_CONFIG`). */
  readonly mockConfig?: object;
  /** The test case of `mockConfig` that answers. */
  readonly testCase?: string;
  /** As the mock configuration and the context object name it; default `StateMachine`. */
  readonly stateMachineName?: string;
  /** Members of the context object: Execution.{Id,Name,RoleArn,StartTime}, StateMachine.{Id,Name}. */
  readonly context?: object;
  /** `real`: waits take their time. Default `virtual`. */
  readonly clock?: 'virtual' | 'real';
  /** Real milliseconds after which the execution is stopped; default 30,000, 0 is no limit. */
  readonly timeoutMs?: number;
  /** Stops the execution. */
  readonly signal?: AbortSignal;
  /** Folder whose folders are the buckets of Distributed Maps; default `.steplight/objects`. */
  readonly objects?: string;
  /** Every event as it happens. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

export interface RunResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Parsed; present where it succeeded. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the definition makes.
  readonly output?: any;
  readonly error?: string;
  readonly cause?: string;
  /** As GetExecutionHistory shows it. */
  readonly history: readonly HistoryEvent[];
  readonly executionArn: string;
  readonly startDate: Date;
  readonly stopDate: Date;
}

/** The definition has errors; the message names them, `diagnostics` are the API's. */
export class InvalidDefinitionError extends Error {
  override name = 'InvalidDefinitionError';
  readonly diagnostics: readonly Finding[];

  constructor(diagnostics: readonly Finding[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'ERROR');
    super(errors.map(({ message, location }) => `${message} at ${location ?? '/'}`).join('; '));
    this.diagnostics = diagnostics;
  }
}

const TIMEOUT_MS = 30_000;

/**
 * Resolves however the execution ends. Rejects with InvalidDefinitionError, or with an error whose
 * message says which option is wrong.
 */
export async function runStateMachine(options: RunOptions): Promise<RunResult> {
  const { input = {}, type = 'STANDARD', stateMachineName = 'StateMachine' } = options;
  const { mocks = {}, mockConfig, testCase, context = {}, timeoutMs = TIMEOUT_MS } = options;
  const config = mockConfig && new MockConfig(mockConfig as Json);
  const history: HistoryEvent[] = [];
  const subject = { type, machineName: stateMachineName, testCase, context: context as Json };
  const { head } = await localRun({
    definition: definitionText(options.definition, type),
    ...executionOf({ ...subject, input: JSON.stringify(input), uuid: randomUUID }),
    functions: options.functions ?? {},
    answers: answersOf(mocks, config, stateMachineName, testCase),
    virtual: options.clock !== 'real',
    objects: options.objects ?? '.steplight/objects',
    timeoutMs: timeoutMs > 0 ? timeoutMs : undefined,
    abort: options.signal,
    log: stderrLogger('error'),
    onRecords: (records) => {
      for (const record of records) {
        if (record.id === 0) continue;
        const event = historyEvent(record, { includeExecutionData: true });
        history.push(event);
        options.onEvent?.(event);
      }
    },
  });
  return {
    status: head.status as RunResult['status'],
    ...(head.output !== undefined && { output: tryParseJson(head.output) }),
    ...(head.error !== undefined && { error: head.error }),
    ...(head.cause !== undefined && { cause: head.cause }),
    history,
    executionArn: head.arn,
    startDate: new Date(head.startedAt),
    stopDate: new Date(head.stoppedAt!),
  };
}

function definitionText(given: string | object, type: 'STANDARD' | 'EXPRESS'): string {
  const source = typeof given === 'string' ? given : JSON.stringify(given);
  const { definition, findings } = checkDefinition('', source, type);
  if (definition === undefined || hasErrors(findings)) throw new InvalidDefinitionError(findings);
  return definition;
}
