/** A thread that is at work for a while, with or without a sign of it. */
import { parentPort } from 'node:worker_threads';
import { signOfProgress } from '../../dist/src/edge/threads.js';

parentPort.on('message', ({ workMs, signs }) => {
  const ticker = signs ? setInterval(signOfProgress, 10) : undefined;
  setTimeout(() => {
    clearInterval(ticker);
    parentPort.postMessage('done');
  }, workMs);
});
