/**
 * Tasks that invoke functions: `arn:aws:states:::lambda:invoke`, with or without a task token, and
 * the older form whose resource is the function itself.
 */
import { parseResource } from '../../asl/resource.ts';
import { Fault, isFault } from '../../ground/fault.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  printJson,
  tryParseData,
} from '../../ground/json.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { CheckConstraints } from '../integrations/operations.ts';
import { parametersOf, textParameter } from '../integrations/parameters.ts';
import {
  httpDate,
  type OptimisedNames,
  refusedOptimised,
  sdkMetadata,
} from '../integrations/wording.ts';
import type { Integration, TaskOutcome, TaskRun } from '../ports/tasks.ts';
import type { InvokeAnswer, InvokeCall } from './invoke.ts';

export interface LambdaIntegrationDeps {
  /** Faults are AWS's errors of Invoke. */
  invoke(call: InvokeCall): Promise<InvokeAnswer>;
  readonly check: CheckConstraints;
  readonly clock: Clock;
  readonly tools: Pick<Tools, 'uuid'>;
}

const NAMES: OptimisedNames = {
  prefix: 'Lambda',
  inCauses: 'AWSLambda',
  otherException: 'AWSLambdaException',
  serverException: 'ServiceException',
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function lambdaIntegration(deps: LambdaIntegrationDeps): Integration {
  return new LambdaIntegration(deps);
}

class LambdaIntegration implements Integration {
  /** Nobody knows whether the function has done its work. */
  readonly onLost = 'fail';
  readonly #deps: LambdaIntegrationDeps;

  constructor(deps: LambdaIntegrationDeps) {
    this.#deps = deps;
  }

  matches(resource: string): boolean {
    const parsed = parseResource(resource);
    if (parsed?.kind === 'lambda') return true;
    return parsed?.service === 'lambda' && /^invoke(\.waitForTaskToken)?$/.test(parsed.action);
  }

  async run(task: TaskRun): Promise<TaskOutcome> {
    const { order } = task;
    if (!order.resource.includes(':::')) return this.#legacy(task);
    const parameters = parametersOf(order);
    const called = await this.#call(task, parameters);
    if ('type' in called) return called;
    const { answer, at } = called;
    const text = decoder.decode(answer.payload);
    if (answer.functionError) return functionFailed(text, true);
    const tail = parameters.LogType === 'Tail' ? btoa(binary(answer.logTail)) : undefined;
    const output = printJson(this.#result(answer, text, tail, at));
    return {
      type: order.resource.endsWith('.waitForTaskToken') ? 'Submitted' : 'Succeeded',
      output,
    };
  }

  async #legacy(task: TaskRun): Promise<TaskOutcome> {
    const { resource, parameters } = task.order;
    const called = await this.#call(task, { FunctionName: resource, Payload: parameters });
    if ('type' in called) return called;
    const text = decoder.decode(called.answer.payload);
    if (called.answer.functionError) return functionFailed(text, false);
    return { type: 'Succeeded', output: text === '' ? 'null' : text };
  }

  async #call(
    task: TaskRun,
    parameters: JsonObject,
  ): Promise<{ answer: InvokeAnswer; at: number } | TaskOutcome> {
    const { clock, tools } = this.#deps;
    const requestId = tools.uuid();
    const { account, region } = task.head;
    task.started(clock.now());
    try {
      // Nothing constrains the payload.
      this.#deps.check(task.order.resource, { ...parameters, Payload: null });
      const answer = await this.#deps.invoke({
        place: { account, region },
        functionName: textParameter(parameters, 'FunctionName')!,
        qualifier: textParameter(parameters, 'Qualifier'),
        type: invocationType(textParameter(parameters, 'InvocationType')),
        payload: encoder.encode(payloadText(parameters.Payload)),
        clientContext: contextText(textParameter(parameters, 'ClientContext')),
        traceHeader: task.traceHeader,
        requestId,
        abort: task.abort,
      });
      return { answer, at: clock.now() };
    } catch (error) {
      return refusedOptimised(NAMES, withVersion(error), requestId);
    }
  }

  #result(answer: InvokeAnswer, text: string, tail: string | undefined, at: number): JsonObject {
    const { statusCode, requestId, executedVersion } = answer;
    const length = encoder.encode(text).length;
    const headers: (readonly [string, string])[] = [
      ...(tail === undefined ? [] : ([['X-Amz-Log-Result', tail]] as const)),
      ...(executedVersion ? ([['X-Amz-Executed-Version', executedVersion]] as const) : []),
      ['x-amzn-Remapped-Content-Length', '0'],
      ['Connection', 'keep-alive'],
      ['x-amzn-RequestId', requestId],
      ['Content-Length', String(length)],
      ['Date', httpDate(at)],
      ['X-Amzn-Trace-Id', answer.traceHeader],
      ['Content-Type', 'application/json'],
    ];
    return {
      ...(executedVersion && { ExecutedVersion: executedVersion }),
      ...(tail !== undefined && { LogResult: tail }),
      Payload: tryParseData(text) ?? text,
      ...sdkMetadata(statusCode, requestId, headers),
      StatusCode: statusCode,
    };
  }
}

/** The cause of the older form keeps the runtime's own text; the newer one is printed anew. */
function functionFailed(text: string, reprinted: boolean): TaskOutcome {
  const parsed = tryParseData(text);
  const type = isObject(parsed) ? parsed.errorType : undefined;
  return {
    type: 'Failed',
    error: typeof type === 'string' && type !== '' ? type : 'Lambda.Unknown',
    cause: reprinted && parsed !== undefined ? printJson(parsed) : text,
  };
}

/** A text that is JSON is sent as it stands, any other as a JSON string; nothing is `{}`. */
function payloadText(payload: Json | undefined): string {
  if (payload === undefined || payload === null) return '{}';
  if (typeof payload !== 'string') return printJson(payload);
  return tryParseData(payload) === undefined ? printJson(payload) : payload;
}

function invocationType(text: string | undefined): InvokeCall['type'] {
  return text === 'Event' || text === 'DryRun' ? text : 'RequestResponse';
}

/** Base64 of JSON, as the header carries it. */
function contextText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decoder.decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

const binary = (text: string): string => String.fromCharCode(...encoder.encode(text));

/** Step Functions asks for a version, which the message then names (recorded). */
function withVersion(error: unknown): unknown {
  if (!isFault(error) || error.code !== 'ResourceNotFoundException') return error;
  if (!/^Function not found: .*:function:[^:]+$/.test(error.message)) return error;
  const { code, message, status } = error;
  return new Fault(code, `${message}:$LATEST`, status === undefined ? {} : { status });
}
