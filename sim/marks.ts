/**
 * What a simulated world has come through. A world that has seen no conflict says nothing about
 * conflicts, so whoever runs seeds says how much of each there must have been.
 */
import type { HistoryRecord } from '../src/execution/record.ts';
import type { StoredMapRun } from '../src/store/mapruns/store.ts';

export const MARKS = [
  // Of processes.
  'crashes before a commit',
  'crashes after a commit',
  'nodes that died while others lived',
  'nodes that stopped cleanly',
  'nodes that paused for longer than their lease',
  'nodes whose work others took over',
  // In memory.
  'commits that conflicted',
  'reloads after a conflict',
  'evictions',
  // Of executions.
  'tasks lost',
  'tasks run again',
  'task timeouts',
  'execution timeouts',
  'executions aborted',
  'redrives',
  'defects survived',
  'executions failed by a defect',
  'Express executions begun again',
  // Of Map Runs.
  'Map Runs aborted',
  'Map Runs failed',
  'Map Runs redriven',
  'Map Runs taken over',
  // Of callers and workers.
  'callbacks',
  'early answers',
  'answers that came too late',
  'late heartbeats',
  'activity tasks',
  'starts by what another node has changed',
] as const;

export type Mark = (typeof MARKS)[number];

export class Marks {
  readonly #counts = new Map<Mark, number>();

  note(mark: Mark, count = 1): void {
    if (count > 0) this.#counts.set(mark, this.of(mark) + count);
  }

  of(mark: Mark): number {
    return this.#counts.get(mark) ?? 0;
  }

  add(others: Marks): void {
    for (const mark of MARKS) this.note(mark, others.of(mark));
  }

  /** Those that are below what is wanted, in words. */
  below(wanted: Readonly<Record<Mark, number>>): string[] {
    return MARKS.filter((mark) => this.of(mark) < wanted[mark]).map(
      (mark) => `${mark}: ${this.of(mark)}, at least ${wanted[mark]} wanted`,
    );
  }

  print(): string {
    return MARKS.map((mark) => `${String(this.of(mark)).padStart(8)} ${mark}`).join('\n');
  }

  noteHistory(records: readonly HistoryRecord[]): void {
    for (const record of records) {
      const mark = markOf(record);
      if (mark) this.note(mark);
    }
  }

  noteMapRun({ state }: StoredMapRun): void {
    if (state.status === 'ABORTED') this.note('Map Runs aborted');
    if (state.status === 'FAILED') this.note('Map Runs failed');
    if (state.redriveCount > 0) this.note('Map Runs redriven');
  }
}

/** Begins the cause of what fails by a defect. */
const DEFECT = 'A defect of this server';
const FAILED = /^(Task|LambdaFunction)(Submit)?Failed$/;
const LOST = 'The outcome of the task is unknown';

export const isLost = ({ type, details }: HistoryRecord): boolean =>
  FAILED.test(type) && causeOf(details).startsWith(LOST);

export const isDefect = ({ type, details }: HistoryRecord): boolean =>
  type === 'ExecutionFailed' && causeOf(details).startsWith(DEFECT);

const causeOf = (details: HistoryRecord['details']): string => {
  const cause = (details as { readonly cause?: unknown } | undefined)?.cause;
  return typeof cause === 'string' ? cause : '';
};

const BY_TYPE: Readonly<Record<string, Mark>> = {
  TaskTimedOut: 'task timeouts',
  ActivityTimedOut: 'task timeouts',
  ExecutionTimedOut: 'execution timeouts',
  ExecutionAborted: 'executions aborted',
  ExecutionRedriven: 'redrives',
  ActivityStarted: 'activity tasks',
  answerKept: 'early answers',
};

function markOf(record: HistoryRecord): Mark | undefined {
  if (isLost(record)) return 'tasks lost';
  if (isDefect(record)) return 'executions failed by a defect';
  return BY_TYPE[record.type];
}
