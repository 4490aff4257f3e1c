/**
 * What a call's subsegment tells of the answer: the status, and the request's id and the length of
 * the body where the task's result or cause has them. Members as recorded for `StartExecution`.
 */
import { isObject, type JsonObject } from '../ground/json.ts';
import type { Failure } from './record.ts';
import { callStatus } from './segment-failure.ts';

/** `result`: what the task got of an optimised integration, the call's metadata behind the payload. */
export function noteAnswer(members: JsonObject, result: string | undefined): void {
  const text = result ?? '';
  const length = lastAfter(text, '"Content-Length":["');
  const response: JsonObject = { status: 200 };
  if (length !== undefined) response.content_length = Number.parseInt(length, 10);
  members.http = { response };
  noteRequest(members, lastAfter(text, '"SdkResponseMetadata":{"RequestId":"')?.split('"', 1)[0]);
}

/** The status of the answer; undefined where the call timed out and there was none. */
export function noteRefusal(
  members: JsonObject,
  failure: Failure,
  timedOut: boolean,
): number | undefined {
  if (timedOut) return undefined;
  const status = callStatus(failure);
  members.http = { response: { status } };
  noteRequest(members, /Request ID: ([\w-]+)/.exec(failure.cause ?? '')?.[1]);
  return status;
}

function noteRequest(members: JsonObject, id: string | undefined): void {
  if (id !== undefined && isObject(members.aws)) members.aws.request_id = id;
}

/** Payloads come before the metadata, so the last place is the right one. */
function lastAfter(text: string, mark: string): string | undefined {
  const at = text.lastIndexOf(mark);
  return at < 0 ? undefined : text.slice(at + mark.length, at + mark.length + 64);
}
