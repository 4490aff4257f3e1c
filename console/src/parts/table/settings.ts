/** Which columns of a table are shown and how wide, kept in the browser for the next visit. */
import { useState, useSyncExternalStore } from 'react';

export interface TableSettings {
  readonly hidden: readonly string[];
  /** Pixels by column. */
  readonly widths: Readonly<Record<string, number>>;
}

const NONE: TableSettings = { hidden: [], widths: {} };
const COLUMN_PX_MIN = 56;
const COLUMN_PX_MAX = 900;

export function useTableSettings(table: string) {
  const key = `steplight.table.${table}`;
  const [settings, setSettings] = useState(() => read(key));
  const change = (patch: Partial<TableSettings>): void => {
    const next = { ...settings, ...patch };
    localStorage.setItem(key, JSON.stringify(next));
    setSettings(next);
  };
  return {
    ...settings,
    toggle(column: string): void {
      const isHidden = settings.hidden.includes(column);
      const others = settings.hidden.filter((one) => one !== column);
      change({ hidden: isHidden ? others : [...others, column] });
    },
    resize(column: string, px: number): void {
      const width = Math.round(Math.min(COLUMN_PX_MAX, Math.max(COLUMN_PX_MIN, px)));
      change({ widths: { ...settings.widths, [column]: width } });
    },
  };
}

function read(key: string): TableSettings {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<TableSettings>;
    return { ...NONE, ...kept };
  } catch {
    // Of another version, or another program on this port.
    return NONE;
  }
}

const narrow = window.matchMedia('(max-width: 1080px)');

/** True where the window has no room for what a table can do without. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      narrow.addEventListener('change', onChange);
      return () => narrow.removeEventListener('change', onChange);
    },
    () => narrow.matches,
  );
}
