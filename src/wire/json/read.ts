/**
 * JSON values as handlers get them, Dates and Uint8Arrays included. A value of the wrong type is a
 * SerializationException in the framework's wording.
 */
import { parseJson } from '../../ground/json.ts';
import { textOf } from '../bytes.ts';
import type { ScalarShape } from '../model/shapes.ts';
import { type Read, TreeReader } from '../tree.ts';
import { readBlob, readTimestamp, serializationFault, wrongType } from '../values.ts';

/** From what JSON.parse gives. */
export const jsonReader = new TreeReader(scalarReader);

/** The JSON object of a body; an empty body is an empty object. */
export function parseBody(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  const text = textOf(body);
  if (text === undefined) throw serializationFault('The request body is not valid UTF-8.');
  try {
    return parseJson(text);
  } catch (error) {
    throw serializationFault(`Could not parse the request body as JSON: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function scalarReader(shape: ScalarShape): Read {
  switch (shape.type) {
    case 'string':
      return (value) => {
        if (typeof value !== 'string') throw wrongType(value, 'String');
        return value;
      };
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
        return value;
      };
    case 'integer':
      return wholeNumber('Integer');
    case 'long':
      return wholeNumber('Long');
    case 'float':
    case 'double':
      return realNumber;
    case 'timestamp':
      return readTimestamp;
    case 'blob':
      return readBlob;
  }
}

function wholeNumber(type: string): Read {
  return (value) => {
    if (typeof value !== 'number') throw wrongType(value, type);
    return Math.trunc(value);
  };
}

function realNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw wrongType(value, 'Double');
}
