/** Objects in a map, for tests. */
import { ObjectError, type ObjectRef, type ObjectStore } from '../ports/objects.ts';

export class TestObjects implements ObjectStore {
  readonly objects = new Map<string, Uint8Array>();
  /** Bytes of a chunk; small ones show what happens at their borders. */
  chunkBytes = 64 * 1024;
  /** Refuses to write where it says so. */
  refuse: (key: string) => boolean = () => false;

  put(bucket: string, key: string, content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.objects.set(`${bucket}/${key}`, bytes);
  }

  text(bucket: string, key: string): string | undefined {
    const found = this.objects.get(`${bucket}/${key}`);
    return found && new TextDecoder().decode(found);
  }

  async sizeOf(ref: ObjectRef): Promise<number> {
    return this.#find(ref).length;
  }

  async *getObject(ref: ObjectRef, from: number): AsyncGenerator<Uint8Array> {
    const bytes = this.#find(ref).subarray(from);
    for (let at = 0; at < bytes.length; at += this.chunkBytes) {
      yield bytes.subarray(at, at + this.chunkBytes);
    }
  }

  async getRange(ref: ObjectRef, start: number, end: number): Promise<Uint8Array> {
    return this.#find(ref).slice(start, end);
  }

  async listObjects({ bucket }: { readonly bucket: string }, prefix: string, after: string) {
    const keys = [...this.objects.keys()]
      .filter((path) => path.startsWith(`${bucket}/${prefix}`))
      .map((path) => path.slice(bucket.length + 1))
      .filter((key) => key > after)
      .sort();
    const page = keys.slice(0, 2).map((key) => ({
      key,
      sizeBytes: this.objects.get(`${bucket}/${key}`)!.length,
      modifiedAt: 1_700_000_000_999,
      etag: '"e"',
    }));
    return { objects: page, more: keys.length > page.length };
  }

  async putObject({ bucket, key }: ObjectRef, body: AsyncIterable<Uint8Array>) {
    if (this.refuse(key)) throw new ObjectError('AccessDenied', 'Access Denied');
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    const content = Buffer.concat(chunks);
    this.put(bucket, key, content);
    return { sizeBytes: content.length };
  }

  #find({ bucket, key }: ObjectRef): Uint8Array {
    const found = this.objects.get(`${bucket}/${key}`);
    if (!found) throw new ObjectError('NoSuchKey', 'The specified key does not exist.');
    return found;
  }
}
