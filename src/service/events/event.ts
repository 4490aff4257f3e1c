/**
 * Events as EventBridge delivers them, and the one kind that Step Functions sends: an execution of
 * a Standard machine has another status. Shape and sizes: developer guide, "EventBridge (CloudWatch
 * Events) for Step Functions execution status changes".
 */
import type { ExecutionStatus } from '../../execution/effect.ts';
import { effectsOf } from '../../execution/effects.ts';
import type { Limits } from '../../execution/limits.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import { redriveRefusal } from '../../execution/redrive.ts';
import { uuidFrom } from '../../ground/id.ts';
import { byteLength, type JsonObject } from '../../ground/json.ts';
import { type Instant, printInstant } from '../../ground/time.ts';
import type { Tools } from '../../ground/tools.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import { EVENT_PAYLOAD_BYTES_MAX } from './limits.ts';

export interface BusEvent {
  readonly version: '0';
  /** The same however often the event is told. */
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO-8601 in UTC, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

/** An execution as one record has left it. */
interface Stand {
  readonly status: ExecutionStatus;
  readonly at: Instant;
  /** Of the record. */
  readonly eventId: number;
  readonly stopped?: boolean;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  readonly redriveCount: number;
  readonly redrivenAt: Instant | undefined;
}

export interface EventDeps {
  readonly digest: Tools['digest'];
  readonly limits: Limits;
}

/** The changes of status in the records, which may be some or all of the execution's. */
export function statusChanges(
  deps: EventDeps,
  head: ExecutionHead,
  records: readonly HistoryRecord[],
): BusEvent[] {
  const found: BusEvent[] = [];
  let redrives = redrivesBefore(head, records);
  for (const record of records) {
    if (!record.type.startsWith('Execution')) continue;
    const stand = standAfter(head, record, redrives);
    if (!stand) continue;
    redrives = stand;
    found.push(eventOf(deps, head, stand));
  }
  return found;
}

/** How the execution stood about redrives: the head is newer by those among the records. */
function redrivesBefore(head: ExecutionHead, records: readonly HistoryRecord[]) {
  const told = records.filter(({ type }) => type === 'ExecutionRedriven').length;
  const redrivenAt = told === 0 ? head.redrivenAt : undefined;
  return { redriveCount: head.redriveCount - told, redrivenAt };
}

function standAfter(
  head: ExecutionHead,
  record: HistoryRecord,
  { redriveCount, redrivenAt }: Pick<Stand, 'redriveCount' | 'redrivenAt'>,
): Stand | undefined {
  const redriven = { redriveCount, redrivenAt };
  const eventId = record.id;
  if (record.type === 'ExecutionStarted') {
    return { status: 'RUNNING', at: head.startedAt, eventId, ...redriven };
  }
  for (const effect of effectsOf(record)) {
    if (effect.type === 'finish') {
      const { status, at, output, error, cause } = effect;
      return { status, at, eventId, stopped: true, output, error, cause, ...redriven };
    }
    if (effect.type === 'reopen') {
      const { at, redriveCount } = effect;
      return { status: 'RUNNING', at, eventId, redriveCount, redrivenAt: at };
    }
  }
  return undefined;
}

function eventOf({ digest, limits }: EventDeps, head: ExecutionHead, stand: Stand): BusEvent {
  const { arn, account, region } = head;
  const what = `${arn}\n${head.startedAt}\n${stand.redriveCount}\n${stand.status}`;
  return {
    version: '0',
    id: uuidFrom(digest('SHA-256', what)),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account,
    time: printInstant(stand.at - (stand.at % 1000)),
    region,
    resources: [arn],
    detail: detailOf(head, stand, limits),
  };
}

/** Dates are epoch milliseconds; what is unknown is null, not absent. */
function detailOf(head: ExecutionHead, stand: Stand, limits: Limits): JsonObject {
  const { output } = stand;
  const input = fits(head.input, output) ? head.input : undefined;
  const shown = fits(output) ? output : undefined;
  return {
    executionArn: head.arn,
    stateMachineArn: head.machineArn,
    name: head.name,
    status: stand.status,
    startDate: head.startedAt,
    stopDate: stand.stopped ? stand.at : null,
    input: input ?? null,
    output: shown ?? null,
    stateMachineVersionArn: head.versionArn ?? null,
    stateMachineAliasArn: head.aliasArn ?? null,
    redriveCount: stand.redriveCount,
    redriveDate: stand.redrivenAt ?? null,
    ...redrivable(head, stand, limits),
    inputDetails: { included: input !== undefined },
    outputDetails: output === undefined ? null : { included: shown !== undefined },
    error: stand.error ?? null,
    cause: stand.cause ?? null,
  };
}

/** At the moment of the event. */
function redrivable(
  { type, startedAt, mapRunArn }: ExecutionHead,
  { status, at, eventId: events }: Stand,
  limits: Limits,
): { redriveStatus: string; redriveStatusReason: string | null } {
  const facts = { type, status, startedAt, stoppedAt: at, events, machineDeleting: false };
  const reason = redriveRefusal(facts, at, limits) ?? null;
  if (reason !== null) return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
  const redriveStatus = mapRunArn === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN';
  return { redriveStatus, redriveStatusReason: null };
}

/** Whether texts fit together, escaped as they stand in the event. */
function fits(...texts: readonly (string | undefined)[]): boolean {
  const length = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  // No character needs more than six bytes.
  if (6 * length <= EVENT_PAYLOAD_BYTES_MAX) return true;
  const bytes = texts.reduce(
    (sum, text) => sum + (text ? byteLength(JSON.stringify(text)) - 2 : 0),
    0,
  );
  return bytes <= EVENT_PAYLOAD_BYTES_MAX;
}
