/** The time range of a page, kept in its address: back from now, or between two times. */
import { type ReactNode, useMemo, useState } from 'react';
import { stamp } from '../../model/format.ts';
import {
  describeRange,
  parseRange,
  printRange,
  rangeProblem,
  resolveRange,
  type TimeRange,
  type Window,
} from '../../model/range.ts';
import { useAddress, usePatch } from '../page/address.ts';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import { FieldError } from './labelled.tsx';
import { Menu } from './menu.tsx';
import './range-picker.css';

const MINUTES = [5, 15, 60, 180, 360, 1440, 10_080] as const;
const UNITS = [
  { text: 'minutes', minutes: 1 },
  { text: 'hours', minutes: 60 },
  { text: 'days', minutes: 1440 },
] as const;

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
  const text = describeRange(range, stamp);
  return (
    <Menu
      label={`Time range: ${text}`}
      className="button"
      summary={
        <>
          <Icon name="clock" size={14} />
          {text}
        </>
      }
    >
      {(close) => {
        const choose = (next: TimeRange): void => {
          patch({ timeRange: printRange(next) });
          close();
        };
        return (
          <div className="ranges" data-testid="ranges">
            <Relative range={range} minutesMax={minutesMax} onChoose={choose} />
            <Between range={range} minutesMax={minutesMax} onChoose={choose} />
          </div>
        );
      }}
    </Menu>
  );
}

interface PartProps {
  readonly range: TimeRange;
  readonly minutesMax: number;
  readonly onChoose: (range: TimeRange) => void;
}

function Relative({ range, minutesMax, onChoose }: PartProps): ReactNode {
  const [amount, setAmount] = useState('30');
  const [unit, setUnit] = useState<number>(1);
  const own: TimeRange = { kind: 'relative', minutes: Math.round(Number(amount) * unit) };
  const problem = rangeProblem(own, minutesMax);
  return (
    <section>
      <h3>Back from now</h3>
      {MINUTES.filter((minutes) => minutes <= minutesMax).map((minutes) => (
        <button
          key={minutes}
          type="button"
          className="choice"
          aria-pressed={range.kind === 'relative' && range.minutes === minutes}
          onClick={() => onChoose({ kind: 'relative', minutes })}
        >
          {describeRange({ kind: 'relative', minutes }, stamp)}
        </button>
      ))}
      <div className="row">
        <span>Last</span>
        <input
          type="number"
          min={1}
          aria-label="Length"
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
        />
        <select
          aria-label="Unit"
          value={unit}
          onChange={(event) => setUnit(Number(event.currentTarget.value))}
        >
          {UNITS.map(({ text, minutes }) => (
            <option key={text} value={minutes}>
              {text}
            </option>
          ))}
        </select>
        <Button isDisabled={problem !== undefined} onClick={() => onChoose(own)}>
          Apply
        </Button>
      </div>
      <FieldError text={problem} />
    </section>
  );
}

/** The browser's own fields; their texts are local time to the second. */
function Between({ range, minutesMax, onChoose }: PartProps): ReactNode {
  const window = resolveRange(range, Date.now());
  const [from, setFrom] = useState(() => localText(window.from));
  const [to, setTo] = useState(() => localText(window.to));
  const own: TimeRange = { kind: 'absolute', from: Date.parse(from), to: Date.parse(to) };
  const problem = rangeProblem(own, minutesMax);
  return (
    <section>
      <h3>Between two times</h3>
      <label>
        From
        <input
          type="datetime-local"
          step={1}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      <label>
        To
        <input
          type="datetime-local"
          step={1}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <FieldError text={problem} />
      <Button isDisabled={problem !== undefined} onClick={() => onChoose(own)}>
        Apply
      </Button>
    </section>
  );
}

const localText = (ms: number): string => stamp(ms).replace(' ', 'T');
