/**
 * A failure that the language itself raises, e.g. `States.Runtime`, `States.QueryEvaluationError`,
 * `States.ResultPathMatchFailure`. `cause` has no "An error occurred while executing…" prefix;
 * whoever knows the state adds it. `location` is the field path an EvaluationFailed event shows.
 */
export class LanguageError extends Error {
  override name = 'LanguageError';
  readonly error: string;
  readonly location: string | undefined;

  constructor(error: string, cause: string, location?: string) {
    super(cause);
    this.error = error;
    this.location = location;
  }
}
