/** The Lambda API. A function has `$LATEST` alone: versions, aliases and layers are not here yet. */
import type { FunctionConfiguration, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { FunctionRecord } from '../../function/config.ts';
import {
  ACCOUNT_CONCURRENCY,
  FUNCTION_NAME_MAX,
  LIST_FUNCTIONS_PAGE_MAX,
  TAGS_MAX,
  UNRESERVED_CONCURRENCY_MIN,
} from '../../function/limits.ts';
import { type FunctionReference, isLatest } from '../../function/reference.ts';
import { parseArn } from '../../ground/arn.ts';
import { decodeToken, encodeToken } from '../../ground/page.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { FunctionStore } from '../../store/functions/store.ts';
import type { CallContext, Handlers } from '../../wire/operations.ts';
import { type TagRules, type Tags, tagged, untagged } from '../tags.ts';
import { created, described, listed, updated } from './describe.ts';
import {
  functionExists,
  functionNotFound,
  invalidParameter,
  invalidValue,
  nameTooLong,
  revisionMismatch,
} from './faults.ts';
import type { Functions } from './functions.ts';
import type { Invoker } from './invoke.ts';
import { clientContext, eventPayload } from './payload.ts';
import type { CodeStore } from './ports.ts';
import { codeOf, configOfCreate, configOfUpdate, refusePublish } from './settings.ts';

export type LambdaHandlers = Handlers<typeof import('@aws-sdk/client-lambda')>;

export interface LambdaHandlerDeps {
  readonly functions: Functions;
  readonly invoker: Invoker;
  readonly store: FunctionStore;
  readonly code: CodeStore;
  readonly clock: Clock;
  readonly tools: Tools;
}

export function lambdaHandlers(deps: LambdaHandlerDeps): LambdaHandlers {
  return {
    ...functionHandlers(deps),
    ...updateHandlers(deps),
    ...readHandlers(deps),
    ...concurrencyHandlers(deps),
    ...tagHandlers(deps),
    Invoke: (input, context) => invoke(deps, input, context),
  };
}

type Some<K extends keyof LambdaHandlers> = { [Name in K]: NonNullable<LambdaHandlers[Name]> };

/** The reference in an input; a qualifier other than `$LATEST` names nothing that there is. */
function referenceOf(
  deps: LambdaHandlerDeps,
  input: { FunctionName?: string | undefined; Qualifier?: string | undefined },
  context: CallContext,
): FunctionReference {
  return deps.functions.reference(input.FunctionName!, input.Qualifier, context);
}

function functionHandlers(deps: LambdaHandlerDeps): Some<'CreateFunction' | 'DeleteFunction'> {
  const { functions, tools, clock } = deps;
  return {
    async CreateFunction(input, context) {
      const { name, place } = functions.reference(input.FunctionName!, undefined, context);
      if (name.length > FUNCTION_NAME_MAX) throw nameTooLong(input.FunctionName!);
      const tags = tagged({}, input.Tags, TAG_RULES);
      // What is wrong with the settings is said before the code is stored.
      const now = clock.now();
      const draft = configOfCreate(input, name, { kind: 'folder', path: '' }, now);
      if (await functions.find(place, name)) throw functionExists(name);
      const config = { ...draft, code: await codeOf(input.Code!, deps.code, 'CreateFunction') };
      const record: FunctionRecord = { place, name, revisionId: tools.uuid(), config, tags };
      if (!(await functions.create(record))) throw functionExists(name);
      return created(record);
    },
    async DeleteFunction(input, context) {
      const reference = referenceOf(deps, input, context);
      if (reference.qualifier === '$LATEST') {
        throw invalidParameter('$LATEST version cannot be deleted without deleting the function.');
      }
      if (reference.qualifier !== undefined) throw functionNotFound(reference);
      await functions.delete(reference);
      return { StatusCode: 204 };
    },
  };
}

function updateHandlers(
  deps: LambdaHandlerDeps,
): Some<'UpdateFunctionCode' | 'UpdateFunctionConfiguration'> {
  const { functions, clock } = deps;
  return {
    async UpdateFunctionCode(input, context) {
      const reference = referenceOf(deps, input, context);
      refusePublish(input.Publish);
      checkRevision(await functions.get(reference), input.RevisionId);
      const code = await codeOf(input, deps.code, 'UpdateFunctionCode');
      let dry: FunctionRecord | undefined;
      const record = await functions.change(reference, (current) => {
        checkRevision(current, input.RevisionId);
        const architecture = input.Architectures?.[0] ?? current.config.architecture;
        const config = { ...current.config, code, architecture, lastModified: clock.now() };
        const changed = functions.revised(current, config);
        if (!input.DryRun) return changed;
        dry = changed;
        return undefined;
      });
      return dry ? described(dry) : updated(record);
    },
    async UpdateFunctionConfiguration(input, context) {
      const reference = referenceOf(deps, input, context);
      const record = await functions.change(reference, (current) => {
        checkRevision(current, input.RevisionId);
        const config = configOfUpdate(current.config, input, current.name, clock.now());
        return functions.revised(current, config);
      });
      return updated(record);
    },
  };
}

function readHandlers(
  deps: LambdaHandlerDeps,
): Some<
  | 'GetFunction'
  | 'GetFunctionConfiguration'
  | 'ListFunctions'
  | 'ListVersionsByFunction'
  | 'GetAccountSettings'
> {
  const { functions } = deps;
  return {
    async GetFunction(input, context) {
      const reference = referenceOf(deps, input, context);
      const record = await functions.get(reference);
      const { code } = record.config;
      const location =
        code.kind === 'zip' ? deps.code.locationOf(code.hash) : `file://${code.path}`;
      return {
        Configuration: qualified(described(record), reference.qualifier),
        Code: { RepositoryType: code.kind === 'zip' ? 'S3' : 'LocalFolder', Location: location },
        ...(Object.keys(record.tags).length > 0 ? { Tags: { ...record.tags } } : {}),
        ...concurrencyMember(record),
      };
    },
    async GetFunctionConfiguration(input, context) {
      const reference = referenceOf(deps, input, context);
      return qualified(described(await functions.get(reference)), reference.qualifier);
    },
    async ListFunctions(input, context) {
      const size = Math.min(input.MaxItems ?? LIST_FUNCTIONS_PAGE_MAX, LIST_FUNCTIONS_PAGE_MAX);
      const after = input.Marker ? decodeToken('functions', input.Marker) : '';
      if (typeof after !== 'string') throw invalidParameter('Invalid Marker');
      const records = await deps.store.list(context, after, size + 1);
      const page = records.slice(0, size);
      return {
        Functions: page.map((record) =>
          input.FunctionVersion === 'ALL' ? qualified(listed(record), '$LATEST') : listed(record),
        ),
        ...(records.length > size
          ? { NextMarker: encodeToken('functions', page.at(-1)!.name) }
          : {}),
      };
    },
    async ListVersionsByFunction(input, context) {
      const record = await functions.get(referenceOf(deps, input, context));
      return { Versions: [qualified(listed(record), '$LATEST')] };
    },
    async GetAccountSettings(_input, context) {
      const reserved = await deps.store.reserved(context, '');
      const count = await countFunctions(deps.store, context);
      return {
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: 262_144_000,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: ACCOUNT_CONCURRENCY,
          UnreservedConcurrentExecutions: ACCOUNT_CONCURRENCY - reserved,
        },
        AccountUsage: { TotalCodeSize: count.codeBytes, FunctionCount: count.functions },
      };
    },
  };
}

function concurrencyHandlers(
  deps: LambdaHandlerDeps,
): Some<'PutFunctionConcurrency' | 'GetFunctionConcurrency' | 'DeleteFunctionConcurrency'> {
  const { functions, store } = deps;
  return {
    async PutFunctionConcurrency(input, context) {
      const reference = referenceOf(deps, input, context);
      const reserved = input.ReservedConcurrentExecutions!;
      await functions.change(reference, async (record) => {
        const others = await store.reserved(record.place, record.name);
        if (ACCOUNT_CONCURRENCY - others - reserved < UNRESERVED_CONCURRENCY_MIN) {
          throw invalidParameter(
            "Specified ReservedConcurrentExecutions for function decreases account's " +
              'UnreservedConcurrentExecution below its minimum value of ' +
              `[${UNRESERVED_CONCURRENCY_MIN}].`,
          );
        }
        return { ...record, reservedConcurrency: reserved };
      });
      return { ReservedConcurrentExecutions: reserved };
    },
    async GetFunctionConcurrency(input, context) {
      const record = await functions.get(referenceOf(deps, input, context));
      return concurrencyMember(record).Concurrency ?? {};
    },
    async DeleteFunctionConcurrency(input, context) {
      await functions.change(referenceOf(deps, input, context), (record) => {
        const { reservedConcurrency: _, ...rest } = record;
        return rest;
      });
      return {};
    },
  };
}

function tagHandlers(deps: LambdaHandlerDeps): Some<'TagResource' | 'UntagResource' | 'ListTags'> {
  const { functions } = deps;
  const retag = async (resource: string, context: CallContext, change: (old: Tags) => Tags) => {
    await functions.change(taggable(deps, resource, context), (record) => ({
      ...record,
      tags: change(record.tags),
    }));
    return {};
  };
  return {
    TagResource: ({ Resource, Tags: given }, context) =>
      retag(Resource!, context, (old) => tagged(old, given, TAG_RULES)),
    UntagResource: ({ Resource, TagKeys: keys }, context) =>
      retag(Resource!, context, (old) => untagged(old, keys)),
    async ListTags(input, context) {
      const record = await functions.get(taggable(deps, input.Resource!, context));
      return { Tags: { ...record.tags } };
    },
  };
}

async function invoke(
  deps: LambdaHandlerDeps,
  input: Parameters<NonNullable<LambdaHandlers['Invoke']>>[0],
  context: CallContext,
): Promise<Omit<InvokeCommandOutput, '$metadata'>> {
  const answer = await deps.invoker.invoke({
    place: context,
    functionName: input.FunctionName!,
    qualifier: input.Qualifier,
    type: input.InvocationType ?? 'RequestResponse',
    payload: eventPayload(input.Payload as Uint8Array | undefined),
    clientContext: clientContext(input.ClientContext),
    traceHeader: context.traceHeader,
    requestId: context.requestId,
    abort: context.abort,
  });
  const tail = input.LogType === 'Tail' && answer.statusCode === 200;
  const unmodelled = { TraceHeader: answer.traceHeader, RemappedContentLength: '0' };
  return {
    ...unmodelled,
    StatusCode: answer.statusCode,
    // The wire writes any bytes; the adapter is what the client makes of them.
    Payload: answer.payload as InvokeCommandOutput['Payload'],
    ...(answer.functionError ? { FunctionError: answer.functionError } : {}),
    ...(answer.executedVersion ? { ExecutedVersion: answer.executedVersion } : {}),
    ...(tail ? { LogResult: Buffer.from(answer.logTail, 'utf8').toString('base64') } : {}),
  };
}

/** With `$LATEST` asked for, the ARN names it. */
function qualified(
  configuration: FunctionConfiguration,
  qualifier: string | undefined,
): FunctionConfiguration {
  if (qualifier === undefined || !isLatest(qualifier)) return configuration;
  return { ...configuration, FunctionArn: `${configuration.FunctionArn}:$LATEST` };
}

function concurrencyMember(record: FunctionRecord): {
  Concurrency?: { ReservedConcurrentExecutions: number };
} {
  const { reservedConcurrency } = record;
  if (reservedConcurrency === undefined) return {};
  return { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } };
}

function checkRevision(record: FunctionRecord, revision: string | undefined): void {
  if (revision !== undefined && revision !== record.revisionId) throw revisionMismatch();
}

const TAG_RULES: TagRules = {
  most: TAGS_MAX,
  reserved: () => invalidParameter('aws: prefixed tag key names are not allowed for external use.'),
  tooMany: () => invalidParameter('Number of tags exceeds resource tag limit.'),
};

function taggable(
  deps: LambdaHandlerDeps,
  resource: string,
  context: CallContext,
): FunctionReference {
  if (!parseArn(resource)?.resource.startsWith('function:')) {
    throw invalidValue(resource, 'resource', 'Member must be the ARN of a function');
  }
  const reference = deps.functions.reference(resource, undefined, context);
  if (reference.qualifier === undefined) return reference;
  throw invalidParameter(
    'Tags on function aliases and versions are not supported. Please specify a function ARN.',
  );
}

async function countFunctions(
  store: FunctionStore,
  context: CallContext,
): Promise<{ functions: number; codeBytes: number }> {
  const count = { functions: 0, codeBytes: 0 };
  for (let after = ''; ; ) {
    const records = await store.list(context, after, 1_000);
    for (const { config } of records) {
      count.functions += 1;
      if (config.code.kind === 'zip') count.codeBytes += config.code.sizeBytes;
    }
    if (records.length < 1_000) return count;
    after = records.at(-1)!.name;
  }
}
