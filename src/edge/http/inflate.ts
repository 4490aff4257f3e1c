/**
 * Compressed bodies (`Content-Encoding: gzip` or `deflate`), as SDKs send them to operations with
 * the trait `requestCompression`, and agents also to others. The limit of a body holds for what it
 * inflates to, and is noticed before more than that has been inflated.
 */
import { promisify } from 'node:util';
import { gunzip, inflate as unzlib } from 'node:zlib';
import { Fault } from '../../ground/fault.ts';

const ALGORITHMS = { gzip: promisify(gunzip), deflate: promisify(unzlib) } as const;

/** Encodings that are not known here are none of ours: the bytes stay as they are. */
export async function inflate(
  body: Uint8Array,
  encoding: string,
  sizeBytesMax: number,
  tooLarge: () => Fault,
): Promise<Uint8Array> {
  const name = encoding.trim().toLowerCase();
  if (body.length === 0 || (name !== 'gzip' && name !== 'deflate')) return body;
  try {
    return await ALGORITHMS[name](body, { maxOutputLength: sizeBytesMax });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Fault('SerializationException', `The request body is not valid ${name}.`);
  }
}
