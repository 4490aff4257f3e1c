import { exerciseExecutionStore } from './contract.ts';
import { memoryExecutionStore } from './memory.ts';

exerciseExecutionStore('memory', async () => ({
  store: memoryExecutionStore(),
  close: async () => {},
}));
