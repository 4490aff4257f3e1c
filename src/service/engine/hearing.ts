/** What a mail says to an execution whose state is at hand, and what became of it. */
import type { HistoryRecord } from '../../execution/record.ts';
import type { Signal } from '../../execution/signal.ts';
import { openTask } from '../../execution/state.ts';
import type { Loaded, Mail } from './cell.ts';
import { pendingKey } from './pending.ts';
import { signalOf, type Tasks } from './tasks.ts';
import type { Turn } from './turn.ts';

interface HearingDeps {
  readonly tasks: Tasks;
  readonly planner: { readonly epoch: number };
}

/** The signal that the mail is; undefined where it is stale, or no matter of a decision. */
export function meaningOf(
  { tasks, planner }: HearingDeps,
  loaded: Loaded,
  turn: Turn,
  mail: Mail,
): Signal | undefined {
  const { signal } = mail;
  if (signal.type === 'Redeemed') {
    const open = openTask(loaded.state, signal.scope, signal.attempt);
    return open?.task.token === signal.token ? signal.signal : undefined;
  }
  if (signal.type !== 'ChildEnded' && signal.type !== 'Claimed') return signal;
  const row = loaded.rows.get(pendingKey('task', signal.scope, signal.attempt));
  if (signal.type === 'Claimed') {
    if (row?.order) {
      row.status = 'owned';
      row.epoch = planner.epoch;
      turn.claimed.push(row);
    } else if (turn.fresh) {
      tasks.giveBack(1);
    } else {
      turn.doubted.push(mail);
    }
    return undefined;
  }
  const integration = row?.order && tasks.integrationOf(row.order.resource);
  const outcome = integration?.childEnded?.(row!.order!, signal.child);
  return outcome && signalOf(signal.scope, signal.attempt, outcome, true);
}

/** Keeps the turn's books: what the mail has made, whether it counts, which row goes with it. */
export function noteHeard(
  loaded: Loaded,
  turn: Turn,
  mail: Mail,
  records: readonly HistoryRecord[],
): void {
  if (records.length === 0 && !turn.fresh && mail.answer) {
    turn.doubted.push(mail);
    turn.accepted.push(undefined);
    return;
  }
  turn.accepted.push(records.length > 0);
  for (let i = 0; i < records.length; i++) turn.records.push(records[i]!);
  const { row } = mail;
  if (!row) return;
  const known = loaded.rows.has(pendingKey(row.kind, row.scope, row.attempt));
  // Rows of tasks go by the effects of records; but one that nobody waits for must not stay.
  if (row.kind === 'task') {
    if (known && records.length === 0) turn.consumed.push(row);
  } else if (known || row.kind === 'childEnded' || row.kind === 'mapRunEnded') {
    turn.consumed.push(row);
  }
}
