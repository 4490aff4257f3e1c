/** State machines: create, update, delete, describe, list. */
import type {
  CreateStateMachineInput,
  DescribeStateMachineForExecutionOutput,
  DescribeStateMachineOutput,
  IncludedData,
  UpdateStateMachineInput,
} from '@aws-sdk/client-sfn';
import { invalidDefinitionMessage, validateDefinition } from '../../asl/validate.ts';
import { type VariableReferences, variableReferences } from '../../asl/variable-references.ts';
import { stateMachineArn } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';
import { type JsonObject, parseJson } from '../../ground/json.ts';
import type { Revision, StoredMachine } from '../../store/machines.ts';
import type { CallContext } from '../../wire/operations.ts';
import { executionArnOf, machineName, unlabelled } from './arns.ts';
import {
  checkedEncryption,
  checkedLogging,
  checkedTracing,
  shownEncryption,
  shownLogging,
  shownTracing,
} from './configuration.ts';
import type { StatesDeps, StatesHandlers } from './deps.ts';
import { executionMissing, machineExists, machineMissing } from './faults.ts';
import { checkName, checkRoleArn } from './names.ts';
import { pageQuery } from './paging.ts';
import { checkTags } from './tags.ts';

export function machineHandlers(deps: StatesDeps) {
  return {
    CreateStateMachine: (input, context) => createMachine(deps, input, context),
    UpdateStateMachine: (input) => updateMachine(deps, input),
    DeleteStateMachine: async ({ stateMachineArn: arn }) => {
      await deleteMachine(deps, unlabelled(arn!).machineArn);
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

/** Versions come with their own operations; until then a caller must not believe he has one. */
function refusePublishing(input: { publish?: boolean; versionDescription?: string }): void {
  if (input.versionDescription !== undefined && !input.publish) {
    throw new Fault(
      'ValidationException',
      'Version description can only be set when publish is true',
    );
  }
  if (!input.publish) return;
  throw new Fault('NotImplemented', 'Publishing a state machine version is not implemented.', {
    side: 'server',
    status: 501,
  });
}

function checkDefinition(definition: string, type: 'STANDARD' | 'EXPRESS'): string {
  const { diagnostics } = validateDefinition(definition, { type });
  if (diagnostics.every(({ severity }) => severity !== 'ERROR')) return definition;
  throw new Fault('InvalidDefinition', invalidDefinitionMessage(diagnostics));
}

async function createMachine(deps: StatesDeps, input: CreateStateMachineInput, place: CallContext) {
  const { type = 'STANDARD', tags = [] } = input;
  const name = checkName(input.name!);
  refusePublishing(input);
  checkTags(tags, `${name}`);
  const definition = checkDefinition(input.definition!, type);
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
    tags: tags.map(({ key, value }) => ({ key: key!, value: value ?? '' })),
    revision: {
      at: now,
      definitionHash: deps.catalog.hashOf(definition),
      roleArn: checkRoleArn(input.roleArn!),
      ...(logging !== undefined && { logging }),
      ...(tracing !== undefined && { tracing }),
      ...(encryption !== undefined && { encryption }),
    },
  };
  const existing = await deps.catalog.create(machine, definition);
  if (existing && !sameMachine(existing, machine)) throw machineExists(existing.arn);
  const { arn, createdAt } = existing ?? machine;
  return { stateMachineArn: arn, creationDate: new Date(createdAt) };
}

/** Role and tags do not count. */
function sameMachine(a: StoredMachine, b: StoredMachine): boolean {
  return a.type === b.type && sameConfiguration(a.revision, b.revision);
}

function sameConfiguration(a: Revision, b: Revision): boolean {
  return (
    a.definitionHash === b.definitionHash &&
    JSON.stringify(shownLogging(a.logging)) === JSON.stringify(shownLogging(b.logging)) &&
    JSON.stringify(shownTracing(a.tracing)) === JSON.stringify(shownTracing(b.tracing)) &&
    JSON.stringify(shownEncryption(a.encryption)) === JSON.stringify(shownEncryption(b.encryption))
  );
}

async function updateMachine(deps: StatesDeps, input: UpdateStateMachineInput) {
  const { arn, machineArn, qualifier } = unlabelled(input.stateMachineArn!);
  refusePublishing(input);
  const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
  const { encryptionConfiguration } = input;
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
    const machine = await deps.catalog.machine(machineArn);
    if (definition !== undefined) checkDefinition(definition, machine.type);
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
      return { updateDate: new Date(now), revisionId: revision.id };
    }
    const next: Revision = { ...wanted, id: deps.tools.uuid(), at: Math.max(now, revision.at + 1) };
    if (await deps.catalog.revise(machineArn, revision, next, definition)) {
      return { updateDate: new Date(next.at), revisionId: next.id };
    }
  }
}

/** Its running executions end; that may take a while and nobody waits for it. */
async function deleteMachine(deps: StatesDeps, machineArn: string): Promise<void> {
  const machine = await deps.machines.machine(machineArn);
  if (!machine || !(await deps.catalog.delete(machineArn))) return;
  stopAll(deps, machine).catch((error: unknown) =>
    deps.log.warn('could not stop the executions of a deleted state machine', { error }),
  );
}

async function stopAll(deps: StatesDeps, machine: StoredMachine): Promise<void> {
  const { account, region, arn } = machine;
  let token: string | undefined;
  do {
    const page = await deps.executions.list({
      account,
      region,
      machineArn: arn,
      status: 'RUNNING',
      startedTo: deps.tools.now(),
      limit: 100,
      ...(token !== undefined && { token }),
    });
    const standard = page.items.filter(({ type }) => type === 'STANDARD');
    await Promise.all(standard.map(({ id }) => deps.engine.signal(id, { type: 'Stop' })));
    token = page.nextToken;
  } while (token !== undefined);
}

async function describeMachine(
  deps: StatesDeps,
  arn: string,
  includedData: IncludedData | undefined,
): Promise<Omit<DescribeStateMachineOutput, '$metadata'>> {
  const { machineArn, qualifier, label } = machineName(arn);
  // There are no versions, aliases and Map Runs yet whose machines could be described.
  if (qualifier !== undefined || label !== undefined) throw machineMissing(arn);
  const machine = await deps.catalog.machine(machineArn);
  const { revision } = machine;
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    status: 'ACTIVE',
    ...(await shownDefinition(deps, revision.definitionHash, includedData)),
    roleArn: revision.roleArn,
    type: machine.type,
    creationDate: new Date(machine.createdAt),
    loggingConfiguration: shownLogging(revision.logging),
    tracingConfiguration: shownTracing(revision.tracing),
    encryptionConfiguration: shownEncryption(revision.encryption),
    ...(revision.id !== undefined && { revisionId: revision.id }),
  };
}

async function shownDefinition(
  deps: StatesDeps,
  hash: string,
  includedData: IncludedData | undefined,
): Promise<{ definition: string; variableReferences?: VariableReferences }> {
  if (includedData === 'METADATA_ONLY') return { definition: '{}' };
  const definition = await deps.catalog.definition(hash);
  const references = variableReferences(parseJson(definition) as JsonObject);
  return { definition, ...(references && { variableReferences: references }) };
}

async function describeForExecution(
  deps: StatesDeps,
  executionArn: string,
  includedData: IncludedData | undefined,
): Promise<Omit<DescribeStateMachineForExecutionOutput, '$metadata'>> {
  const arn = executionArnOf(executionArn);
  const head = await deps.executions.headByArn(arn);
  if (!head) throw executionMissing(arn);
  const now = (await deps.machines.machine(head.machineArn))?.revision;
  const revision = now && now.id === head.revisionId ? now : undefined;
  return {
    stateMachineArn: head.machineArn,
    name: head.machineName,
    ...(await shownDefinition(deps, head.definitionHash, includedData)),
    roleArn: head.roleArn,
    updateDate: new Date(revision?.at ?? head.startedAt),
    loggingConfiguration: shownLogging(head.logging),
    tracingConfiguration: { enabled: head.tracingEnabled },
    encryptionConfiguration: shownEncryption(revision?.encryption),
    ...(head.revisionId !== undefined && { revisionId: head.revisionId }),
    ...(head.mapRunArn !== undefined && { mapRunArn: head.mapRunArn }),
  };
}
