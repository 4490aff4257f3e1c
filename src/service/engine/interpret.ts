/**
 * The pure core as the engine uses it: a state from a head, a state from its records, the records a
 * signal makes. Machines in JSONPath answer at once; JSONata needs its evaluator in between.
 */
import type { ExpressionRequest } from '../../asl/env.ts';
import { LanguageError } from '../../asl/env.ts';
import type { Machine } from '../../asl/machine.ts';
import { decide, decideSync } from '../../execution/decide.ts';
import { evolve } from '../../execution/evolve.ts';
import type { HistoryRecord } from '../../execution/record.ts';
import type { Signal } from '../../execution/signal.ts';
import type { ExecutionState } from '../../execution/state.ts';
import type { Json } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';

/** Evaluates one JSONata expression; rejects with a LanguageError. */
export type Evaluate = (request: ExpressionRequest) => Promise<Json>;
