/**
 * Simple values as text: in a path, a query string, a header, a form or an element. Reading takes
 * dates in every form; writing uses the shape's, else the one that is usual in that place.
 */
import { toBase64 } from './bytes.ts';
import type { ScalarShape, TimestampFormat } from './model/shapes.ts';
import { bytesOf, epochMs, readBlob, readTimestamp, wrongType } from './values.ts';

/** Reader of one shape from text. */
export function textReaderOf(shape: ScalarShape): (text: string) => unknown {
  switch (shape.type) {
    case 'integer':
    case 'long':
      return (text) => numberOf(text, /^[+-]?\d+$/, 'Integer');
    case 'float':
    case 'double':
      return realNumber;
    case 'boolean':
      return (text) => {
        if (text !== 'true' && text !== 'false') throw wrongType(text, 'Boolean');
        return text === 'true';
      };
    case 'timestamp':
      return (text) => readTimestamp(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
    case 'blob':
      return readBlob;
    case 'string':
      return (text) => text;
  }
}

function realNumber(text: string): number {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text);
  return numberOf(text, /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'Double');
}

function numberOf(text: string, form: RegExp, type: string): number {
  if (!form.test(text)) throw wrongType(text, type);
  return Number(text);
}

/** Writer of one shape as text; `usual` is how the place writes dates. */
export function textWriterOf(
  shape: ScalarShape,
  usual: TimestampFormat,
): (value: unknown) => string {
  switch (shape.type) {
    case 'timestamp': {
      const format = shape.timestampFormat ?? usual;
      return (value) => String(dateText(epochMs(value), format));
    }
    case 'blob':
      return (value) => toBase64(bytesOf(value));
    default:
      return String;
  }
}

/** A date in one of the models' formats: epoch seconds are a number. */
export function dateText(ms: number, format: TimestampFormat): string | number {
  if (format === 'unixTimestamp') return ms / 1000;
  const date = new Date(ms);
  return format === 'iso8601' ? date.toISOString() : date.toUTCString();
}
