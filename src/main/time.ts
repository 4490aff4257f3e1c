/** The server's clock: the real one, or one that leaps over waits while nothing runs. */
import { systemClock, systemTools } from '../edge/system.ts';
import { VirtualClock } from '../edge/virtual-clock.ts';
import type { Clock, Tools } from '../ground/tools.ts';
import type { Skips } from '../service/engine/assemble.ts';
import type { Config } from './config.ts';

export interface TimeParts {
  readonly clock: Clock;
  readonly tools: Tools;
  /** How far `clock` is ahead of the real one; 0 for good where it is the real one. */
  aheadMs(): number;
  readonly virtual: VirtualClock | undefined;
}

/** Real time without a commit before a leap, and before one that takes others' chance to answer. */
const QUIET_MS = 5;
const PATIENCE_MS = 2_000;

export function timeParts(config: Config): TimeParts {
  if (config.clock === 'real') {
    return { clock: systemClock, tools: systemTools, aheadMs: () => 0, virtual: undefined };
  }
  const virtual = new VirtualClock(systemClock);
  const tools = { ...systemTools, now: () => virtual.now() };
  return { clock: virtual, tools, aheadMs: () => virtual.aheadMs, virtual };
}

/** @param busy true while something other than the engines is at work */
export function skipsOf(clock: VirtualClock, busy: () => boolean): Skips {
  return { real: systemClock, clock, busy, quietMs: QUIET_MS, patienceMs: PATIENCE_MS };
}
