/** The tokens and ids of CloudWatch Logs: 56 digits that name a place in the order of events. */
import type { LogPosition } from '../../store/logs/store.ts';
import { invalidParameter } from './faults.ts';

const AT_DIGITS = 20;
const ID_DIGITS = 36;
const TOKEN = /^([fb])\/(\d{20})(\d{36})\/s$/;

/** Before all events. */
export const START: LogPosition = { at: 0, id: 0 };

export function eventId({ at, id }: LogPosition): string {
  return String(at).padStart(AT_DIGITS, '0') + String(id).padStart(ID_DIGITS, '0');
}

/** `f`: what stands behind the position; `b`: what stands in front of it. */
export const printToken = (direction: 'f' | 'b', position: LogPosition): string =>
  `${direction}/${eventId(position)}/s`;

export function parseToken(token: string): { direction: 'f' | 'b'; position: LogPosition } {
  const match = TOKEN.exec(token);
  if (!match) throw invalidParameter('The specified nextToken is invalid.');
  const position = { at: Number(match[2]), id: Number(match[3]) };
  return { direction: match[1] as 'f' | 'b', position };
}
