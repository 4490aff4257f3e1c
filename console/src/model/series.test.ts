import { expect, it } from 'vitest';
import { columnsOf, periodFor } from './series.ts';

const point = (Timestamp: number, ok: number, fault: number) => ({
  Timestamp,
  ServiceSummaryStatistics: { OkCount: ok, FaultStatistics: { TotalCount: fault } },
});

it('fills the window with periods and stacks what is worse below', () => {
  const window = { from: 61_000, to: 299_000 };
  const columns = columnsOf([point(60, 3, 1), point(180, 0, 2), point(600, 9, 9)], window, 60);
  expect(columns.times).toEqual([60, 120, 180, 240]);
  expect(columns.ok).toEqual([4, 0, 2, 0]);
  expect(columns.fault).toEqual([1, 0, 2, 0]);
});

it('takes longer periods for longer windows', () => {
  expect(periodFor({ from: 0, to: 3_600_000 })).toBe(60);
  expect(periodFor({ from: 0, to: 6 * 3_600_000 })).toBe(300);
});
