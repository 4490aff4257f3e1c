/** The answer of TestState: the verdict and, at the levels that want it, what was seen on the way. */
import type {
  InspectionData,
  InspectionDataRequest,
  InspectionDataResponse,
  TestStateInput,
  TestStateOutput,
} from '@aws-sdk/client-sfn';
import { inspect } from '../../../execution/test-state/inspection.ts';
import type { StateTest } from '../../../execution/test-state/run.ts';
import type { Verdict } from '../../../execution/test-state/trial.ts';
import type { HttpExchange, HttpHeader } from '../../ports/tasks.ts';

export function answerOf(
  { inspectionLevel = 'INFO', variables, revealSecrets = false }: TestStateInput,
  test: StateTest,
  verdict: Verdict,
  exchange: HttpExchange | undefined,
): TestStateOutput {
  const { status, output, error, cause, nextState } = verdict;
  const answer: TestStateOutput = { status, output, error, cause, nextState };
  if (inspectionLevel === 'INFO') return answer;
  const inspectionData: InspectionData = inspect(test, verdict, variables);
  if (inspectionLevel === 'TRACE' && exchange) {
    inspectionData.request = requestOf(exchange.request, revealSecrets);
    inspectionData.response = exchange.response && responseOf(exchange.response);
  }
  return { ...answer, inspectionData };
}

const PROTOCOL = 'https';

/** Headers from a connection are left out unless they are asked for. */
function requestOf(request: HttpExchange['request'], secrets: boolean): InspectionDataRequest {
  const { method, url, headers, body } = request;
  const shown = headers.filter(({ secret }) => secrets || !secret);
  return { protocol: PROTOCOL, method, url, headers: printHeaders(shown), body };
}

function responseOf(response: NonNullable<HttpExchange['response']>): InspectionDataResponse {
  const { statusCode, statusMessage, headers, body } = response;
  return {
    protocol: PROTOCOL,
    statusCode: String(statusCode),
    statusMessage,
    headers: printHeaders(headers),
    body,
  };
}

const printHeaders = (headers: readonly HttpHeader[]): string =>
  `[${headers.map(({ name, value }) => `${name}: ${value}`).join(', ')}]`;
