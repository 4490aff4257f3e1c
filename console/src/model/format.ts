/** Texts for durations, times, sizes and counts, the same on every page. */

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** A duration in milliseconds: `0 ms`, `7.2 ms`, `396 ms`, `4.02 s`, `2 m 05 s`, `3 h 12 m`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms < 0.05) return '0 ms';
  if (ms < 10) return `${trim(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trim((ms / 1000).toFixed(ms < 10_000 ? 2 : 1))} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Local time of an instant in ms: `14:03:07.120`, with the date where it is another day. */
export function clock(ms: number, now: number, precise = false): string {
  const at = new Date(ms);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  const text = precise ? `${time}.${pad(at.getMilliseconds(), 3)}` : time;
  return at.toDateString() === new Date(now).toDateString() ? text : `${day(at)} ${text}`;
}

/** `2026-11-20 14:03:07` in local time. */
export function stamp(ms: number, precise = false): string {
  const at = new Date(ms);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  return `${day(at)} ${time}${precise ? `.${pad(at.getMilliseconds(), 3)}` : ''}`;
}

function day(at: Date): string {
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function ago(ms: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - ms) / 1000));
  if (seconds < 3) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}

/** `512 B`, `1.4 KB`, `3.2 MB`. */
export function bytes(size: number | undefined): string {
  if (size === undefined) return '–';
  if (size < 1024) return `${size} B`;
  const kb = size / 1024;
  return kb < 1024 ? `${trim(kb.toFixed(1))} KB` : `${trim((kb / 1024).toFixed(1))} MB`;
}

/** `1,204`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `0.4`, `12`, `1.2k`: rates on a map node. */
export function rate(value: number): string {
  if (value >= 1000) return `${trim((value / 1000).toFixed(1))}k`;
  return value >= 10 || value === 0 ? String(Math.round(value)) : trim(value.toFixed(1));
}

/** A share of 1 as `11%`, `0.4%`, `<0.1%`. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${Math.round(value)}%`;
  return value < 0.1 ? '<0.1%' : `${trim(value.toFixed(1))}%`;
}

/** The last part of an ARN or path, for labels. */
export function lastPart(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf(':'), arn.lastIndexOf('/')) + 1);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
