/** Activities, their workers, and the answers to task tokens. */
import type { CreateActivityInput } from '@aws-sdk/client-sfn';
import type { Signal } from '../../execution/signal.ts';
import { activityArn, type Place } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import type { CallContext } from '../../wire/operations.ts';
import { activityArnOf } from './arns.ts';
import { checkedEncryption, sameEncryption, shownEncryption } from './configuration.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import {
  activityMissing,
  invalidOutput,
  invalidToken,
  taskGone,
  tooManyActivities,
} from './faults.ts';
import { jsonProblem } from './json-text.ts';
import { checkName } from './names.ts';
import { pageQuery } from './paging.ts';
import { checkedTags } from './tags.ts';
import { Tally } from './tally.ts';

export function activityHandlers(deps: StatesDeps) {
  const { machines, limits, watch } = deps;
  const count = async (place: Place) => (await machines.tally(place)).activities;
  const tally = new Tally({ limit: 'activities', limits, watch, count });
  return {
    CreateActivity: (input, context) => createActivity(deps, tally, input, context),
    DescribeActivity: async ({ activityArn: arn }) => {
      const { name, createdAt, encryption } = await activityOf(deps, arn!);
      return {
        activityArn: arn,
        name,
        creationDate: new Date(createdAt),
        encryptionConfiguration: shownEncryption(encryption),
      };
    },
    DeleteActivity: async ({ activityArn: given }) => {
      const arn = activityArnOf(given!);
      await deps.machines.deleteActivity(arn);
      deps.catalog.noteActivity(arn, false);
      deps.activities.dismiss(arn);
      return {};
    },
    ListActivities: async ({ maxResults, nextToken }, place) => {
      const page = await deps.machines.listActivities(pageQuery(place, maxResults, nextToken));
      return {
        activities: page.items.map(({ arn, name, createdAt }) => ({
          activityArn: arn,
          name,
          creationDate: new Date(createdAt),
        })),
        nextToken: page.nextToken,
      };
    },
    GetActivityTask: async ({ activityArn: arn, workerName }, { abort }) => {
      await activityOf(deps, arn!);
      const task = await deps.activities.take(arn!, workerName, abort);
      if (!task) await activityOf(deps, arn!);
      return { ...task };
    },
  } satisfies StatesHandlers;
}

async function activityOf(deps: StatesDeps, given: string) {
  const arn = activityArnOf(given);
  const activity = await deps.machines.activity(arn);
  if (!activity) throw activityMissing(arn);
  return activity;
}

async function createActivity(
  deps: StatesDeps,
  tally: Tally,
  input: CreateActivityInput,
  place: CallContext,
) {
  const name = checkName(input.name!);
  const tags = checkedTags(deps, input.tags, name);
  const encryption = checkedEncryption(input.encryptionConfiguration);
  const arn = activityArn(place, name);
  if ((await tally.full(place)) && !(await deps.machines.activity(arn))) throw tooManyActivities();
  const createdAt = deps.tools.now();
  const existing = await deps.machines.createActivity({
    arn,
    account: place.account,
    region: place.region,
    name,
    createdAt,
    tags,
    ...(encryption !== undefined && { encryption }),
  });
  deps.catalog.noteActivity(arn, true);
  if (!existing) tally.added(place);
  if (existing && !sameEncryption(existing.encryption, encryption)) {
    throw new Fault(
      'ActivityAlreadyExists',
      'Activity already exists. EncryptionConfiguration may not be updated.',
    );
  }
  return { activityArn: arn, creationDate: new Date(existing?.createdAt ?? createdAt) };
}

export function tokenHandlers(deps: StatesDeps) {
  return {
    // A token that is none is told first (recorded), whatever the output is.
    SendTaskSuccess: ({ taskToken, output }) =>
      redeem(deps, taskToken!, (attempt) => {
        const problem = output === '' ? 'Invalid output.' : jsonProblem(output!);
        if (problem !== undefined) throw invalidOutput(problem);
        return { type: 'TaskSucceeded', ...attempt, output: output!, byToken: true };
      }),
    SendTaskFailure: ({ taskToken, error, cause }) =>
      redeem(deps, taskToken!, (attempt) => ({
        type: 'TaskFailed',
        ...attempt,
        error,
        cause,
        byToken: true,
      })),
    SendTaskHeartbeat: ({ taskToken }) =>
      redeem(deps, taskToken!, (attempt) => ({ type: 'TaskHeartbeat', ...attempt })),
  } satisfies StatesHandlers;
}

async function redeem(
  deps: StatesDeps,
  token: string,
  signalFor: (attempt: { scope: string; attempt: number }) => Signal,
): Promise<Record<string, never>> {
  const outcome = await deps.engine.redeem(token, signalFor);
  if (outcome === 'notAToken') throw invalidToken();
  if (outcome === 'gone') throw taskGone();
  return {};
}
