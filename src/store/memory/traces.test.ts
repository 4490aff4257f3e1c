import { exerciseTraces } from '../contract/traces.ts';
import { MemoryTraceStore } from './traces.ts';

exerciseTraces(
  'traces in memory',
  async (clock) => ({
    store: new MemoryTraceStore(() => clock.now()),
    close: async () => {},
  }),
  async () => {},
);
