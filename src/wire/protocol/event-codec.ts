/** What a protocol adds to event streams, and members of events that are headers of messages. */
import { printerOf } from '../json/print.ts';
import { jsonReader, parseBody } from '../json/read.ts';
import { jsonWriter } from '../json/write.ts';
import type { ServiceModel, Shape } from '../model/shapes.ts';
import type { EventHeader } from '../stream/event-stream.ts';

export interface EventCodec {
  /** The first message holds the members that are no events. */
  readonly opens: boolean;
  contentType(service: ServiceModel): string;
  write(shape: Shape, value: unknown): Uint8Array | string;
  read(shape: Shape, payload: Uint8Array): unknown;
}

/** That of the protocols whose documents are JSON. */
export const jsonEvents = ({
  opens,
  contentType,
}: Pick<EventCodec, 'opens' | 'contentType'>): EventCodec => ({
  opens,
  contentType,
  write: (shape, value) => printerOf(shape)(jsonWriter.of(shape)(value)),
  read: (shape, payload) => jsonReader.of(shape)(parseBody(payload)),
});

export function headerOf(shape: Shape, value: unknown): EventHeader {
  switch (shape.type) {
    case 'boolean':
      return { type: 'boolean', value: value as boolean };
    case 'integer':
      return { type: 'integer', value: value as number };
    case 'long':
      return { type: 'long', value: BigInt(value as number) };
    case 'timestamp':
      return { type: 'timestamp', value: value as Date };
    case 'blob':
      return { type: 'binary', value: value as Uint8Array };
    default:
      return { type: 'string', value: String(value) };
  }
}

export const headerValue = (header: EventHeader): unknown =>
  header.type === 'long' ? Number(header.value) : header.value;
