/** The thread of long evaluations: one JSONata expression after the other, with the full limit. */
import { parentPort } from 'node:worker_threads';
import { LanguageError } from '../asl/env.ts';
import { evaluateExpression } from '../asl/evaluator.ts';
import type { EvaluationReply, EvaluationRequest } from './expressions.ts';
import { systemTools } from './system.ts';

const port = parentPort!;

async function evaluate({ now, request }: EvaluationRequest): Promise<EvaluationReply> {
  try {
    const value = await evaluateExpression(request, { ...systemTools, now: () => now });
    return { value };
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    return { failure: { error: error.error, cause: error.message, location: error.location } };
  }
}

port.on('message', async (request: EvaluationRequest) => {
  port.postMessage(await evaluate(request));
});
