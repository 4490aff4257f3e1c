/**
 * The same round trip with boto3, which builds and reads messages by other code: every operation it
 * knows, with generated input and output. Skipped where python3 or boto3 are not installed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/ground/fault.ts';
import type { HandlerTable } from '../../src/wire/dispatch.ts';
import { Generator } from './generate.ts';
import { catalog, rawModel, startServer, type TestServer, withBytes } from './server.ts';

const found = spawnSync('python3', ['-c', 'import boto3'], { encoding: 'utf8' });
const reason = found.error?.message ?? found.stderr.trim().split('\n').at(-1);
if (found.status !== 0) process.stdout.write(`boto3 round trip skipped: ${reason}\n`);

const SERVICES = [
  { id: 'states', model: 'states', boto: 'stepfunctions' },
  { id: 'lambda', model: 'lambda', boto: 'lambda' },
  { id: 'xray', model: 'xray', boto: 'xray' },
  { id: 'logs', model: 'logs', boto: 'logs' },
  { id: 'sts', model: 'sts', boto: 'sts' },
];

interface Answer {
  readonly output?: unknown;
  readonly error?: { code: string; message: string; status: number };
}

let server: TestServer;
let python: ChildProcess;
let lines: Interface;
let answer: (input: unknown) => Promise<object>;

/** The value with its bytes and times as JSON, times in steps of so many milliseconds. */
function marked(value: unknown, stepMs = 1): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return { $time: Math.floor(value.getTime() / stepMs) * stepMs };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => marked(part, stepMs));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, marked(part, stepMs)]),
  );
}

function call(service: string, operation: string, input: object): Promise<Answer> {
  return new Promise((resolve) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as Answer));
    python.stdin!.write(`${JSON.stringify({ service, operation, input: marked(input) })}\n`);
  });
}

describe.skipIf(found.status !== 0)('boto3', () => {
  beforeAll(async () => {
    const table = (id: string): HandlerTable =>
      Object.fromEntries(
        [...catalog.services.get(id)!.operations.keys()].map((name) => [
          name,
          (input: never) => answer(input),
        ]),
      );
    server = await startServer(Object.fromEntries(SERVICES.map(({ id }) => [id, table(id)])));
    const script = join(import.meta.dirname, 'boto3_calls.py');
    python = spawn('python3', [script, server.endpoint], { stdio: ['pipe', 'pipe', 'inherit'] });
    lines = createInterface(python.stdout!);
  });

  afterAll(async () => {
    python.stdin!.end();
    await server.http.stop();
  });

  it.each(SERVICES)(
    '$id: every operation and one error of each',
    async ({ id, model: file, boto }) => {
      const model = rawModel(file);
      for (const { name, input, output, http, errors } of Object.values(model.operations)) {
        if (catalog.services.get(id)!.operations.get(name)!.eventStreamOutput) continue;
        const generator = new Generator(model);
        const sent = input ? generator.structure(input.shape, 'all') : {};
        const status = http.responseCode ?? 200;
        const answered = output ? generator.structure(output.shape, 'all', status) : {};
        let arrived: unknown;
        answer = async (received) => {
          arrived = await withBytes(received);
          return answered;
        };
        const got = await call(boto, name, sent);
        expect(got, name).not.toHaveProperty('error');
        // botocore sends whole seconds.
        expect(marked(arrived, 1000), `${name} input`).toEqual(marked(sent, 1000));
        expect(got.output, `${name} output`).toEqual(marked(answered));
        const [error] = errors ?? [];
        if (!error) continue;
        const side = model.shapes[error.shape]!.fault ? 'server' : 'client';
        answer = () => Promise.reject(new Fault(error.shape, `told by ${name}`, { side }));
        const code = model.shapes[error.shape]!.error?.code ?? error.shape;
        expect((await call(boto, name, sent)).error, name).toMatchObject({
          code,
          message: `told by ${name}`,
        });
      }
    },
  );
});
