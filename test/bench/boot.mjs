/** Start-up time of the command until it is ready, and its memory when nothing happens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from './server.mjs';

export async function measure() {
  const server = await startServer();
  await sleep(3000);
  const memory = server.memoryMb();
  await server.stop();
  return [
    { name: 'process start to ready', value: server.readyMs, unit: 'ms', floor: 500 },
    { name: 'idle memory (resident)', value: memory, unit: 'MB', floor: 120 },
  ];
}
