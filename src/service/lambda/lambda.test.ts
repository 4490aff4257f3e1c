import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../test/support/clock.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { Logger } from '../../ground/log.ts';
import type { Tools } from '../../ground/tools.ts';
import type { Database } from '../../store/database.ts';
import { functionMigrations } from '../../store/functions/migrations.ts';
import { sqlFunctionStore } from '../../store/functions/sql.ts';
import { openSqliteInProcess } from '../../store/sqlite/in-process.ts';
import type { CallContext } from '../../wire/operations.ts';
import type {
  FunctionHost,
  FunctionVersion,
  InvokeRequest,
  InvokeResult,
} from '../ports/functions.ts';
import { RetryingWrites } from '../retrying-writes.ts';
import { AsyncQueue } from './async.ts';
import { Concurrency } from './concurrency.ts';
import { Functions } from './functions.ts';
import { lambdaHandlers } from './handlers.ts';
import { Invoker } from './invoke.ts';
import type { CodeStore, InvocationFacts, Sample } from './ports.ts';
import { Tracer } from './tracer.ts';

const ROLE = 'arn:aws:iam::000000000000:role/r';
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:fn';
const REVISION = /^[0-9a-f-]{36}$/;
const silent: Logger = { error() {}, warn() {}, info() {}, debug() {} };

type Behave = (request: InvokeRequest, version: FunctionVersion) => Promise<string> | string;

/** Settles as told; a text that begins with `!` is an error's message. */
class PretendHost implements FunctionHost {
  behave: Behave = (request) => new TextDecoder().decode(request.payload);
  readonly calls: { request: InvokeRequest; version: FunctionVersion }[] = [];
  readonly retired: string[] = [];
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async invoke(version: FunctionVersion, request: InvokeRequest): Promise<InvokeResult> {
    this.calls.push({ request, version });
    const start = this.#clock.now();
    const text = await this.behave(request, version);
    const timing = { start, end: this.#clock.now(), maxMemoryMb: 40 };
    const failed = text.startsWith('!');
    const error = JSON.stringify({ errorType: 'Error', errorMessage: text.slice(1) });
    const payload = new TextEncoder().encode(failed ? error : text);
    const outcome = failed
      ? ({ type: 'Failed', kind: 'handler', payload, timing } as const)
      : ({ type: 'Returned', payload, timing } as const);
    return { outcome, logTail: `START RequestId: ${request.requestId}\n` };
  }

  retire(arn: string): void {
    this.retired.push(arn);
  }
}

class PretendCode implements CodeStore {
  fingerprint = '1';
  async put(zip: Uint8Array) {
    const hash = createHash('sha256').update(zip).digest();
    return { hash: hash.toString('hex'), sha256: hash.toString('base64'), sizeBytes: zip.length };
  }
  dirOf = (hash: string): string => `/code/${hash}`;
  locationOf = (hash: string): string => `file:///code/${hash}.zip`;
  folder = async (path: string) => ({ dir: path, fingerprint: this.fingerprint });
  kept: readonly string[] = [];
  async keepOnly(hashes: readonly string[]) {
    this.kept = hashes;
  }
}

const tools: Tools = {
  now: () => 0,
  random: () => 0,
  uuid: () => randomUUID(),
  digest: (_algorithm, text) => createHash('sha256').update(text).digest('hex'),
};

interface WorldOptions {
  readonly db?: Database;
  readonly epoch?: number;
  readonly traceAll?: boolean;
  readonly sample?: Sample;
  readonly clock?: ManualClock;
  readonly runningMax?: number;
  readonly concurrencyMax?: number;
}

async function world(options: WorldOptions = {}) {
  const db =
    options.db ?? (await openSqliteInProcess({ migrations: { functions: functionMigrations } }));
  if (!options.db) onTestFinished(() => db.close());
  const clock = options.clock ?? new ManualClock();
  const host = new PretendHost(clock);
  const code = new PretendCode();
  const store = sqlFunctionStore(db);
  const documents: JsonObject[] = [];
  const facts: InvocationFacts[] = [];
  const functions = new Functions({ store, code, host, tools });
  const tracer = new Tracer({
    recorder: {
      async record(_place, given) {
        documents.push(...(given as JsonObject[]));
      },
    },
    sample:
      options.sample ??
      (({ header }) => ({
        sampled: !header?.includes('Sampled=0'),
        traceId: /Root=([^;]+)/.exec(header ?? '')?.[1] ?? '1-00000001-000000000000000000000001',
        ...(header?.includes('Parent') ? { parentId: 'aaaaaaaaaaaaaaaa' } : {}),
      })),
    traceAll: options.traceAll ?? false,
    tools,
    log: silent,
  });
  const attempts = {
    functions,
    host,
    concurrency: new Concurrency(options.concurrencyMax),
    clock,
    onInvocation: (fact: InvocationFacts) => facts.push(fact),
  };
  const queue = new AsyncQueue({
    ...attempts,
    store,
    retryingWrites: new RetryingWrites({ clock, log: silent }),
    tracer,
    log: silent,
    epoch: options.epoch ?? 1,
    ...(options.runningMax === undefined ? {} : { runningMax: options.runningMax }),
  });
  await queue.start();
  onTestFinished(() => {
    const stopped = queue.stop();
    clock.advance(5_000);
    return stopped;
  });
  const invoker = new Invoker({ ...attempts, tracer, queue, tools });
  const handlers = lambdaHandlers({ functions, invoker, store, code, clock, tools });
  return { db, clock, host, code, store, documents, facts, functions, queue, invoker, handlers };
}

type World = Awaited<ReturnType<typeof world>>;

const context = (more: Partial<CallContext> = {}): CallContext => ({
  account: '000000000000',
  region: 'us-east-1',
  requestId: randomUUID(),
  accessKeyId: undefined,
  traceHeader: undefined,
  abort: new AbortController().signal,
  ...more,
});

const zip = (text: string): { ZipFile: Uint8Array } => ({
  ZipFile: new TextEncoder().encode(text),
});

const create = (w: World, more: object = {}) =>
  w.handlers.CreateFunction!(
    {
      FunctionName: 'fn',
      Role: ROLE,
      Runtime: 'nodejs20.x',
      Handler: 'index.handler',
      Code: zip('v1'),
      ...more,
    },
    context(),
  );

async function invoke(w: World, payload: unknown, more: object = {}, call = context()) {
  const body = payload === undefined ? undefined : JSON.stringify(payload);
  const Payload = body === undefined ? undefined : new TextEncoder().encode(body);
  const answer = await w.handlers.Invoke!({ FunctionName: 'fn', Payload, ...more }, call);
  return { ...answer, text: new TextDecoder().decode(answer.Payload) };
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 12_000; n++) {
    if (await what()) return;
    await sleep(5);
  }
  throw new Error('did not happen');
}

describe('functions', () => {
  test('creation answers what AWS answers, with its defaults', async () => {
    const w = await world();
    expect(await create(w)).toEqual({
      FunctionName: 'fn',
      FunctionArn: ARN,
      Runtime: 'nodejs20.x',
      Role: ROLE,
      Handler: 'index.handler',
      CodeSize: 2,
      Description: '',
      Timeout: 3,
      MemorySize: 128,
      LastModified: '2026-01-01T00:00:00.000+0000',
      CodeSha256: createHash('sha256').update('v1').digest('base64'),
      Version: '$LATEST',
      TracingConfig: { Mode: 'PassThrough' },
      RevisionId: expect.stringMatching(REVISION),
      State: 'Pending',
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      RuntimeVersionConfig: { RuntimeVersionArn: expect.stringContaining('::runtime:nodejs20.x') },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/fn' },
    });
    await expect(create(w)).rejects.toMatchObject({
      code: 'ResourceConflictException',
      status: 409,
      message: 'Function already exist: fn',
    });
  });

  test('is active when it is asked for, and updated at once', async () => {
    const w = await world();
    await create(w);
    const shown = () => w.handlers.GetFunctionConfiguration!({ FunctionName: 'fn' }, context());
    const done = { State: 'Active', LastUpdateStatus: 'Successful' };
    expect(await shown()).toMatchObject(done);
    const change = { FunctionName: 'fn', Timeout: 9 };
    expect(await w.handlers.UpdateFunctionConfiguration!(change, context())).toMatchObject({
      Timeout: 9,
      State: 'Active',
      LastUpdateStatus: 'InProgress',
      LastUpdateStatusReason: 'The function is being created.',
      LastUpdateStatusReasonCode: 'Creating',
    });
    expect(await shown()).toMatchObject({ Timeout: 9, ...done });
  });

  test('answers what means nothing here as it was given, until it is taken away', async () => {
    const w = await world();
    const given = {
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/k',
      FileSystemConfigs: [{ Arn: 'arn:aws:elasticfilesystem:x', LocalMountPath: '/mnt/a' }],
    };
    const snapStart = { ApplyOn: 'PublishedVersions' } as const;
    const created = await create(w, { ...given, SnapStart: snapStart });
    expect(created).toMatchObject({
      ...given,
      SnapStart: { ...snapStart, OptimizationStatus: 'Off' },
    });
    const update = (more: object) =>
      w.handlers.UpdateFunctionConfiguration!({ FunctionName: 'fn', ...more }, context());
    expect(await update({ Timeout: 5 })).toMatchObject(given);
    const empty = {
      DeadLetterConfig: { TargetArn: '' },
      KMSKeyArn: '',
      FileSystemConfigs: [],
      SnapStart: { ApplyOn: 'None' },
    };
    const after = await update(empty);
    for (const name of Object.keys(given)) expect(after).not.toHaveProperty(name);
    expect(after.SnapStart).toEqual({ ApplyOn: 'None', OptimizationStatus: 'Off' });
  });

  test('has an ARN with the version that its name was given with', async () => {
    const w = await world();
    await create(w);
    const arnOf = async (FunctionName: string, Qualifier?: string) => {
      const input = { FunctionName, ...(Qualifier && { Qualifier }) };
      return (await w.handlers.GetFunction!(input, context())).Configuration!.FunctionArn;
    };
    expect(await arnOf('fn')).toBe(ARN);
    expect(await arnOf('fn:$LATEST')).toBe(`${ARN}:$LATEST`);
    expect(await arnOf('fn', '$LATEST')).toBe(`${ARN}:$LATEST`);
  });

  test.each([['fn'], ['fn:$LATEST'], [ARN], [`${ARN}:$LATEST`], ['000000000000:function:fn']])(
    'is found as %s',
    async (FunctionName) => {
      const w = await world();
      await create(w, { Tags: { a: '1' }, Environment: { Variables: { K: 'v' } } });
      const found = await w.handlers.GetFunction!({ FunctionName }, context());
      expect(found).toMatchObject({
        Configuration: { FunctionName: 'fn', Environment: { Variables: { K: 'v' } } },
        Code: { RepositoryType: 'S3', Location: expect.stringContaining('.zip') },
        Tags: { a: '1' },
      });
    },
  );

  test('belongs to its account and region', async () => {
    const w = await world();
    await create(w);
    const elsewhere = context({ region: 'eu-west-1' });
    await expect(w.handlers.GetFunction!({ FunctionName: 'fn' }, elsewhere)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      message: 'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:fn',
      members: { Type: 'User' },
    });
    expect((await w.handlers.ListFunctions!({}, elsewhere)).Functions).toEqual([]);
  });

  const refusals: [string, object, string, RegExp][] = [
    [
      'a reserved tag',
      { Tags: { 'aws:x': 'y' } },
      'InvalidParameterValueException',
      /^aws: prefixed tag key names are not allowed for external use\.$/,
    ],
    [
      'a name of 65 characters',
      { FunctionName: 'f'.repeat(65) },
      'ValidationException',
      /at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64$/,
    ],
    [
      'no handler',
      { Handler: undefined },
      'InvalidParameterValueException',
      /^Runtime and Handler are mandatory/,
    ],
    [
      'an unknown runtime',
      { Runtime: 'cobol' },
      'InvalidParameterValueException',
      /^Value cobol at 'runtime' failed/,
    ],
    [
      'a runtime of elsewhere',
      { Runtime: 'java21' },
      'InvalidParameterValueException',
      /not available on this server/,
    ],
    [
      'a long timeout',
      { Timeout: 901 },
      'ValidationException',
      /Value '901' at 'timeout'.*less than or equal to 900$/,
    ],
    ['much memory', { MemorySize: 10241 }, 'ValidationException', /Value '10241' at 'memorySize'/],
    [
      'reserved variables',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
      /Reserved keys used in this request: AWS_REGION$/,
    ],
    [
      'a large environment',
      { Environment: { Variables: { A: 'x'.repeat(4100) } } },
      'InvalidParameterValueException',
      /exceeded the 4KB limit/,
    ],
    [
      'a bucket',
      { Code: { S3Bucket: 'bucket', S3Key: 'k' } },
      'InvalidParameterValueException',
      /NoSuchBucket/,
    ],
    [
      'two sources',
      { Code: { ...zip('x'), S3Bucket: 'b' } },
      'InvalidParameterValueException',
      /do not provide other/,
    ],
    ['no source', { Code: {} }, 'InvalidParameterValueException', /source for function code/],
    [
      'an image',
      { PackageType: 'Image', Code: { ImageUri: 'x' } },
      'InvalidParameterValueException',
      /zip/,
    ],
    [
      'a layer',
      { Layers: ['arn:l:1'] },
      'InvalidParameterValueException',
      /^Layer version arn:l:1 does not exist.$/,
    ],
    [
      'log levels in text',
      { LoggingConfig: { SystemLogLevel: 'INFO' } },
      'InvalidParameterValueException',
      /LogFormat to JSON/,
    ],
    ['a version', { Publish: true }, 'InvalidParameterValueException', /Publish/],
  ];
  test.each(refusals)('creation refuses %s', async (_what, input, code, message) => {
    const w = await world();
    await expect(create(w, input)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect((await w.handlers.ListFunctions!({}, context())).Functions).toEqual([]);
  });

  test('updates change what they name, make a revision, and end old processes', async () => {
    const w = await world();
    const made = await create(w, { Environment: { Variables: { A: '1' } } });
    w.clock.advance(1_000);
    const changed = await w.handlers.UpdateFunctionConfiguration!(
      {
        FunctionName: 'fn',
        Timeout: 30,
        TracingConfig: { Mode: 'Active' },
        RevisionId: made.RevisionId,
      },
      context(),
    );
    expect(changed).toMatchObject({
      Timeout: 30,
      MemorySize: 128,
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { A: '1' } },
      LastModified: '2026-01-01T00:00:01.000+0000',
    });
    expect(changed.RevisionId).not.toBe(made.RevisionId);
    expect(w.host.retired).toEqual([ARN]);
    const stale = { FunctionName: 'fn', Timeout: 5, RevisionId: made.RevisionId };
    await expect(w.handlers.UpdateFunctionConfiguration!(stale, context())).rejects.toMatchObject({
      code: 'PreconditionFailedException',
      status: 412,
    });
    const dry = await w.handlers.UpdateFunctionCode!(
      { FunctionName: 'fn', ...zip('v2 of it'), DryRun: true },
      context(),
    );
    expect(dry.CodeSize).toBe(8);
    expect(
      (await w.handlers.GetFunctionConfiguration!({ FunctionName: 'fn' }, context())).CodeSize,
    ).toBe(2);
    const code = await w.handlers.UpdateFunctionCode!(
      { FunctionName: 'fn', ...zip('v2 of it') },
      context(),
    );
    expect(code).toMatchObject({ CodeSize: 8, Timeout: 30 });
    await invoke(w, {});
    expect(w.host.calls.at(-1)!.version.revision).toBe(code.RevisionId);
    await w.functions.sweep();
    expect(w.code.kept).toHaveLength(1);
  });

  test('many updates at once lose nothing', async () => {
    const w = await world();
    await create(w);
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
    await Promise.all(
      keys.map((key) =>
        w.handlers.TagResource!({ Resource: ARN, Tags: { [key]: 'v' } }, context()),
      ),
    );
    const { Tags } = await w.handlers.ListTags!({ Resource: ARN }, context());
    expect(Object.keys(Tags!).sort()).toEqual([...keys].sort());
    await w.handlers.UntagResource!({ Resource: ARN, TagKeys: keys.slice(1) }, context());
    expect(await w.handlers.ListTags!({ Resource: ARN }, context())).toEqual({ Tags: { k0: 'v' } });
  });

  test('deletion', async () => {
    const w = await world();
    await create(w);
    await expect(
      w.handlers.DeleteFunction!({ FunctionName: 'fn', Qualifier: '$LATEST' }, context()),
    ).rejects.toThrow('$LATEST version cannot be deleted without deleting the function.');
    await w.handlers.DeleteFunction!({ FunctionName: 'fn' }, context());
    await expect(
      w.handlers.DeleteFunction!({ FunctionName: 'fn' }, context()),
    ).rejects.toMatchObject({
      message: `Function not found: ${ARN}`,
    });
    await expect(invoke(w, {})).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    expect((await create(w)).FunctionName).toBe('fn');
  });

  test('lists by name, in pages', async () => {
    const w = await world();
    for (const name of ['c', 'a', 'b']) await create(w, { FunctionName: name });
    const first = await w.handlers.ListFunctions!({ MaxItems: 2 }, context());
    expect(first.Functions!.map((f) => f.FunctionName)).toEqual(['a', 'b']);
    expect(first.Functions![0]).not.toHaveProperty('State');
    const rest = await w.handlers.ListFunctions!(
      { MaxItems: 2, Marker: first.NextMarker },
      context(),
    );
    expect(rest.Functions!.map((f) => f.FunctionName)).toEqual(['c']);
    expect(rest.NextMarker).toBeUndefined();
    await expect(w.handlers.ListFunctions!({ Marker: 'x' }, context())).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
    });
  });

  test('a function in a folder runs the folder’s newest state', async () => {
    const w = await world();
    await create(w, { Code: { S3Bucket: 'local-folder', S3Key: '/work/fn' } });
    await invoke(w, {});
    w.code.fingerprint = '2';
    await invoke(w, {});
    const [one, two] = w.host.calls.map((call) => call.version);
    expect(one).toMatchObject({ codeDir: '/work/fn' });
    expect(two!.revision).not.toBe(one!.revision);
    const { Code } = await w.handlers.GetFunction!({ FunctionName: 'fn' }, context());
    expect(Code).toEqual({ RepositoryType: 'LocalFolder', Location: 'file:///work/fn' });
  });
});

describe('synchronous invocation', () => {
  test('answers payload, version, status, and the log on request', async () => {
    const w = await world();
    await create(w);
    const call = context();
    const answer = await invoke(w, { a: 1 }, { LogType: 'Tail' }, call);
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST', text: '{"a":1}' });
    expect(answer).not.toHaveProperty('FunctionError');
    expect(Buffer.from(answer.LogResult!, 'base64').toString()).toBe(
      `START RequestId: ${call.requestId}\n`,
    );
    expect((await invoke(w, undefined)).text).toBe('{}');
    expect(w.facts[0]).toMatchObject({
      result: 'success',
      type: 'RequestResponse',
      concurrency: 1,
    });
  });

  test('a function’s error is a 200 with its payload', async () => {
    const w = await world();
    await create(w);
    w.host.behave = () => '!boo';
    expect(await invoke(w, {})).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      text: '{"errorType":"Error","errorMessage":"boo"}',
    });
    expect(w.facts[0]).toMatchObject({ result: 'error' });
  });

  test('a dry run runs nothing', async () => {
    const w = await world();
    await create(w);
    expect(await invoke(w, {}, { InvocationType: 'DryRun' })).toMatchObject({
      StatusCode: 204,
      text: '',
    });
    expect(w.host.calls).toEqual([]);
  });

  test('refuses what is no JSON, too large, or names something else', async () => {
    const w = await world();
    await create(w);
    const raw = (text: string, more = {}) =>
      invoke(w, undefined, { Payload: new TextEncoder().encode(text), ...more });
    await expect(raw('hello')).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
      message: expect.stringMatching(
        /^Could not parse request body into json: .*Unrecognized token 'hello'/,
      ),
    });
    const large = JSON.stringify('x'.repeat(1_048_577));
    await expect(raw(large, { InvocationType: 'Event' })).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
      status: 413,
    });
    expect((await raw(large)).StatusCode).toBe(200);
    await expect(invoke(w, {}, { Qualifier: '3' })).rejects.toMatchObject({
      message: `Function not found: ${ARN}:3`,
    });
    await expect(invoke(w, {}, { FunctionName: 'fn:a', Qualifier: 'b' })).rejects.toThrow(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  });

  test('hands on client context and the ARN as it was asked for', async () => {
    const w = await world();
    await create(w);
    const ClientContext = Buffer.from('{"custom":{"ä":1}}').toString('base64');
    await invoke(w, {}, { ClientContext, Qualifier: '$LATEST' });
    expect(w.host.calls[0]!.request).toMatchObject({
      clientContext: '{"custom":{"\\u00e4":1}}',
      invokedArn: `${ARN}:$LATEST`,
    });
    await expect(invoke(w, {}, { ClientContext: 'e3' })).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
    });
  });
});

describe('concurrency', () => {
  test('what is reserved is the limit; beyond it the answer is 429', async () => {
    const w = await world();
    await create(w);
    const reserve = (n: number) =>
      w.handlers.PutFunctionConcurrency!(
        { FunctionName: 'fn', ReservedConcurrentExecutions: n },
        context(),
      );
    expect(await reserve(1)).toEqual({ ReservedConcurrentExecutions: 1 });
    let free: (() => void) | undefined;
    w.host.behave = () => new Promise((resolve) => (free = () => resolve('1')));
    const first = invoke(w, {});
    await until(() => free !== undefined);
    await expect(invoke(w, {})).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      message: 'Rate Exceeded.',
      members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
    });
    free!();
    await first;
    expect(w.facts.map((fact) => fact.result)).toEqual(['throttle', 'success']);
    w.host.behave = () => '1';
    expect((await invoke(w, {})).StatusCode).toBe(200);
    await reserve(0);
    await expect(invoke(w, {})).rejects.toMatchObject({ code: 'TooManyRequestsException' });
    expect(await w.handlers.GetFunctionConcurrency!({ FunctionName: 'fn' }, context())).toEqual({
      ReservedConcurrentExecutions: 0,
    });
    await w.handlers.DeleteFunctionConcurrency!({ FunctionName: 'fn' }, context());
    expect(await w.handlers.GetFunctionConcurrency!({ FunctionName: 'fn' }, context())).toEqual({});
    expect((await invoke(w, {})).StatusCode).toBe(200);
  });

  test('a hundred must stay unreserved, and the account has a limit', async () => {
    const w = await world({ concurrencyMax: 1 });
    await create(w);
    await create(w, { FunctionName: 'other' });
    const reserve = (FunctionName: string, n: number) =>
      w.handlers.PutFunctionConcurrency!(
        { FunctionName, ReservedConcurrentExecutions: n },
        context(),
      );
    await reserve('other', 500);
    await expect(reserve('fn', 401)).rejects.toThrow('below its minimum value of [100].');
    await reserve('fn', 400);
    let free: (() => void) | undefined;
    w.host.behave = () => new Promise((resolve) => (free = () => resolve('1')));
    const first = invoke(w, {});
    await until(() => free !== undefined);
    await expect(invoke(w, {}, { FunctionName: 'other' })).rejects.toMatchObject({
      members: { Reason: 'ConcurrentInvocationLimitExceeded' },
    });
    free!();
    await first;
  });
});

describe('traces', () => {
  const HEADER =
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1';

  test('an answer has a trace header, whether anything is traced or not', async () => {
    const w = await world();
    await create(w);
    const answered = async (traceHeader?: string) => {
      const answer = await invoke(w, {}, {}, context({ traceHeader }));
      return (answer as { TraceHeader?: string }).TraceHeader;
    };
    expect(await answered()).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/);
    expect(await answered(HEADER)).toMatch(/^Root=.*Sampled=1/);
  });

  test('Active: two segments; the function sees its Invocation as Parent', async () => {
    const w = await world();
    await create(w, { TracingConfig: { Mode: 'Active' } });
    await invoke(w, {}, {}, context({ traceHeader: HEADER }));
    const [service, fn] = w.documents as [JsonObject, JsonObject];
    expect(service).toMatchObject({ origin: 'AWS::Lambda', parent_id: 'aaaaaaaaaaaaaaaa' });
    expect(fn).toMatchObject({ origin: 'AWS::Lambda::Function', parent_id: service.id });
    const invocation = (fn.subsegments as JsonObject[]).find(({ name }) => name === 'Invocation');
    const { request } = w.host.calls[0]!;
    expect(request.traceHeader).toBe(
      `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${invocation!.id};Sampled=1;Lineage=a:1`,
    );
    expect(request.traced).toEqual({
      traceId: '1-5759e988-bd862e3fe1be46a994272793',
      segmentId: fn.id,
    });
  });

  test('PassThrough: the header as it came, no segments', async () => {
    const w = await world();
    await create(w);
    await invoke(w, {}, {}, context({ traceHeader: HEADER }));
    expect(w.documents).toEqual([]);
    expect(w.host.calls[0]!.request).toMatchObject({ traceHeader: HEADER });
    expect(w.host.calls[0]!.request.traced).toBeUndefined();
    const all = await world({ traceAll: true });
    await create(all);
    await invoke(all, {});
    expect(all.documents).toHaveLength(2);
  });

  test('not sampled: the function is told, nothing is recorded', async () => {
    const w = await world();
    await create(w, { TracingConfig: { Mode: 'Active' } });
    await invoke(w, {}, {}, context({ traceHeader: HEADER.replace('Sampled=1', 'Sampled=0') }));
    expect(w.documents).toEqual([]);
    expect(w.host.calls[0]!.request.traceHeader).toMatch(
      /;Parent=[0-9a-f]{16};Sampled=0;Lineage=a:1$/,
    );
  });

  test('throttled: the service segment alone', async () => {
    const w = await world();
    await create(w, { TracingConfig: { Mode: 'Active' } });
    const none = { FunctionName: 'fn', ReservedConcurrentExecutions: 0 };
    await w.handlers.PutFunctionConcurrency!(none, context());
    await expect(invoke(w, {})).rejects.toMatchObject({ status: 429 });
    expect(w.documents).toMatchObject([
      { origin: 'AWS::Lambda', throttle: true, error: true, http: { response: { status: 429 } } },
    ]);
  });
});

describe('asynchronous invocation', () => {
  const fire = (w: World, payload: unknown = { n: 1 }) =>
    invoke(w, payload, { InvocationType: 'Event' });
  const rows = async (w: World) => (await w.db.read('SELECT * FROM lambda_event', [])).length;

  test('is acknowledged once stored, then run, then forgotten', async () => {
    const w = await world();
    await create(w);
    let storedAtRun = -1;
    w.host.behave = async () => {
      storedAtRun = await rows(w);
      return '1';
    };
    const answer = await fire(w);
    expect(answer).toMatchObject({ StatusCode: 202, text: '' });
    expect(answer).not.toHaveProperty('ExecutedVersion');
    await until(async () => w.facts.length === 1 && (await rows(w)) === 0);
    expect(storedAtRun).toBe(1);
    expect(w.facts[0]).toMatchObject({ type: 'Event', result: 'success' });
  });

  test('is tried again after one and after two more minutes, then given up', async () => {
    const w = await world();
    await create(w, { TracingConfig: { Mode: 'Active' } });
    w.host.behave = () => '!boo';
    await fire(w);
    await until(() => w.clock.waits.includes(60_000));
    w.clock.advance(59_999);
    await sleep(20);
    expect(w.host.calls).toHaveLength(1);
    w.clock.advance(1);
    await until(() => w.clock.waits.includes(120_000));
    expect(w.host.calls).toHaveLength(2);
    w.clock.advance(120_000);
    await until(async () => (await rows(w)) === 0);
    expect(w.host.calls).toHaveLength(3);
    expect(new Set(w.host.calls.map(({ request }) => request.requestId)).size).toBe(1);
    expect(new Set(w.host.calls.map(({ request }) => request.traceHeader)).size).toBe(3);
    const services = w.documents.filter(({ origin }) => origin === 'AWS::Lambda');
    const attempts = w.documents.filter(({ origin }) => origin === 'AWS::Lambda::Function');
    expect(services.map(({ subsegments }) => (subsegments as [])?.length ?? 0)).toEqual([
      0, 2, 3, 4,
    ]);
    const last = services.at(-1)!.subsegments as JsonObject[];
    expect(last.map(({ name }) => name)).toEqual([
      'Dwell Time',
      'Attempt #1',
      'Attempt #2',
      'Attempt #3',
    ]);
    expect(attempts.map(({ parent_id }) => parent_id)).toEqual(last.slice(1).map(({ id }) => id));
  });

  test('waits in the store for room, in order', async () => {
    const w = await world({ runningMax: 2 });
    await create(w);
    const waiting: (() => void)[] = [];
    w.host.behave = () => new Promise((resolve) => waiting.push(() => resolve('1')));
    for (let n = 0; n < 5; n++) {
      await fire(w, { n });
      w.clock.advance(1);
    }
    await until(() => waiting.length === 2);
    for (let n = 0; n < 5; n++) {
      await until(() => waiting.length > n);
      waiting[n]!();
    }
    await until(async () => (await rows(w)) === 0);
    const order = w.host.calls.map(
      ({ request }) => JSON.parse(new TextDecoder().decode(request.payload)).n,
    );
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  test('throttled events come again with growing waits; reserved 0 drops them', async () => {
    const w = await world();
    await create(w);
    const reserve = (n: number) =>
      w.handlers.PutFunctionConcurrency!(
        { FunctionName: 'fn', ReservedConcurrentExecutions: n },
        context(),
      );
    await reserve(1);
    let free: (() => void) | undefined;
    w.host.behave = () => new Promise((resolve) => (free = () => resolve('1')));
    const sync = invoke(w, {});
    await until(() => free !== undefined);
    await fire(w);
    for (const wait of [1_000, 2_000, 4_000]) {
      await until(() => w.clock.waits.includes(wait));
      w.clock.advance(wait);
    }
    await until(() => w.clock.waits.includes(8_000));
    free!();
    await sync;
    w.clock.advance(8_000);
    await until(() => w.host.calls.length === 2);
    free!();
    await until(async () => (await rows(w)) === 0);
    await reserve(0);
    await fire(w);
    await until(async () => (await rows(w)) === 0);
    expect(w.host.calls).toHaveLength(2);
  });

  test('after a crash: what waited goes on, what ran counts as a failed attempt', async () => {
    const w = await world({ runningMax: 1 });
    await create(w);
    w.host.behave = () => new Promise(() => {});
    await fire(w, { n: 'running' });
    await fire(w, { n: 'waiting' });
    await until(() => w.host.calls.length === 1);
    // The process is gone without a word; another one opens the same rows.
    const clock = new ManualClock(w.clock.now() + 5_000);
    const next = await world({ db: w.db, epoch: 2, clock });
    await until(() => next.host.calls.length === 1);
    const payload = (n: number) => new TextDecoder().decode(next.host.calls[n]!.request.payload);
    expect(payload(0)).toBe('{"n":"waiting"}');
    clock.advance(60_000);
    await until(() => next.host.calls.length === 2);
    expect(payload(1)).toBe('{"n":"running"}');
    await until(async () => (await rows(next)) === 0);
  });

  test('events of a deleted function go with it', async () => {
    const w = await world();
    await create(w);
    w.host.behave = () => '!boo';
    await fire(w);
    await until(() => w.clock.waits.includes(60_000));
    await w.handlers.DeleteFunction!({ FunctionName: 'fn' }, context());
    expect(await rows(w)).toBe(0);
  });
});
