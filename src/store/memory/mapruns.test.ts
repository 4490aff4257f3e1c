import { exerciseMapRunStore } from '../contract/mapruns.ts';
import { memoryExecutionStore } from './executions.ts';
import { memoryMapRunStore, SharedMemory } from './mapruns.ts';

exerciseMapRunStore('memory', async () => {
  const shared = new SharedMemory();
  const store = { mapRuns: memoryMapRunStore(shared), executions: memoryExecutionStore(shared) };
  return { store, close: async () => undefined };
});
