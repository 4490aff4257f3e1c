/** Runs the load client in a process of its own and answers its figures. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/states/aws4_request, ' +
  'SignedHeaders=host, Signature=0000000000000000000000000000000000000000000000000000000000000000';

const DATE = '20260101T000000Z';

export const awsJson = (target) => ({
  'Content-Type': 'application/x-amz-json-1.0',
  'X-Amz-Target': `AWSStepFunctions.${target}`,
  'X-Amz-Date': DATE,
  Authorization: SIGNED,
});

export const restJson = (service) => ({
  'Content-Type': 'application/json',
  'X-Amz-Date': DATE,
  Authorization: SIGNED.replace('/states/', `/${service}/`),
});

export function load(job) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'http-load.mjs'), JSON.stringify(job)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      if (code !== 0) return reject(new Error(`the load client ended with exit code ${code}`));
      const result = JSON.parse(text);
      if (result.failed > 0)
        return reject(new Error(`${result.failed} failed: ${result.firstFailure}`));
      resolve(result);
    });
  });
}
