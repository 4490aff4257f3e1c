/** The thread of long evaluations: one JSONata expression after the other, with the full limit. */
import { parentPort } from 'node:worker_threads';
import { evaluateExpression } from '../asl/evaluator.ts';
import { Budget } from '../asl/jsonata/budget.ts';
import { LanguageError } from '../asl/language-error.ts';
import { JSONATA_STEPS_MAX } from '../asl/limits.ts';
import type { EvaluationReply, EvaluationRequest } from './expressions.ts';
import { systemTools } from './system.ts';
import { signOfProgress } from './threads.ts';

const port = parentPort!;

async function evaluate({ now, request }: EvaluationRequest): Promise<EvaluationReply> {
  try {
    const tools = { ...systemTools, now: () => now };
    const budget = new Budget(JSONATA_STEPS_MAX, signOfProgress);
    const value = await evaluateExpression(request, tools, budget);
    return { value };
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    return { failure: { error: error.error, cause: error.message, location: error.location } };
  }
}

port.on('message', async (request: EvaluationRequest) => {
  port.postMessage(await evaluate(request));
});
