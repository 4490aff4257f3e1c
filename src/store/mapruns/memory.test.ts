import { memoryExecutionStore } from '../executions/memory.ts';
import { exerciseMapRunStore } from './contract.ts';
import { memoryMapRunStore, SharedMemory } from './memory.ts';

exerciseMapRunStore('memory', async () => {
  const shared = new SharedMemory();
  const store = { mapRuns: memoryMapRunStore(shared), executions: memoryExecutionStore(shared) };
  return { store, close: async () => undefined };
});
