/** What the ARN of a state machine, a version or an alias stands for when it is used. */
import type { Tools } from '../../ground/tools.ts';
import type { StoredMachine } from '../../store/machines/store.ts';
import type { StoredAlias, StoredVersion } from '../../store/machines/versions.ts';
import type { MachineName } from './arns.ts';
import type { MachineCatalog } from './catalog.ts';
import { machineDeleting, machineMissing } from './faults.ts';

/** The machine; `revision` is the one to be run, that of the version where there is one. */
export interface Target extends StoredMachine {
  readonly version?: StoredVersion;
  readonly alias?: StoredAlias;
}

/** Which version an alias means this time. */
type Choose = (alias: StoredAlias) => number;

const NUMBER = /^[1-9]\d{0,14}$/;

/** The version that a qualifier names; undefined where it is an alias's name. */
export function versionNumber(qualifier: string | undefined): number | undefined {
  return qualifier !== undefined && NUMBER.test(qualifier) ? Number(qualifier) : undefined;
}

export const versionArn = ({ machineArn, number }: StoredVersion): string =>
  `${machineArn}:${number}`;
export const aliasArn = ({ machineArn, name }: StoredAlias): string => `${machineArn}:${name}`;

/** Throws StateMachineDoesNotExist. */
export async function targetOf(
  catalog: MachineCatalog,
  { arn, machineArn, qualifier }: MachineName,
  choose: Choose,
): Promise<Target> {
  const machine = await catalog.machine(machineArn, arn);
  if (qualifier === undefined) return machine;
  const number = versionNumber(qualifier);
  const alias = number === undefined ? await catalog.alias(machineArn, qualifier) : undefined;
  const chosen = alias ? choose(alias) : number;
  const version = chosen === undefined ? undefined : await catalog.version(machineArn, chosen);
  if (!version) throw machineMissing(arn);
  return { ...machine, revision: version.revision, version, ...(alias && { alias }) };
}

/** The same for a start. Throws StateMachineDeleting too. */
export async function startable(
  catalog: MachineCatalog,
  name: MachineName,
  tools: Pick<Tools, 'random'>,
): Promise<Target> {
  const target = await targetOf(catalog, name, drawn(tools));
  if (target.deleting) throw machineDeleting(target.arn);
  return target;
}

/** By weight. */
export const drawn =
  ({ random }: Pick<Tools, 'random'>): Choose =>
  ({ routes: [first, second] }) =>
    second && random() * 100 >= first.weight ? second.version : first.version;

/** The version that most starts go to, the first of equal ones. */
export const likeliest: Choose = ({ routes: [first, second] }) =>
  second && second.weight > first.weight ? second.version : first.version;
