/** Errors that an evaluation ends with, in the form of the JSONata library's own. */
export class EvaluationError extends Error {
  override name = 'EvaluationError';
  readonly code: string;
  /** What the library's text of the code names. */
  readonly value: unknown;

  constructor(code: string, message: string, value?: unknown) {
    super(message);
    this.code = code;
    this.value = value;
  }
}

export const memoryExceeded = (): EvaluationError =>
  new EvaluationError('U1001', 'Expression evaluation memory limit exceeded');

/** The evaluation is too much work; with more steps it may come to a value. */
export class StepsExceeded extends EvaluationError {
  constructor() {
    super('U1001', 'Expression evaluation timeout: Check for infinite loop');
  }
}
