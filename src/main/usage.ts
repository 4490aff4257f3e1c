/** Commands that were not asked for properly. */

/** The message is the one line to print; the exit code is 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What Node's parser of arguments says is wrong, in its first sentence, as a UsageError. */
export function readOptions<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message.split('. ')[0]!);
  }
}
