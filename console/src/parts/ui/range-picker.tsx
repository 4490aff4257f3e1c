/** The time range of a page, kept in its address. */
import DateRangePicker, {
  type DateRangePickerProps,
} from '@cloudscape-design/components/date-range-picker';
import { type ReactNode, useMemo } from 'react';
import { stamp } from '../../model/format.ts';
import {
  describeRange,
  parseRange,
  printRange,
  resolveRange,
  type TimeRange,
  type Window,
} from '../../model/range.ts';
import { useAddress, usePatch } from '../page/address.ts';

const MINUTES = [5, 15, 60, 180, 360] as const;

export interface RangeState {
  readonly range: TimeRange;
  /** For query keys. */
  readonly text: string;
  /** Resolves against the present when called. */
  readonly window: () => Window;
}

export function useRange(fallbackMinutes: number): RangeState {
  const { timeRange } = useAddress();
  return useMemo(() => {
    const range = parseRange(timeRange, { kind: 'relative', minutes: fallbackMinutes });
    return { range, text: printRange(range), window: () => resolveRange(range, Date.now()) };
  }, [timeRange, fallbackMinutes]);
}

export function RangePicker(props: { range: TimeRange; minutesMax: number }): ReactNode {
  const { range, minutesMax } = props;
  const patch = usePatch();
  const choices = [...MINUTES, 1440, 10_080].filter((minutes) => minutes <= minutesMax);
  const relative = choices.map(
    (amount): DateRangePickerProps.RelativeOption => ({
      key: `m${amount}`,
      type: 'relative',
      amount,
      unit: 'minute',
    }),
  );
  const value: DateRangePickerProps.Value =
    range.kind === 'relative'
      ? { key: `m${range.minutes}`, type: 'relative', amount: range.minutes, unit: 'minute' }
      : {
          type: 'absolute',
          startDate: localIso(range.from),
          endDate: localIso(range.to),
        };
  return (
    <DateRangePicker
      value={value}
      relativeOptions={relative}
      isValidRange={(candidate) => check(candidate, minutesMax)}
      i18nStrings={TEXTS}
      showClearButton={false}
      hideTimeOffset
      expandToViewport
      onChange={({ detail }) => {
        const next = toRange(detail.value);
        if (next) patch({ timeRange: printRange(next) });
      }}
    />
  );
}

/** ISO 8601 in local time with its offset, to the second, as the picker shows it. */
function localIso(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset();
  const sign = offset < 0 ? '-' : '+';
  const pad = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, '0');
  return `${stamp(ms).replace(' ', 'T')}${sign}${pad(offset / 60)}:${pad(offset % 60)}`;
}

function toRange(value: DateRangePickerProps.Value | null): TimeRange | undefined {
  if (!value) return undefined;
  if (value.type === 'relative') {
    const unit = { second: 1 / 60, minute: 1, hour: 60, day: 1440, week: 10_080 };
    const factor = unit[value.unit as keyof typeof unit] ?? 43_200;
    return { kind: 'relative', minutes: Math.max(1, Math.round(value.amount * factor)) };
  }
  return { kind: 'absolute', from: Date.parse(value.startDate), to: Date.parse(value.endDate) };
}

function check(
  value: DateRangePickerProps.Value | null,
  minutesMax: number,
): DateRangePickerProps.ValidationResult {
  const range = toRange(value);
  const refuse = (errorMessage: string) => ({ valid: false as const, errorMessage });
  if (!range) return refuse('Choose a range.');
  const minutes = range.kind === 'relative' ? range.minutes : (range.to - range.from) / 60_000;
  if (!(minutes > 0)) return refuse('The end must be after the start.');
  if (minutes > minutesMax) return refuse(`At most ${minutesMax / 60} hours at once.`);
  return { valid: true };
}

const TEXTS: DateRangePickerProps.I18nStrings = {
  todayAriaLabel: 'Today',
  nextMonthAriaLabel: 'Next month',
  previousMonthAriaLabel: 'Previous month',
  customRelativeRangeDurationLabel: 'Length',
  customRelativeRangeDurationPlaceholder: 'Enter a length',
  customRelativeRangeOptionLabel: 'Other',
  customRelativeRangeOptionDescription: 'Back from now',
  customRelativeRangeUnitLabel: 'Unit',
  formatRelativeRange: (value) => {
    const range = toRange(value);
    return range ? describeRange(range, stamp) : '';
  },
  formatUnit: (unit, value) => (value === 1 ? unit : `${unit}s`),
  dateTimeConstraintText: 'Hours from 00:00:00 to 23:59:59, local time.',
  relativeModeTitle: 'Back from now',
  absoluteModeTitle: 'From and to',
  relativeRangeSelectionHeading: 'Length',
  startDateLabel: 'Start date',
  endDateLabel: 'End date',
  startTimeLabel: 'Start time',
  endTimeLabel: 'End time',
  clearButtonLabel: 'Clear',
  cancelButtonLabel: 'Cancel',
  applyButtonLabel: 'Apply',
};
