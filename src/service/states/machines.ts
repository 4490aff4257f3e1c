/** State machines: create, update, delete, describe, list. */
import type {
  CreateStateMachineInput,
  DescribeStateMachineForExecutionOutput,
  DescribeStateMachineOutput,
  IncludedData,
  UpdateStateMachineInput,
} from '@aws-sdk/client-sfn';
import { mapsOf } from '../../asl/processor.ts';
import { invalidDefinitionMessage } from '../../asl/validate.ts';
import type { MachineType } from '../../asl/validation/context.ts';
import type { VariableReferences } from '../../asl/variable-references.ts';
import { labelOf } from '../../execution/states/distributed.ts';
import { type Place, stateMachineArn } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import type { Instant } from '../../ground/time.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { StoredMachine } from '../../store/machines/store.ts';
import type { Revision, StoredVersion } from '../../store/machines/versions.ts';
import type { CallContext } from '../../wire/operations.ts';
import { processorHash } from '../engine/mapruns/children.ts';
import { type MachineName, machineName, unlabelled } from './arns.ts';
import {
  checkedEncryption,
  checkedLogging,
  checkedTracing,
  sameEncryption,
  shownEncryption,
  shownLogging,
  shownTracing,
} from './configuration.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import {
  machineDeleting,
  machineExists,
  machineMissing,
  tooManyMachines,
  validation,
} from './faults.ts';
import { headOf } from './heads.ts';
import { checkName, checkRoleArn } from './names.ts';
import { pageQuery } from './paging.ts';
import { checkedTags } from './tags.ts';
import { Tally } from './tally.ts';
import { likeliest, targetOf, versionArn, versionNumber } from './targets.ts';
import { nextVersion, publishRevision, unqualified } from './versions.ts';

export function machineHandlers(deps: StatesDeps) {
  const { machines, limits, watch } = deps;
  const count = async (place: Place) => (await machines.tally(place)).machines;
  const tally = new Tally({ limit: 'stateMachines', limits, watch, count });
  return {
    CreateStateMachine: (input, context) => createMachine(deps, tally, input, context),
    UpdateStateMachine: (input) => updateMachine(deps, input),
    DeleteStateMachine: async ({ stateMachineArn: arn }) => {
      await deps.deletions.delete(unqualified(arn!).machineArn);
      return {};
    },
    DescribeStateMachine: ({ stateMachineArn: arn, includedData }) =>
      describeMachine(deps, arn!, includedData),
    DescribeStateMachineForExecution: ({ executionArn, includedData }) =>
      describeForExecution(deps, executionArn!, includedData),
    ListStateMachines: async ({ maxResults, nextToken }, { account, region }) => {
      const page = await deps.machines.list(pageQuery({ account, region }, maxResults, nextToken));
      return {
        stateMachines: page.items.map(({ arn, name, type, createdAt }) => ({
          stateMachineArn: arn,
          name,
          type,
          creationDate: new Date(createdAt),
        })),
        nextToken: page.nextToken,
      };
    },
  } satisfies StatesHandlers;
}

function checkPublishing(input: { publish?: boolean; versionDescription?: string }): void {
  if (input.versionDescription === undefined || input.publish) return;
  throw validation('Version description can only be set when publish is true');
}

async function checkDefinition(
  deps: Pick<StatesDeps, 'definitions'>,
  definition: string,
  type: MachineType,
): Promise<string> {
  const diagnostics = await deps.definitions.validate(definition, type);
  if (diagnostics.every(({ severity }) => severity !== 'ERROR')) return definition;
  throw new Fault('InvalidDefinition', invalidDefinitionMessage(diagnostics));
}

async function createMachine(
  deps: StatesDeps,
  tally: Tally,
  input: CreateStateMachineInput,
  place: CallContext,
) {
  const { type = 'STANDARD', publish = false } = input;
  const name = checkName(input.name!);
  const roleArn = checkRoleArn(input.roleArn!);
  checkPublishing(input);
  const tags = checkedTags(deps, input.tags, name);
  const definition = await checkDefinition(deps, input.definition!, type);
  const logging = await checkedLogging(input.loggingConfiguration, deps.logGroups);
  const tracing = checkedTracing(input.tracingConfiguration);
  const encryption = checkedEncryption(input.encryptionConfiguration);
  const now = deps.tools.now();
  const machine: StoredMachine = {
    arn: stateMachineArn(place, name),
    account: place.account,
    region: place.region,
    name,
    type,
    createdAt: now,
    tags,
    revision: {
      at: now,
      definitionHash: deps.catalog.hashOf(definition),
      roleArn,
      ...(logging !== undefined && { logging }),
      ...(tracing !== undefined && { tracing }),
      ...(encryption !== undefined && { encryption }),
    },
    lastVersion: publish ? 1 : 0,
  };
  const version = publish ? firstVersion(machine, input.versionDescription) : undefined;
  if ((await tally.full(place)) && !(await deps.catalog.find(machine.arn))) throw tooManyMachines();
  const existing = await deps.catalog.create(machine, definition, version);
  if (existing?.deleting) throw machineDeleting(existing.arn);
  if (existing && !(await isRepeated(deps, existing, machine, version))) {
    throw machineExists(existing.arn);
  }
  const { arn, createdAt } = existing ?? machine;
  if (!existing) tally.added(place);
  deps.watch.note('definitionLength', arn, definition.length);
  return {
    stateMachineArn: arn,
    creationDate: new Date(createdAt),
    ...(version && { stateMachineVersionArn: versionArn(version) }),
  };
}

/** Made with its machine, at the same time. */
const firstVersion = (
  { arn, createdAt, revision }: StoredMachine,
  description: string | undefined,
): StoredVersion => ({
  machineArn: arn,
  number: 1,
  createdAt,
  ...(description !== undefined && { description }),
  revision,
});

/** Role and tags do not count; whether a version was published with the machine does. */
async function isRepeated(
  deps: StatesDeps,
  existing: StoredMachine,
  wanted: StoredMachine,
  version: StoredVersion | undefined,
): Promise<boolean> {
  if (existing.type !== wanted.type) return false;
  if (!sameConfiguration(existing.revision, wanted.revision)) return false;
  const first = await deps.catalog.version(existing.arn, 1);
  const published = first?.createdAt === existing.createdAt ? first : undefined;
  if (!published || !version) return published === version;
  return published.description === version.description;
}

function sameConfiguration(a: Revision, b: Revision): boolean {
  return (
    a.definitionHash === b.definitionHash &&
    JSON.stringify(shownLogging(a.logging)) === JSON.stringify(shownLogging(b.logging)) &&
    JSON.stringify(shownTracing(a.tracing)) === JSON.stringify(shownTracing(b.tracing)) &&
    sameEncryption(a.encryption, b.encryption)
  );
}

async function updateMachine(deps: StatesDeps, input: UpdateStateMachineInput) {
  const { arn, machineArn, qualifier } = unlabelled(input.stateMachineArn!);
  checkPublishing(input);
  const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
  const { encryptionConfiguration, publish = false, versionDescription } = input;
  if (
    definition === undefined &&
    roleArn === undefined &&
    !loggingConfiguration &&
    !tracingConfiguration &&
    !encryptionConfiguration
  ) {
    throw new Fault(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the ' +
        'TracingConfiguration must be specified',
    );
  }
  if (qualifier !== undefined) throw machineMissing(arn);
  const logging = await checkedLogging(loggingConfiguration, deps.logGroups);
  const tracing = checkedTracing(tracingConfiguration);
  const encryption = checkedEncryption(encryptionConfiguration);
  if (roleArn !== undefined) checkRoleArn(roleArn);
  for (;;) {
    const machine = await deps.catalog.living(machineArn);
    if (definition !== undefined) await checkDefinition(deps, definition, machine.type);
    const { revision } = machine;
    const now = deps.tools.now();
    const wanted: Revision = {
      ...revision,
      ...(definition !== undefined && { definitionHash: deps.catalog.hashOf(definition) }),
      ...(roleArn !== undefined && { roleArn }),
      ...(logging !== undefined && { logging }),
      ...(tracing !== undefined && { tracing }),
      ...(encryption !== undefined && { encryption }),
    };
    if (sameConfiguration(wanted, revision) && wanted.roleArn === revision.roleArn) {
      const version = publish && (await publishRevision(deps, machine, versionDescription));
      if (version !== undefined) return updated(now, revision, version);
      continue;
    }
    const next: Revision = { ...wanted, id: deps.tools.uuid(), at: Math.max(now, revision.at + 1) };
    const version = publish && (await nextVersion(deps, machine, next, versionDescription));
    const more = { definition, version: version || undefined };
    deps.watch.note('definitionLength', machineArn, definition?.length ?? 0);
    if (await deps.catalog.revise(machine, next, more)) return updated(next.at, next, version);
  }
}

const updated = (at: Instant, { id }: Revision, version: StoredVersion | false) => ({
  updateDate: new Date(at),
  revisionId: id,
  ...(version && { stateMachineVersionArn: versionArn(version) }),
});

async function describeMachine(
  deps: StatesDeps,
  arn: string,
  includedData: IncludedData | undefined,
): Promise<Omit<DescribeStateMachineOutput, '$metadata'>> {
  const name = machineName(arn);
  const { revision, version, ...machine } = await targetOf(deps.catalog, name, likeliest);
  const { label } = name;
  const part = label === undefined ? undefined : await labelled(deps, name, revision);
  return {
    stateMachineArn: arn,
    name: part ? `${machine.name}/${label}` : machine.name,
    status: machine.deleting ? 'DELETING' : 'ACTIVE',
    ...(await shownDefinition(deps, part?.hash ?? revision.definitionHash, includedData)),
    roleArn: revision.roleArn,
    type: part?.type ?? machine.type,
    ...(label !== undefined && { label }),
    creationDate: new Date((version ?? machine).createdAt),
    loggingConfiguration: shownLogging(revision.logging),
    tracingConfiguration: shownTracing(revision.tracing),
    encryptionConfiguration: shownEncryption(revision.encryption),
    ...(revision.id !== undefined && { revisionId: revision.id }),
    ...(version?.description !== undefined && { description: version.description }),
  };
}

/** What the children of a distributed Map run, by the label of the state. */
async function labelled(
  deps: StatesDeps,
  { arn, machineArn, label }: MachineName,
  { definitionHash }: Revision,
): Promise<{ hash: string; type: 'STANDARD' | 'EXPRESS' }> {
  const maps = mapsOf(await deps.catalog.compiled(definitionHash));
  const found = maps.find((one) => {
    return one.distributed && labelOf(one, machineArn, deps.tools) === label;
  });
  if (!found?.distributed) throw machineMissing(arn);
  const hash = processorHash({ definitionHash }, found.name);
  return { hash, type: found.distributed.executionType };
}

async function shownDefinition(
  deps: StatesDeps,
  hash: string,
  includedData: IncludedData | undefined,
): Promise<{ definition: string; variableReferences?: VariableReferences }> {
  if (includedData === 'METADATA_ONLY') return { definition: '{}' };
  const definition = await deps.catalog.definition(hash);
  const references = await deps.definitions.variableReferences(definition);
  return { definition, ...(references && { variableReferences: references }) };
}

async function describeForExecution(
  deps: StatesDeps,
  executionArn: string,
  includedData: IncludedData | undefined,
): Promise<Omit<DescribeStateMachineForExecutionOutput, '$metadata'>> {
  const head = await headOf(deps, executionArn);
  const [machineArn, label] = head.machineArn.split('/') as [string, string?];
  const revision = await revisionOf(deps, head, machineArn);
  return {
    stateMachineArn: head.machineArn,
    name: head.machineName,
    ...(await shownDefinition(deps, head.definitionHash, includedData)),
    roleArn: head.roleArn,
    updateDate: new Date(head.revisedAt ?? head.startedAt),
    loggingConfiguration: shownLogging(head.logging ?? revision?.logging),
    tracingConfiguration: { enabled: head.tracingEnabled },
    encryptionConfiguration: shownEncryption(revision?.encryption),
    ...(head.revisionId !== undefined && { revisionId: head.revisionId }),
    ...(head.mapRunArn !== undefined && { mapRunArn: head.mapRunArn }),
    ...(label !== undefined && { label }),
  };
}

/** The one that the execution runs, where it is still kept: an execution has no logging that is OFF. */
async function revisionOf(
  deps: StatesDeps,
  head: ExecutionHead,
  machineArn: string,
): Promise<Revision | undefined> {
  const now = (await deps.catalog.find(machineArn))?.revision;
  if (now?.id === head.revisionId) return now;
  const number = versionNumber(head.versionArn?.slice(machineArn.length + 1));
  if (number === undefined) return undefined;
  return (await deps.catalog.version(machineArn, number))?.revision;
}
