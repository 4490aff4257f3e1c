/**
 * What must hold of every Map Run after each of its commits, and of its children: no item is lost,
 * none is worked on twice, everything is counted once.
 */
import { type ChildEnding, countsOf, type Tally } from '../src/execution/maprun.ts';
import { type JsonObject, parseJson } from '../src/ground/json.ts';
import type { ExecutionHead } from '../src/store/executions/store.ts';
import type { StoredMapRun } from '../src/store/mapruns/store.ts';

export interface RunStored {
  readonly run: StoredMapRun;
  readonly children: readonly ExecutionHead[];
  /** Those that the run has not counted. */
  readonly endings: readonly ChildEnding[];
}

const STATUSES = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  timedOut: 'TIMED_OUT',
  aborted: 'ABORTED',
} as const;

/** Every rule that is broken, in words. */
export function runViolations(stored: RunStored): string[] {
  const closed = stored.run.state.stage === 'closed';
  return [
    ...countsAreSane(stored),
    ...childrenAreNumbered(stored),
    ...redrivesFollow(stored),
    ...(closed ? closedIsWhole(stored) : []),
  ];
}

function countsAreSane({ run }: RunStored): string[] {
  const counts = countsOf(run.state, run.order.batcher !== undefined);
  return Object.entries(counts).flatMap(([what, all]) => {
    const { resultsWritten, total, ...parts } = all;
    const negative = Object.entries(parts).filter(([, count]) => count < 0);
    const sum = Object.values(parts).reduce((so, count) => so + count, 0);
    return [
      ...negative.map(([name, count]) => `${count} ${what} are ${name}`),
      ...(sum === total ? [] : [`the counts of ${what} make ${sum}, not ${total}`]),
    ];
  });
}

/** A child for each number; what the cursor has passed is there. */
function childrenAreNumbered({ run, children }: RunStored): string[] {
  const numbers = children.map(({ mapItem }) => mapItem!.index).sort((a, b) => a - b);
  const twice = numbers.filter((number, i) => number === numbers[i - 1]);
  const { cursor } = run.state;
  const missing = Array.from({ length: cursor.children }, (_, i) => i).filter(
    (number) => !numbers.includes(number),
  );
  return [
    ...twice.map((number) => `child ${number} is there twice`),
    ...missing.map((number) => `child ${number} is lost`),
  ];
}

function redrivesFollow({ run, children }: RunStored): string[] {
  return children
    .filter(({ redriveCount }) => redriveCount > run.state.redriveCount)
    .map(({ mapItem, redriveCount }) => `child ${mapItem!.index} has ${redriveCount} redrives`);
}

/** Everything has ended, is counted, and the children's inputs are the items, each once. */
function closedIsWhole({ run, children, endings }: RunStored): string[] {
  const { status, cursor, executions, items, total } = run.state;
  const found: string[] = [];
  if (endings.length > 0) found.push(`${endings.length} endings are not counted`);
  if (children.length !== cursor.children) found.push(`${children.length} children are there`);
  for (const [name, wanted] of Object.entries(STATUSES)) {
    const such = children.filter((child) => child.status === wanted);
    const counted = executions[name as keyof Tally];
    if (counted !== such.length) found.push(`${counted} of ${such.length} are ${name}`);
    const sum = such.reduce((so, { mapItem }) => so + mapItem!.items, 0);
    const given = items[name as keyof Tally];
    if (given !== sum) found.push(`${given} of ${sum} items are ${name}`);
  }
  const taken = children.flatMap(itemsOf).sort((a, b) => a - b);
  if (taken.some((number, i) => number !== i)) found.push(`the items ${taken} were worked on`);
  if (taken.length !== cursor.items) found.push(`${taken.length} items, not ${cursor.items}`);
  const whole = cursor.done && (total === undefined || total === cursor.items);
  if (status === 'SUCCEEDED' && !whole) found.push('it succeeded before its items were through');
  return found;
}

/** Numbers of the items in a child's input, as the selector has put them there. */
function itemsOf({ input }: ExecutionHead): number[] {
  const given = parseJson(input) as JsonObject;
  const items = (given.Items ?? [given]) as JsonObject[];
  return items.map(({ i }) => i as number);
}
