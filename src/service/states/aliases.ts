/** Aliases of state machines: create, update, describe, delete, list. */
import type {
  CreateStateMachineAliasInput,
  RoutingConfigurationListItem,
  UpdateStateMachineAliasInput,
} from '@aws-sdk/client-sfn';
import type { Route, StoredAlias } from '../../store/machines/versions.ts';
import { unlabelled } from './arns.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import {
  conflict,
  machineDeleting,
  machineMissing,
  quotaExceeded,
  referenceMissing,
  validation,
} from './faults.ts';
import { pageLimit } from './paging.ts';
import { aliasArn, versionNumber } from './targets.ts';

type Routes = StoredAlias['routes'];

export function aliasHandlers(deps: StatesDeps) {
  return {
    CreateStateMachineAlias: (input) => createAlias(deps, input),
    UpdateStateMachineAlias: (input) => updateAlias(deps, input),
    DescribeStateMachineAlias: async ({ stateMachineAliasArn: arn }) => {
      const alias = await aliasOf(deps, arn!);
      return {
        stateMachineAliasArn: arn,
        name: alias.name,
        ...(alias.description !== undefined && { description: alias.description }),
        routingConfiguration: alias.routes.map(({ version, weight }) => ({
          stateMachineVersionArn: `${alias.machineArn}:${version}`,
          weight,
        })),
        creationDate: new Date(alias.createdAt),
        updateDate: new Date(alias.updatedAt),
      };
    },
    DeleteStateMachineAlias: async ({ stateMachineAliasArn: arn }) => {
      const { machineArn, name } = aliasName(arn!);
      await deps.machines.deleteAlias(machineArn, name);
      deps.catalog.forget(machineArn);
      return {};
    },
    ListStateMachineAliases: ({ stateMachineArn, maxResults, nextToken }) =>
      listAliases(deps, stateMachineArn!, pageLimit(maxResults), nextToken),
  } satisfies StatesHandlers;
}

async function createAlias(deps: StatesDeps, input: CreateStateMachineAliasInput) {
  const { machineArn, routes } = routing(input.routingConfiguration!);
  const now = deps.tools.now();
  const alias: StoredAlias = {
    machineArn,
    name: input.name!,
    ...(input.description !== undefined && { description: input.description }),
    createdAt: now,
    updatedAt: now,
    routes,
  };
  for (;;) {
    const existing = await deps.machines.alias(machineArn, alias.name);
    if (existing && !sameAlias(existing, alias)) {
      throw conflict(
        'Failed to create alias because an alias with the same name and a different routing ' +
          'configuration already exists.',
      );
    }
    if (existing) return created(existing);
    await checkLiving(deps, machineArn);
    await checkVersions(deps, machineArn, routes);
    const { aliases } = await deps.machines.counts(machineArn);
    const most = deps.limits.aliases;
    if (aliases >= most) {
      throw quotaExceeded(`A state machine can have at most ${most} aliases.`);
    }
    deps.watch.note('aliases', machineArn, aliases + 1);
    if (await deps.machines.createAlias(alias)) return created(alias);
    deps.catalog.forget(machineArn);
  }
}

const created = (alias: StoredAlias) => ({
  stateMachineAliasArn: aliasArn(alias),
  creationDate: new Date(alias.createdAt),
});

async function updateAlias(deps: StatesDeps, input: UpdateStateMachineAliasInput) {
  const { description, routingConfiguration } = input;
  const arn = input.stateMachineAliasArn!;
  if (description === undefined && routingConfiguration === undefined) {
    throw validation(
      'Either the description or the routing configuration must be specified',
      'MISSING_REQUIRED_PARAMETER',
    );
  }
  const given = routingConfiguration && routing(routingConfiguration);
  if (given && given.machineArn !== aliasName(arn).machineArn) throw otherMachine();
  for (;;) {
    const before = await aliasOf(deps, arn);
    await checkLiving(deps, before.machineArn);
    if (given) await checkVersions(deps, given.machineArn, given.routes);
    const updatedAt = Math.max(deps.tools.now(), before.updatedAt);
    const alias: StoredAlias = {
      ...before,
      updatedAt,
      ...(description !== undefined && { description }),
      ...(given && { routes: given.routes }),
    };
    const updated = await deps.machines.updateAlias(alias);
    deps.catalog.forget(before.machineArn);
    if (updated) return { updateDate: new Date(updatedAt) };
  }
}

async function listAliases(
  deps: StatesDeps,
  given: string,
  limit: number,
  token: string | undefined,
) {
  const { arn, machineArn, qualifier } = unlabelled(given);
  await deps.catalog.living(machineArn, arn);
  const version = versionNumber(qualifier);
  if (qualifier !== undefined && version === undefined) throw machineMissing(arn);
  if (version !== undefined && !(await deps.catalog.version(machineArn, version))) {
    throw referenceMissing(arn);
  }
  const page = await deps.machines.listAliases({
    machineArn,
    limit,
    ...(token !== undefined && { token }),
    ...(version !== undefined && { version }),
  });
  return { stateMachineAliases: page.items.map(created), nextToken: page.nextToken };
}

async function aliasOf(deps: StatesDeps, arn: string): Promise<StoredAlias> {
  const { machineArn, name } = aliasName(arn);
  const alias = await deps.machines.alias(machineArn, name);
  if (!alias) throw referenceMissing(arn);
  return alias;
}

function aliasName(text: string): { readonly machineArn: string; readonly name: string } {
  const { machineArn, qualifier } = unlabelled(text);
  if (qualifier === undefined || /^\d+$/.test(qualifier)) {
    throw validation(`A state machine alias ARN is required. Received: ${text}`);
  }
  return { machineArn, name: qualifier };
}

/** To what an alias leads, and the machine that follows from it. */
function routing(items: readonly RoutingConfigurationListItem[]): {
  readonly machineArn: string;
  readonly routes: Routes;
} {
  const arns = items.map(({ stateMachineVersionArn }) => stateMachineVersionArn!);
  const versions = arns.map(versionOf);
  const received = `Received: [${arns.join(', ')}]`;
  if (versions.some((version) => version === undefined)) {
    throw validation(
      `Routing configuration must contain state machine version ARNs. ${received}`,
      'INVALID_ROUTING_CONFIGURATION',
    );
  }
  if (new Set(arns).size < arns.length) {
    throw validation(
      `Routing configuration must contain distinct state machine version ARNs. ${received}`,
      'INVALID_ROUTING_CONFIGURATION',
    );
  }
  const weights = items.map(({ weight }) => weight!);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
    throw validation(
      `Sum of routing configuration weights must equal 100. Received: [${weights.join(', ')}]`,
      'INVALID_ROUTING_CONFIGURATION',
    );
  }
  const { machineArn } = versions[0]!;
  if (versions.some((version) => version!.machineArn !== machineArn)) throw otherMachine();
  const routes = versions.map(
    (version, i): Route => ({
      version: version!.number,
      weight: weights[i]!,
    }),
  );
  return { machineArn, routes: routes as unknown as Routes };
}

const otherMachine = () =>
  validation(
    'Routing configuration must contain versions of one state machine, that of the alias.',
    'INVALID_ROUTING_CONFIGURATION',
  );

const VERSION_ARN = /^(arn:[^:]+:states:[^:]*:[^:]*:stateMachine:[^:/]+):([1-9]\d{0,14})$/;

function versionOf(
  arn: string,
): { readonly machineArn: string; readonly number: number } | undefined {
  const found = VERSION_ARN.exec(arn);
  return found ? { machineArn: found[1]!, number: Number(found[2]) } : undefined;
}

/** That of a machine which is gone is missing with its versions. */
async function checkLiving(deps: StatesDeps, machineArn: string): Promise<void> {
  if ((await deps.catalog.find(machineArn))?.deleting) throw machineDeleting(machineArn);
}

async function checkVersions(deps: StatesDeps, machineArn: string, routes: Routes): Promise<void> {
  for (const { version } of routes) {
    if (await deps.machines.version(machineArn, version)) continue;
    throw referenceMissing(`${machineArn}:${version}`);
  }
}

const sameAlias = (a: StoredAlias, b: StoredAlias): boolean =>
  a.description === b.description && JSON.stringify(a.routes) === JSON.stringify(b.routes);
