import { exerciseTraces } from './contract.ts';
import { MemoryTraceStore } from './memory.ts';

exerciseTraces(
  'traces in memory',
  async (clock) => ({
    store: new MemoryTraceStore(() => clock.now()),
    close: async () => {},
  }),
  async () => {},
);
