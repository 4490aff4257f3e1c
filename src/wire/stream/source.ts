/** The body of a request before it is read: once, in one of these ways. */
export interface BodySource {
  /** All bytes, decompressed. Throws a Fault where they are more than may be sent. */
  whole(): Uint8Array | Promise<Uint8Array>;
  /** As they come, and the next piece when the last one has been taken. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Reads what still comes, for nothing. Throws as `whole` does; does nothing after the others. */
  discard(): void | Promise<void>;
}

/** A body that is in hand. */
export function heldBody(bytes: Uint8Array): BodySource {
  return {
    whole: () => bytes,
    async *pieces() {
      yield bytes;
    },
    discard() {},
  };
}

/** The client went away in the middle of its request: nobody will read an answer. */
export class ClientGone extends Error {
  override name = 'ClientGone';

  constructor() {
    super('the client closed the connection in the middle of its request');
  }
}
