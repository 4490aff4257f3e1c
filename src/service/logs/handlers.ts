/** The CloudWatch Logs API: groups, streams, events, retention, tags. */
import type {
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  LogGroup,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { logGroupArn, type Place, parseArn } from '../../ground/arn.ts';
import { decodeToken, encodeToken } from '../../ground/page.ts';
import type { Clock } from '../../ground/tools.ts';
import type { LogStore, StoredGroup, StoredStream } from '../../store/logs/store.ts';
import type { CallContext, Handlers } from '../../wire/operations.ts';
import { type TagRules, tagged, untagged } from '../tags.ts';
import {
  groupExists,
  invalidParameter,
  noSuchGroup,
  noSuchStream,
  streamExists,
} from './faults.ts';
import { DESCRIBE_MAX, RETENTION_DAYS, TAGS_MAX } from './limits.ts';
import { eventId } from './positions.ts';
import { acceptEvents } from './putting.ts';
import { filterEvents, rangeOf, readStream } from './reading.ts';
import type { LogWriter } from './writer.ts';

export type LogsHandlers = Handlers<typeof import('@aws-sdk/client-cloudwatch-logs')>;

export interface LogsDeps {
  readonly store: LogStore;
  readonly writer: LogWriter;
  readonly clock: Clock;
}

type Some<K extends keyof LogsHandlers> = { [Name in K]: NonNullable<LogsHandlers[Name]> };

export function logsHandlers(deps: LogsDeps): LogsHandlers {
  return {
    ...groupHandlers(deps),
    ...retentionHandlers(deps),
    ...streamHandlers(deps),
    ...eventHandlers(deps),
    ...tagHandlers(deps),
  };
}

function groupHandlers(
  deps: LogsDeps,
): Some<'CreateLogGroup' | 'DeleteLogGroup' | 'DescribeLogGroups'> {
  const { store, writer, clock } = deps;
  return {
    async CreateLogGroup(input, context) {
      const tags = tagged({}, input.tags, TAG_RULES);
      const created = await store.createGroup(context, {
        name: input.logGroupName!,
        createdAt: clock.now(),
        class: input.logGroupClass ?? 'STANDARD',
        tags,
      });
      if (!created) throw groupExists();
      return {};
    },
    async DeleteLogGroup(input, context) {
      await writer.flush();
      if (!(await store.deleteGroup(context, input.logGroupName!))) throw noSuchGroup();
      return {};
    },
    async DescribeLogGroups(input, context) {
      const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, nextToken } = input;
      if (prefix !== undefined && pattern !== undefined) {
        throw invalidParameter(
          'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
        );
      }
      await writer.flush();
      const limit = input.limit ?? DESCRIBE_MAX;
      const wanted = (group: StoredGroup): boolean =>
        (pattern === undefined || group.name.includes(pattern)) &&
        (input.logGroupClass === undefined || group.class === input.logGroupClass);
      let after = nextToken === undefined ? '' : textOf('groups', nextToken);
      const found: StoredGroup[] = [];
      for (let more = true; more && found.length <= limit; ) {
        const rows = await store.groups(context, prefix ?? '', after, limit + 1);
        found.push(...rows.filter(wanted));
        after = rows.at(-1)?.name ?? after;
        more = rows.length > limit;
      }
      const page = found.slice(0, limit);
      return {
        logGroups: page.map((group) => describedGroup(context, group)),
        ...(found.length > limit && { nextToken: encodeToken('groups', page.at(-1)!.name) }),
      };
    },
  };
}

function retentionHandlers(deps: LogsDeps): Some<'PutRetentionPolicy' | 'DeleteRetentionPolicy'> {
  const { store } = deps;
  return {
    async PutRetentionPolicy(input, context) {
      const days = input.retentionInDays!;
      if (!RETENTION_DAYS.includes(days)) {
        throw invalidParameter(
          `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy ` +
            `constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
        );
      }
      await store.setRetention((await groupOf(deps, context, input.logGroupName)).id, days);
      return {};
    },
    async DeleteRetentionPolicy(input, context) {
      await store.setRetention((await groupOf(deps, context, input.logGroupName)).id, undefined);
      return {};
    },
  };
}

function streamHandlers(
  deps: LogsDeps,
): Some<'CreateLogStream' | 'DeleteLogStream' | 'DescribeLogStreams'> {
  const { store, writer, clock } = deps;
  return {
    async CreateLogStream(input, context) {
      const group = await groupOf(deps, context, input.logGroupName);
      if (!(await store.createStream(group.id, input.logStreamName!, clock.now()))) {
        throw streamExists();
      }
      return {};
    },
    async DeleteLogStream(input, context) {
      await writer.flush();
      const group = await groupOf(deps, context, input.logGroupName);
      if (!(await store.deleteStream(group.id, input.logStreamName!))) throw noSuchStream();
      return {};
    },
    async DescribeLogStreams(input, context) {
      await writer.flush();
      const identifier = input.logGroupName ?? input.logGroupIdentifier;
      const group = await groupOf(deps, context, identifier);
      const { logStreamNamePrefix: prefix, nextToken, descending = false } = input;
      const byTime = input.orderBy === 'LastEventTime';
      if (byTime && prefix !== undefined) {
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const limit = (input.limit ?? DESCRIBE_MAX) + 1;
      const purpose = byTime ? 'streams-by-time' : 'streams';
      const cursor = nextToken === undefined ? undefined : textOf(purpose, nextToken);
      const [at, id] = (cursor ?? '').split('/').map(Number);
      const found = byTime
        ? await store.streamsByTime(group.id, {
            after: cursor === undefined ? undefined : { at: at!, id: id! },
            descending,
            limit,
          })
        : await store.streamsByName(group.id, {
            prefix: prefix ?? '',
            after: cursor,
            descending,
            limit,
          });
      const page = found.slice(0, limit - 1);
      const last = page.at(-1);
      const next = last && (byTime ? `${last.lastEventAt}/${last.id}` : last.name);
      return {
        logStreams: page.map((stream) => describedStream(context, group, stream)),
        ...(found.length === limit && next && { nextToken: encodeToken(purpose, next) }),
      };
    },
  };
}

function eventHandlers(deps: LogsDeps): Some<'PutLogEvents' | 'GetLogEvents' | 'FilterLogEvents'> {
  const { store, writer, clock } = deps;
  return {
    async PutLogEvents(input, context) {
      const group = await groupOf(deps, context, input.logGroupName);
      const name = input.logStreamName!;
      const stream = await store.stream(group.id, name);
      if (!stream) throw noSuchStream();
      const now = clock.now();
      const { events, rejected } = acceptEvents(input.logEvents!, now, group.retentionDays);
      await store.append([{ place: context, group: group.name, stream: name, events }], now);
      return {
        nextSequenceToken: eventId({ at: now, id: stream.id }),
        ...(rejected ? { rejectedLogEventsInfo: rejected } : {}),
      };
    },
    async GetLogEvents(input, context) {
      await writer.flush();
      const identifier = input.logGroupName ?? input.logGroupIdentifier;
      const group = await groupOf(deps, context, identifier);
      const stream = await store.stream(group.id, input.logStreamName!);
      if (!stream) throw noSuchStream();
      const page = await readStream(store, stream.id, rangeOf(input.startTime, input.endTime), {
        fromHead: input.startFromHead ?? false,
        token: input.nextToken,
        limit: input.limit,
      });
      return {
        events: page.events.map(({ at, message, ingestedAt }) => ({
          timestamp: at,
          message,
          ingestionTime: ingestedAt,
        })),
        nextForwardToken: page.forward,
        nextBackwardToken: page.backward,
      };
    },
    FilterLogEvents: (input, context) => filterLogEvents(deps, input, context),
  };
}

async function filterLogEvents(
  deps: LogsDeps,
  input: FilterLogEventsRequest,
  context: CallContext,
): Promise<FilterLogEventsResponse> {
  const { store, writer } = deps;
  await writer.flush();
  const group = await groupOf(deps, context, input.logGroupName ?? input.logGroupIdentifier);
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names !== undefined && prefix !== undefined) {
    throw invalidParameter(
      'logStreamNamePrefix and logStreamNames are mutually exclusive parameters.',
    );
  }
  const streams = await Promise.all((names ?? []).map((name) => store.stream(group.id, name)));
  if (streams.includes(undefined)) throw noSuchStream();
  const only = streams.length === 1 ? streams[0] : undefined;
  const wanted = new Set(names);
  const found = await filterEvents(store, {
    of: only ? { stream: only.id } : { group: group.id },
    range: rangeOf(input.startTime, input.endTime),
    wanted: (name) => (names ? wanted.has(name) : prefix === undefined || name.startsWith(prefix)),
    pattern: input.filterPattern ?? '',
    limit: input.limit,
    token: input.nextToken,
  });
  return {
    events: found.events.map((event) => ({
      logStreamName: event.streamName,
      timestamp: event.at,
      message: event.message,
      ingestionTime: event.ingestedAt,
      eventId: eventId(event),
    })),
    searchedLogStreams: [],
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
}

function tagHandlers(
  deps: LogsDeps,
): Some<'TagResource' | 'UntagResource' | 'ListTagsForResource'> {
  const { store } = deps;
  return {
    async TagResource(input, context) {
      const group = await groupOf(deps, context, input.resourceArn);
      await store.setTags(group.id, tagged(group.tags, input.tags, TAG_RULES));
      return {};
    },
    async UntagResource(input, context) {
      const group = await groupOf(deps, context, input.resourceArn);
      await store.setTags(group.id, untagged(group.tags, input.tagKeys));
      return {};
    },
    async ListTagsForResource(input, context) {
      return { tags: { ...(await groupOf(deps, context, input.resourceArn)).tags } };
    },
  };
}

/** The group by its name or ARN (with or without `:*`). */
async function groupOf(
  deps: LogsDeps,
  place: Place,
  identifier: string | undefined,
): Promise<StoredGroup> {
  if (identifier === undefined) {
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be given.');
  }
  const arn = parseArn(identifier);
  const name = arn ? arn.resource.replace(/^log-group:/, '').replace(/:\*$/, '') : identifier;
  const group = await deps.store.group(arn ?? place, name);
  if (group) return group;
  // It may be on its way: groups come to be with the first line that is written to them.
  await deps.writer.flush();
  const late = await deps.store.group(arn ?? place, name);
  if (!late) throw noSuchGroup();
  return late;
}

function describedGroup(place: Place, group: StoredGroup): LogGroup {
  const arn = logGroupArn(place, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    ...(group.retentionDays === undefined ? {} : { retentionInDays: group.retentionDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: group.storedBytes,
    logGroupClass: group.class as NonNullable<LogGroup['logGroupClass']>,
    logGroupArn: arn,
  };
}

function describedStream(place: Place, group: StoredGroup, stream: StoredStream): LogStream {
  const written = stream.lastEventAt > 0;
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(written && {
      firstEventTimestamp: stream.firstEventAt,
      lastEventTimestamp: stream.lastEventAt,
      lastIngestionTime: stream.lastIngestedAt,
      uploadSequenceToken: eventId({ at: stream.lastIngestedAt, id: stream.id }),
    }),
    arn: `${logGroupArn(place, group.name)}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}

function textOf(purpose: string, token: string): string {
  const cursor = decodeToken(purpose, token);
  if (typeof cursor === 'string') return cursor;
  throw invalidParameter('The specified nextToken is invalid.');
}

const TAG_RULES: TagRules = {
  most: TAGS_MAX,
  tooMany: () => invalidParameter(`A log group may have at most ${TAGS_MAX} tags.`),
};
