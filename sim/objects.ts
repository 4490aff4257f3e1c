/**
 * Objects that outlive the server. Every access takes its time, in which the process may die; an
 * object is replaced as a whole or not at all.
 */
import { TestObjects } from '../src/service/items/testing.ts';
import type { ObjectRef, ObjectStore } from '../src/service/ports/objects.ts';
import type { Process } from './process.ts';
import type { Random } from './random.ts';
import { BUCKETS, READER_ITEMS_MAX } from './resources.ts';

const LATE_MS = 40;

/** What every simulated bucket has at the beginning: a list of items for each length. */
export function simulatedObjects(): TestObjects {
  const objects = new TestObjects();
  objects.refuse = (key) => key.startsWith(BUCKETS.closed);
  for (let count = 0; count <= READER_ITEMS_MAX; count++) {
    const items = Array.from({ length: count }, (_, i) => i + 1);
    objects.put(BUCKETS.items, `${count}.jsonl`, items.join('\n'));
    objects.put(BUCKETS.items, `${count}.json`, JSON.stringify(items));
  }
  return objects;
}

/** The objects as one process reaches them. */
export function seenBy(process: Process, objects: TestObjects, random: Random): ObjectStore {
  const late = async (): Promise<void> => {
    const { clock } = process;
    const at = clock.now() + random.between(0, LATE_MS);
    await new Promise<void>((resolve) => clock.wake(at, resolve));
  };
  const after =
    <A extends unknown[], T>(access: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      await late();
      return access(...args);
    };
  return {
    sizeOf: after((ref) => objects.sizeOf(ref)),
    getRange: after((ref, start, end) => objects.getRange(ref, start, end)),
    listObjects: after((place, prefix, from) => objects.listObjects(place, prefix, from)),
    async *getObject(ref: ObjectRef, from: number) {
      await late();
      yield* objects.getObject(ref, from);
    },
    putObject: async (ref, body) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      await late();
      const whole = async function* () {
        yield* chunks;
      };
      const answer = await objects.putObject(ref, whole());
      await late();
      return answer;
    },
  };
}
