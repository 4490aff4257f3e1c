/**
 * One handler for the three functions of the example: it fails in `FAIL_PERCENT` of its calls and
 * otherwise answers after a random whole number of seconds up to `SECONDS_MAX`.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const failPercent = Number(process.env.FAIL_PERCENT ?? 25);
const secondsMax = Number(process.env.SECONDS_MAX ?? 2);

export async function handler(event, context) {
  const calls = [...(event.calls ?? []), context.functionName];
  if (Math.random() * 100 < failPercent) {
    throw new Error(`${context.functionName} could not finish its work`);
  }
  const seconds = Math.floor(Math.random() * (secondsMax + 1));
  console.log(`working for ${seconds} s`);
  await sleep(seconds * 1000);
  return { ...event, calls };
}
