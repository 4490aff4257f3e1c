/** Handlers' answers as JSON values: Dates as epoch seconds with milliseconds, bytes as base64. */
import type { Json } from '../../ground/json.ts';
import { toBase64 } from '../bytes.ts';
import type { ScalarShape } from '../model/shapes.ts';
import { dateText } from '../text.ts';
import { TreeWriter } from '../tree.ts';
import { bytesOf, epochMs } from '../values.ts';

/** To what JSON.stringify takes. */
export const jsonWriter = new TreeWriter<Json>(scalarWriter);

function scalarWriter(shape: ScalarShape): (value: unknown) => Json {
  switch (shape.type) {
    case 'timestamp': {
      const { timestampFormat: format = 'unixTimestamp' } = shape;
      if (format === 'unixTimestamp') return (value) => epochMs(value) / 1000;
      return (value) => dateText(epochMs(value), format);
    }
    case 'blob':
      return (value) => toBase64(bytesOf(value));
    case 'float':
    case 'double':
      return (value) => (Number.isFinite(value) ? (value as number) : String(value));
    default:
      return (value) => value as Json;
  }
}
