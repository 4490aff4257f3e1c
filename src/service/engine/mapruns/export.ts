/**
 * The ResultWriter: files of the children that succeeded, failed and never ran, and a manifest that
 * names them. Everything has its name from the Map Run, so an export that a crash interrupted is
 * simply done again. Files that would be empty are not written.
 */
import type { WriterOrder } from '../../../execution/maprun-order.ts';
import { type JsonObject, printJson } from '../../../ground/json.ts';
import type { ExecutionStore } from '../../../store/executions/store.ts';
import type { StoredMapRun } from '../../../store/mapruns/store.ts';
import type { ObjectStore } from '../../ports/objects.ts';
import { recordOf } from './record.ts';
import { childrenOf, elementsOf } from './results.ts';

/** Source: developer guide, "ResultWriter". */
const FILE_BYTES_MAX = 5 * 1024 * 1024 * 1024;

type Kind = 'SUCCEEDED' | 'FAILED' | 'PENDING';

export interface ExportDeps {
  readonly executions: Pick<ExecutionStore, 'children'>;
  readonly objects: ObjectStore;
}

/** JSON text of the state's result. Rejects with ObjectError. */
export async function exportResults(
  { executions, objects }: ExportDeps,
  run: StoredMapRun,
  target: NonNullable<WriterOrder['target']>,
  /** JSON texts of records of children that never ran, in slices. */
  pending: AsyncIterable<readonly string[]>,
): Promise<string> {
  const { writer } = run.order;
  const folder = `${target.prefix === '' ? '' : `${target.prefix}/`}${run.arn.split(':').at(-1)}`;
  const { account, region } = run;
  const put = async (name: string, body: AsyncIterable<Uint8Array>) => {
    const key = `${folder}/${name}`;
    const ref = { account, region, bucket: target.bucket, key };
    const { sizeBytes } = await objects.putObject(ref, body);
    return { Key: key, Size: sizeBytes };
  };
  const { outputType, transformation } = writer!;
  const write = async (kind: Kind, elements: AsyncIterable<readonly string[]>) => {
    const files: JsonObject[] = [];
    const parts = new Parts(elements, outputType);
    for (let n = 0; await parts.more(); n++) {
      files.push(await put(`${kind}_${n}.${outputType.toLowerCase()}`, parts.next()));
    }
    return files;
  };
  const separator = outputType === 'JSON' ? ',' : '\n';
  const heads = (succeeded: boolean) => childElements(executions, run.arn, succeeded);
  const good = mapped(heads(true), (one) => elementsOf(one, transformation, separator));
  const bad = mapped(heads(false), (one) => printJson(recordOf(one)));
  const { succeeded, failed, timedOut, aborted } = run.state.executions;
  const manifest: JsonObject = {
    DestinationBucket: target.bucket,
    MapRunArn: run.arn,
    ResultFiles: {
      FAILED: failed + timedOut + aborted > 0 ? await write('FAILED', bad) : [],
      PENDING: await write('PENDING', pending),
      SUCCEEDED: succeeded > 0 ? await write('SUCCEEDED', good) : [],
    },
  };
  const { Key } = await put('manifest.json', once(printJson(manifest)));
  const details = { Bucket: target.bucket, Key };
  return printJson({ MapRunArn: run.arn, ResultWriterDetails: details });
}

async function* childElements(
  executions: ExportDeps['executions'],
  arn: string,
  succeeded: boolean,
) {
  for await (const page of childrenOf(executions, arn)) {
    yield page.filter(({ status }) => (status === 'SUCCEEDED') === succeeded);
  }
}

async function* mapped<T>(
  pages: AsyncIterable<readonly T[]>,
  textOf: (one: T) => string,
): AsyncGenerator<string[]> {
  for await (const page of pages) yield page.map(textOf).filter((text) => text !== '');
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield encoder.encode(text);
}

const encoder = new TextEncoder();

/** Elements divided into files, each an array or lines. */
class Parts {
  readonly #slices: AsyncIterator<readonly string[]>;
  readonly #array: boolean;
  #slice: readonly string[] = [];

  constructor(elements: AsyncIterable<readonly string[]>, outputType: WriterOrder['outputType']) {
    this.#slices = elements[Symbol.asyncIterator]();
    this.#array = outputType === 'JSON';
  }

  /** True where another file has something in it. */
  async more(): Promise<boolean> {
    while (this.#slice.length === 0) {
      const { done, value } = await this.#slices.next();
      if (done) return false;
      this.#slice = value;
    }
    return true;
  }

  async *next(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    let before = this.#array ? '[' : '';
    while (bytes < FILE_BYTES_MAX && (await this.more())) {
      const lines = this.#slice.join(this.#array ? ',' : '\n');
      const chunk = encoder.encode(before + lines + (this.#array ? '' : '\n'));
      this.#slice = [];
      before = this.#array ? ',' : '';
      bytes += chunk.length;
      yield chunk;
    }
    if (this.#array) yield encoder.encode(']');
  }
}
