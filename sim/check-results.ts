/** What a state has got from its Map Run: a result for each child that succeeded, in order. */
import { type HistoryRecord, isExited } from '../src/execution/record.ts';
import { type Json, type JsonObject, parseJson } from '../src/ground/json.ts';
import type { TestObjects } from '../src/service/items/testing.ts';
import type { ExecutionHead } from '../src/store/executions/store.ts';
import type { StoredMapRun } from '../src/store/mapruns/store.ts';
import type { RunStored } from './check-mapruns.ts';
import { BUCKETS } from './resources.ts';

/** `records`: history of the execution whose state began the Map Run. */
export function resultViolations(
  { run, children }: Pick<RunStored, 'run' | 'children'>,
  records: readonly HistoryRecord[],
  objects: TestObjects,
): string[] {
  if (run.state.status !== 'SUCCEEDED') return [];
  const result = resultIn(run, records);
  if (result === undefined) return [];
  const { target, transformation = 'COMPACT', outputType = 'JSON' } = run.order.writer ?? {};
  if (!target) return differences('the state', result, inOrder(children), transformation);
  const { Key } = (result as JsonObject).ResultWriterDetails as { Key: string };
  const manifest = parseJson(objects.text(BUCKETS.results, Key)!) as unknown as Manifest;
  const { SUCCEEDED, FAILED, PENDING } = manifest.ResultFiles;
  const read = (files: readonly { Key: string }[]): Json[] =>
    files.flatMap((file) => elementsIn(objects.text(BUCKETS.results, file.Key)!, outputType));
  const failed = children.filter(({ status }) => status !== 'SUCCEEDED').length;
  return [
    // Children are exported in the order of their start, whatever their numbers.
    ...differences('the export', read(SUCCEEDED), children, transformation),
    ...(read(FAILED).length === failed ? [] : [`not all of ${failed} failures are exported`]),
    ...(PENDING.length === 0 ? [] : ['some children are exported as pending']),
  ];
}

interface Manifest {
  readonly ResultFiles: Readonly<
    Record<'SUCCEEDED' | 'FAILED' | 'PENDING', readonly { Key: string }[]>
  >;
}

/** As the programs keep it; undefined where the state failed all the same. */
function resultIn(
  { arn, state }: StoredMapRun,
  records: readonly HistoryRecord[],
): Json | undefined {
  const began = records.findIndex(
    (record) => record.type === 'MapRunStarted' && record.details.mapRunArn === arn,
  );
  const { scope } = records[began]!;
  const after = records.slice(began).filter((record) => record.scope === scope);
  const told = after.findIndex(
    (record) => record.type === 'MapRunSucceeded' && record.hidden.attempt === state.attempt,
  );
  const exit = told < 0 ? undefined : after.slice(told).filter(isExited).find(isMap);
  if (!exit) return undefined;
  return (parseJson(exit.details.output) as JsonObject).d;
}

const isMap = ({ type }: HistoryRecord): boolean => type === 'MapStateExited';

function elementsIn(text: string, outputType: 'JSON' | 'JSONL'): Json[] {
  if (outputType === 'JSON') return parseJson(text) as Json[];
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => parseJson(line));
}

const inOrder = (children: readonly ExecutionHead[]): ExecutionHead[] =>
  [...children].sort((a, b) => a.mapItem!.index - b.mapItem!.index);

function differences(
  what: string,
  result: Json,
  children: readonly ExecutionHead[],
  transformation: 'NONE' | 'COMPACT' | 'FLATTEN',
): string[] {
  const succeeded = children.filter(({ status }) => status === 'SUCCEEDED');
  const wanted = succeeded.flatMap((child): Json[] => {
    const output = parseJson(child.output!);
    return transformation === 'FLATTEN' && Array.isArray(output) ? output : [output];
  });
  const got =
    transformation === 'NONE'
      ? (result as JsonObject[]).map(({ Output }) => parseJson(Output as string))
      : result;
  if (JSON.stringify(got) === JSON.stringify(wanted)) return [];
  return [`${what} has ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
}
