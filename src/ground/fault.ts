/**
 * An AWS error: the code, the message and whose mistake it is. Thrown by services, answered by the
 * wire with the status that the model gives the code.
 */
export type Side = 'client' | 'server';

export class Fault extends Error {
  override name = 'Fault';
  readonly code: string;
  readonly side: Side;
  /** HTTP status where the model has none (unmodelled faults); default 400 or 500 by side. */
  readonly status: number | undefined;
  /** Further members of the error shape, such as `resourceName` or `Type`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { side?: Side; status?: number; members?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.code = code;
    this.side = options.side ?? 'client';
    this.status = options.status;
    this.members = options.members ?? {};
  }
}

export function isFault(error: unknown): error is Fault {
  return error instanceof Fault;
}
