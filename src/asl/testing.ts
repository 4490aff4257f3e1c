/** An evaluation's surroundings for tests: fixed time and chance, a real digest is not needed. */
import type { Json } from '../ground/json.ts';
import { Effort } from './effort.ts';
import type { Env } from './env.ts';

export function testEnv(input: Json, extra: Partial<Env> = {}): Env {
  return {
    input,
    context: () => ({}),
    variables: {},
    effort: new Effort(),
    tools: {
      now: () => 0,
      random: () => 0.5,
      uuid: () => '11111111-2222-4333-8444-555555555555',
      digest: (algorithm, text) => `${algorithm}:${text}`,
    },
    ...extra,
  };
}
