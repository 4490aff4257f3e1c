/** What the host's tests share: code in temporary folders, and a host whose log is a list. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type ProcessHost,
  type ProcessHostOptions,
  processHost,
} from '../../src/edge/host/process-host.ts';
import type { FunctionVersion, InvokeRequest } from '../../src/service/ports/functions.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'steplight-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with these files; a `bootstrap` is made executable. */
export function codeFolder(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    if (name === 'bootstrap') chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

export interface TestHost extends ProcessHost {
  readonly lines: { readonly stream: string; readonly message: string }[];
  call(version: FunctionVersion, event?: unknown, more?: Partial<InvokeRequest>): Promise<Called>;
}

interface Called {
  readonly type: 'Returned' | 'Failed';
  readonly kind: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the function answered
  readonly value: any;
  readonly tail: string;
  readonly cold: boolean;
  readonly durationMs: number;
  readonly xrayCause: string | undefined;
}

let requests = 0;

export async function startHost(options: Partial<ProcessHostOptions> = {}): Promise<TestHost> {
  const lines: { stream: string; message: string }[] = [];
  const host = processHost({
    dir: temporaryFolder(),
    endpointUrl: () => 'http://127.0.0.1:4566',
    xrayDaemonAddress: () => '127.0.0.1:2000',
    logs: {
      append: (_place, _group, stream, events) => {
        for (const { message } of events) lines.push({ stream, message });
      },
    },
    stopMs: 500,
    ...options,
  });
  await host.start();
  onTestFinished(() => host.stop());
  const call: TestHost['call'] = async (version, event = {}, more = {}) => {
    requests += 1;
    const { outcome, logTail } = await host.invoke(version, {
      requestId: `request-${requests}`,
      payload: Buffer.from(JSON.stringify(event)),
      traceHeader: undefined,
      clientContext: undefined,
      abort: new AbortController().signal,
      ...more,
    });
    const text = Buffer.from(outcome.payload).toString('utf8');
    return {
      type: outcome.type,
      kind: outcome.type === 'Failed' ? outcome.kind : undefined,
      value: JSON.parse(text),
      tail: logTail,
      cold: outcome.timing.init !== undefined,
      durationMs: outcome.timing.end - outcome.timing.start,
      xrayCause: outcome.type === 'Failed' ? outcome.xrayCause : undefined,
    };
  };
  return Object.assign(host, { lines, call });
}

export function version(codeDir: string, more: Partial<FunctionVersion> = {}): FunctionVersion {
  return {
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    name: 'f',
    version: '$LATEST',
    account: '000000000000',
    region: 'us-east-1',
    runtime: 'nodejs20.x',
    handler: 'index.handler',
    memoryMb: 256,
    timeoutSeconds: 5,
    environment: {},
    codeDir,
    revision: '1',
    logGroup: '/aws/lambda/f',
    tracing: 'PassThrough',
    ...more,
  };
}

export const nodeFunction = (body: string, more: Partial<FunctionVersion> = {}): FunctionVersion =>
  version(codeFolder({ 'index.js': body }), more);
