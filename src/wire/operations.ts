/**
 * The types of operation handlers, derived from the AWS SDK clients' command classes, so that a
 * wrong member or enum is a compile error. Types only: nothing of the SDK reaches the build.
 *
 * A handler gets validated input in the SDK's shapes (Date for timestamps, Uint8Array for blobs,
 * strings for JSON texts) and answers the output in the same shapes or throws a Fault.
 */
export interface CallContext {
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** Undefined for an unsigned call (only with --allow-unsigned, and from the console). */
  readonly accessKeyId: string | undefined;
  /** Value of the request's X-Amzn-Trace-Id header. */
  readonly traceHeader: string | undefined;
  /** Aborted when the client went away. */
  readonly abort: AbortSignal;
}

type CommandOf<I, O> = {
  // biome-ignore lint/suspicious/noExplicitAny: only the two type arguments of a command matter
  resolveMiddleware(...args: any[]): (args: any) => Promise<{ output: O }>;
} & {
  readonly input: I;
};

type HandlerOf<C> =
  C extends CommandOf<infer I, infer O>
    ? (input: I, context: CallContext) => Promise<Omit<O, '$metadata'>>
    : never;

/** `Operations<typeof import('@aws-sdk/client-sfn')>`: operation name → handler type. */
export type Operations<Client> = {
  [K in keyof Client as K extends `${infer Name}Command`
    ? Name extends '$' | ''
      ? never
      : Name
    : never]: Client[K] extends abstract new (...args: never[]) => infer C ? HandlerOf<C> : never;
};

/** The handlers a service has; an operation without one answers a modelled error. */
export type Handlers<Client> = Partial<Operations<Client>>;
