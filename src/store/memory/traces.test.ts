import { describe } from 'vitest';
import { exerciseTraces } from '../contract/traces.ts';
import { MemoryTraceStore } from './traces.ts';

describe('traces in memory', () => {
  exerciseTraces(
    async (clock) => new MemoryTraceStore(() => clock.now()),
    async () => {},
  );
});
