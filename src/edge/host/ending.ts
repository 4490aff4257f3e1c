/** How an invocation or an initialization ended, before its times are known. */
import { SYNC_PAYLOAD_BYTES_MAX } from '../../function/limits.ts';
import { platformError, type ReportStatus, responseTooLargeError } from '../../function/report.ts';
import { isObject, tryParseJson } from '../../ground/json.ts';
import type { InvokeOutcome, InvokeTiming } from '../../service/ports/functions.ts';
import type { RuntimeError } from './runtime-api.ts';

type FailureKind = Extract<InvokeOutcome, { type: 'Failed' }>['kind'];

export type Ending =
  | { readonly type: 'Returned'; readonly payload: Uint8Array }
  | {
      readonly type: 'Failed';
      readonly kind: FailureKind;
      readonly payload: Uint8Array;
      readonly xrayCause?: string | undefined;
      /** For the REPORT line, where the platform and not the handler failed. */
      readonly errorType?: string;
    };

export interface InitFailure {
  readonly kind: 'init' | 'memory';
  readonly errorType: string;
  /** The runtime's own payload; undefined = the platform's, which names the request. */
  readonly payload?: Uint8Array;
  readonly text: string;
  readonly xrayCause?: string | undefined;
}

export function handlerFailed({ payload, xrayCause }: RuntimeError): Ending {
  return { type: 'Failed', kind: 'handler', payload, xrayCause };
}

export function responseTooLarge(): Ending {
  const payload = Buffer.from(responseTooLargeError(SYNC_PAYLOAD_BYTES_MAX));
  return { type: 'Failed', kind: 'handler', payload };
}

export function endingOfInit(failure: InitFailure, requestId: string): Ending {
  const { errorType, text, xrayCause, kind } = failure;
  const payload = failure.payload ?? Buffer.from(platformError(errorType, requestId, text));
  return { type: 'Failed', kind, payload, errorType, xrayCause };
}

/** The failure that a runtime reported to init/error. */
export function initFailureOf(error: RuntimeError): InitFailure {
  const { payload, xrayCause } = error;
  const errorType = error.type ?? errorTypeOf(payload) ?? 'Runtime.Unknown';
  return { kind: 'init', errorType, payload, text: '', xrayCause };
}

export function outcomeOf(ending: Ending, timing: InvokeTiming): InvokeOutcome {
  const { type, payload } = ending;
  if (type === 'Returned') return { type, payload, timing };
  const { kind, xrayCause } = ending;
  return { type, kind, payload, timing, ...(xrayCause === undefined ? {} : { xrayCause }) };
}

export function reportStatus(ending: Ending): { status: ReportStatus; errorType?: string } {
  if (ending.type === 'Returned' || ending.kind === 'handler') return { status: 'success' };
  if (ending.kind === 'timeout') return { status: 'timeout' };
  return { status: 'error', ...(ending.errorType ? { errorType: ending.errorType } : {}) };
}

function errorTypeOf(payload: Uint8Array): string | undefined {
  const error = tryParseJson(Buffer.from(payload).toString('utf8'));
  return isObject(error) && typeof error.errorType === 'string' ? error.errorType : undefined;
}
