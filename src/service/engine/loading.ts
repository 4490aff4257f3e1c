/** How an execution's state comes into memory: from its start, or from what is stored of it. */
import type { Machine } from '../../asl/machine.ts';
import type { Logger } from '../../ground/log.ts';
import type { ExecutionHead, ExecutionStore } from '../../store/executions/store.ts';
import type { Loaded } from './cell.ts';
import { isDefect, recordsWithoutState } from './defect.ts';
import type { Interpreter } from './interpret.ts';
import { rowsOf } from './pending.ts';
import type { Turn } from './turn.ts';

interface LoadingDeps {
  readonly store: Pick<ExecutionStore, 'load'>;
  readonly log: Logger;
  readonly interpreter: Interpreter;
  machine(definitionHash: string): Machine | Promise<Machine>;
}

/** Undefined where there is no such execution. */
export async function loadState(deps: LoadingDeps, id: number): Promise<Loaded | undefined> {
  const found = await deps.store.load(id);
  if (!found) return undefined;
  const { head, records, work } = found;
  const machine = await deps.machine(head.definitionHash);
  const state = deps.interpreter.fold(head, records);
  return { head, machine, state, rows: rowsOf(work) };
}

/**
 * Starts an execution: its first records are in the turn. Tried twice where a defect of ours keeps
 * it from that; then these records are its last ones too, and there is no state.
 */
export async function firstState(
  { interpreter, log, machine: machineOf }: LoadingDeps,
  head: ExecutionHead,
  input: string,
  turn: Turn,
): Promise<Loaded | undefined> {
  for (let defects = 1; ; defects++) {
    try {
      const made = machineOf(head.definitionHash);
      const machine = made instanceof Promise ? await made : made;
      const state = interpreter.create(head);
      const start = { type: 'Start', input } as const;
      const records = interpreter.decide(machine, state, start, defects > 1);
      turn.records.push(...(records instanceof Promise ? await records : records));
      return { head, machine, state, rows: new Map() };
    } catch (error) {
      if (!isDefect(error)) throw error;
      log.error('a decision failed', { execution: head.arn, error });
      if (defects === 1) continue;
      turn.records.push(...recordsWithoutState(interpreter, head, 0, error));
      return undefined;
    }
  }
}
