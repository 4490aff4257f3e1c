import { exerciseExecutionStore } from '../contract/executions.ts';
import { memoryExecutionStore } from './executions.ts';

exerciseExecutionStore('memory', async () => ({
  store: memoryExecutionStore(),
  close: async () => {},
}));
