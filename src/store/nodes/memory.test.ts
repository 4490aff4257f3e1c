import { exerciseNodeStore } from './contract.ts';
import { MemoryNodeStore } from './memory.ts';

for (const processes of ['one', 'several'] as const) {
  exerciseNodeStore('memory', processes, async () => ({
    store: new MemoryNodeStore(processes),
    close: async () => undefined,
  }));
}
