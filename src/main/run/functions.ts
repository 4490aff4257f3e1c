/**
 * Functions that run in this very process: JavaScript handlers in place of deployed ones. Their
 * results and errors read like those of Lambda's Node.js runtime.
 */

import { isLatest, parseFunctionReference } from '../../function/reference.ts';
import { functionArn } from '../../ground/arn.ts';
import { type Json, parseData, rounded } from '../../ground/json.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import { functionNotFound } from '../../service/lambda/faults.ts';
import type { InvokeAnswer, InvokeCall } from '../../service/lambda/invoke.ts';
import { untracedHeader } from '../../trace/header.ts';

/** What a handler is told beside its event: the part of Lambda's context object that it needs. */
export interface HandlerContext {
  readonly functionName: string;
  readonly functionVersion: '$LATEST';
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Returns the result, or a promise of it; what it throws is the function's error. */
// biome-ignore lint/suspicious/noExplicitAny: events are whatever JSON the definition sends.
export type Handler = (event: any, context: HandlerContext) => unknown;

/** By name or ARN, without version. */
export type Functions = Readonly<Record<string, Handler>>;

interface Deps {
  readonly functions: Functions;
  readonly clock: Pick<Clock, 'now'>;
  readonly tools: Pick<Tools, 'now' | 'uuid'>;
  /** There is no handler for this function. */
  missing(name: string): void;
}

const LONGEST_MS = 15 * 60_000;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Invokes as the integration of Lambda wants it. */
export function localInvoke(deps: Deps): (call: InvokeCall) => Promise<InvokeAnswer> {
  return async (call) => {
    const { clock, tools } = deps;
    const reference = parseFunctionReference(call.functionName, call.place);
    const name = reference?.name ?? call.functionName;
    const arn = reference ? functionArn(reference.place, name) : call.functionName;
    const handler = own(deps.functions, name) ?? own(deps.functions, arn);
    if (!handler) {
      deps.missing(name);
      const { qualifier = call.qualifier, place = call.place } = reference ?? {};
      throw functionNotFound({
        name,
        place,
        qualifier: isLatest(qualifier) ? undefined : qualifier,
      });
    }
    const requestId = call.requestId ?? tools.uuid();
    const traceHeader = call.traceHeader ?? untracedHeader(tools);
    const answer = { requestId, logTail: '', traceHeader };
    if (call.type === 'DryRun') return { ...answer, statusCode: 204, payload: new Uint8Array() };
    const until = clock.now() + LONGEST_MS;
    const outcome = handle(handler, rounded(parseData(decoder.decode(call.payload))), {
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      awsRequestId: requestId,
      getRemainingTimeInMillis: () => until - clock.now(),
    });
    if (call.type === 'Event') {
      return { ...answer, statusCode: 202, payload: new Uint8Array() };
    }
    const { text, failed } = await outcome;
    const payload = encoder.encode(text);
    const more = failed ? ({ functionError: 'Unhandled' } as const) : {};
    return { ...answer, statusCode: 200, executedVersion: '$LATEST', payload, ...more };
  };
}

const own = (functions: Functions, key: string): Handler | undefined =>
  Object.hasOwn(functions, key) ? functions[key] : undefined;

async function handle(
  handler: Handler,
  event: Json,
  context: HandlerContext,
): Promise<{ text: string; failed: boolean }> {
  try {
    const result = await handler(event, context);
    return { text: JSON.stringify(result) ?? 'null', failed: false };
  } catch (error) {
    return { text: JSON.stringify(errorObject(error)), failed: true };
  }
}

/** As the Node.js runtime reports what a handler throws. */
function errorObject(thrown: unknown): Json {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown) };
  const trace = (thrown.stack ?? '').split('\n');
  return { errorType: thrown.name, errorMessage: thrown.message, trace };
}
