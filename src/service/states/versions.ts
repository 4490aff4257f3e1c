/** Versions of state machines: publish, delete, list. */
import type { PublishStateMachineVersionInput } from '@aws-sdk/client-sfn';
import type { StoredMachine } from '../../store/machines/store.ts';
import type { Revision, StoredVersion } from '../../store/machines/versions.ts';
import { type MachineName, unlabelled } from './arns.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { conflict, machineMissing, quotaExceeded, validation } from './faults.ts';
import { pageLimit } from './paging.ts';
import { versionArn, versionNumber } from './targets.ts';

export function versionHandlers(deps: StatesDeps) {
  return {
    PublishStateMachineVersion: (input) => publish(deps, input),
    DeleteStateMachineVersion: async ({ stateMachineVersionArn: arn }) => {
      const name = unlabelled(arn!);
      const number = versionNumber(name.qualifier);
      if (number === undefined) {
        throw validation(`A state machine version ARN is required. Received: ${arn}`);
      }
      await deleteVersion(deps, name.machineArn, number);
      return {};
    },
    ListStateMachineVersions: async ({ stateMachineArn, maxResults, nextToken }) => {
      const page = await deps.machines.listVersions({
        machineArn: unqualified(stateMachineArn!).machineArn,
        limit: pageLimit(maxResults),
        ...(nextToken !== undefined && { token: nextToken }),
      });
      return {
        stateMachineVersions: page.items.map((version) => ({
          stateMachineVersionArn: versionArn(version),
          creationDate: new Date(version.createdAt),
        })),
        nextToken: page.nextToken,
      };
    },
  } satisfies StatesHandlers;
}

/** The ARN of a machine itself. */
export function unqualified(text: string): MachineName {
  const name = unlabelled(text);
  if (name.qualifier === undefined) return name;
  throw validation(`An unqualified state machine ARN is required. Received: ${text}`);
}

async function publish(deps: StatesDeps, input: PublishStateMachineVersionInput) {
  const { arn, machineArn, qualifier } = unlabelled(input.stateMachineArn!);
  if (qualifier !== undefined) throw machineMissing(arn);
  for (;;) {
    const machine = await deps.catalog.living(machineArn);
    const current = machine.revision.id ?? 'INITIAL';
    if (input.revisionId !== undefined && input.revisionId !== current) {
      throw conflict(
        `Failed to publish the State Machine version for revision ${input.revisionId}. ` +
          `The current State Machine revision is ${current}.`,
      );
    }
    const version = await publishRevision(deps, machine, input.description);
    if (version) {
      return {
        stateMachineVersionArn: versionArn(version),
        creationDate: new Date(version.createdAt),
      };
    }
  }
}

/**
 * The version of the machine's revision, made where there is none; undefined where the machine has
 * changed meanwhile.
 */
export async function publishRevision(
  deps: StatesDeps,
  machine: StoredMachine,
  description: string | undefined,
): Promise<StoredVersion | undefined> {
  const existing = await deps.machines.versionOf(machine.arn, machine.revision);
  if (existing) {
    if (description === undefined || description === existing.description) return existing;
    throw conflict(
      'Failed to publish the State Machine version because a version with a different ' +
        `description already exists for revision ${machine.revision.id ?? 'INITIAL'}.`,
    );
  }
  const version = await nextVersion(deps, machine, machine.revision, description);
  const published = await deps.machines.publish(version);
  deps.catalog.forget(machine.arn);
  return published ? version : undefined;
}

/** The version that the machine gets next, of this revision. */
export async function nextVersion(
  deps: Pick<StatesDeps, 'machines' | 'tools' | 'limits' | 'watch'>,
  { arn, lastVersion }: StoredMachine,
  revision: Revision,
  description: string | undefined,
): Promise<StoredVersion> {
  const { versions } = await deps.machines.counts(arn);
  const most = deps.limits.versions;
  if (versions >= most) {
    throw quotaExceeded(`A state machine can have at most ${most} versions.`);
  }
  deps.watch.note('versions', arn, versions + 1);
  return {
    machineArn: arn,
    number: lastVersion + 1,
    createdAt: deps.tools.now(),
    ...(description !== undefined && { description }),
    revision,
  };
}

/** One that is not there (any more) is as good as deleted. */
async function deleteVersion(deps: StatesDeps, machineArn: string, number: number): Promise<void> {
  for (;;) {
    const deleted = await deps.machines.deleteVersion(machineArn, number);
    deps.catalog.forget(machineArn);
    if (deleted || !(await deps.machines.version(machineArn, number))) return;
    const names = await referring(deps, machineArn, number);
    if (names.length === 0) continue;
    throw conflict(
      'Version to be deleted must not be referenced by an alias. ' +
        `Current list of aliases referencing this version: [${names.join(', ')}]`,
    );
  }
}

async function referring(deps: StatesDeps, machineArn: string, version: number): Promise<string[]> {
  const page = await deps.machines.listAliases({ machineArn, version, limit: deps.limits.aliases });
  return page.items.map(({ name }) => name);
}
