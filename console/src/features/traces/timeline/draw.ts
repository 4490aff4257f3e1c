/** Draws the bars of the rows in sight. No layout is read but the canvas's own size. */
import type { Span } from '../../../model/trace.ts';

export interface DrawInput {
  readonly rows: readonly Span[];
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly selected: string | undefined;
  readonly rowPx: number;
  readonly scrollTop: number;
  readonly height: number;
  /** Shares of the width. */
  readonly drag: { readonly from: number; readonly to: number } | undefined;
  readonly isDark: boolean;
  /** Instants of the axis. */
  readonly ticks: readonly number[];
}

const SERVICE_COLORS = {
  light: ['#5b7fd1', '#3a9aa8', '#7d8fb8', '#6d6fc9', '#4f93c9', '#5f9f86', '#8a86b5', '#66839c'],
  dark: ['#7d9bea', '#57b8c4', '#97a7cc', '#9193ec', '#6fb0e6', '#79bfa2', '#a9a5d6', '#86a4bf'],
};
const BAR_PX = 13;
const BAR_MIN_PX = 2;
const NOTE_FONT = '11px';

interface Ink {
  readonly text: string;
  readonly line: string;
  readonly selected: string;
  readonly font: string;
  readonly status: Readonly<Record<string, string>>;
}

export function drawTimeline(canvas: HTMLCanvasElement, input: DrawInput): void {
  const width = canvas.clientWidth;
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(input.height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.height = `${input.height}px`;
  }
  const pen = canvas.getContext('2d');
  if (!pen || width === 0) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, input.height);
  const ink = inkOf(canvas);
  pen.font = `${NOTE_FONT} ${ink.font}`;
  pen.textBaseline = 'middle';
  drawGrid(pen, width, input, ink);
  const colors = serviceColors(input);
  const first = Math.max(0, Math.floor(input.scrollTop / input.rowPx));
  const last = Math.min(input.rows.length, first + Math.ceil(input.height / input.rowPx) + 1);
  for (let index = first; index < last; index++) {
    const row = input.rows[index]!;
    const top = index * input.rowPx - input.scrollTop;
    if (row.id === input.selected) {
      pen.fillStyle = ink.selected;
      pen.fillRect(0, top, width, input.rowPx);
    }
    drawBar(pen, row, top, width, input, ink, colors.get(row.service) ?? ink.text);
  }
  if (input.drag) {
    const left = Math.min(input.drag.from, input.drag.to) * width;
    pen.globalAlpha = 0.18;
    pen.fillStyle = ink.status.pending!;
    pen.fillRect(left, 0, Math.abs(input.drag.to - input.drag.from) * width, input.height);
    pen.globalAlpha = 1;
  }
}

function inkOf(canvas: HTMLCanvasElement): Ink {
  const style = getComputedStyle(canvas);
  const token = (name: string): string => style.getPropertyValue(`--sl-${name}`).trim();
  return {
    text: token('text-2'),
    line: token('border-soft'),
    selected: token('accent-soft'),
    font: style.fontFamily,
    status: {
      fault: token('ring-fault'),
      error: token('ring-error'),
      throttle: token('ring-throttle'),
      pending: token('running'),
    },
  };
}

function drawGrid(pen: CanvasRenderingContext2D, width: number, input: DrawInput, ink: Ink): void {
  pen.fillStyle = ink.line;
  for (const tick of input.ticks) {
    const x = Math.round(((tick - input.from) / (input.to - input.from)) * width);
    pen.fillRect(x, 0, 1, input.height);
  }
}

function serviceColors(input: DrawInput): Map<string, string> {
  const palette = input.isDark ? SERVICE_COLORS.dark : SERVICE_COLORS.light;
  const colors = new Map<string, string>();
  for (const row of input.rows) {
    if (!colors.has(row.service)) colors.set(row.service, palette[colors.size % palette.length]!);
  }
  return colors;
}

function drawBar(
  pen: CanvasRenderingContext2D,
  row: Span,
  top: number,
  width: number,
  input: DrawInput,
  ink: Ink,
  color: string,
): void {
  const scale = width / (input.to - input.from);
  const end = row.end ?? Math.max(input.now, row.start);
  const x = (row.start - input.from) * scale;
  const right = (end - input.from) * scale;
  const wide = Math.max(BAR_MIN_PX, right - x);
  if (right >= 0 && x <= width) {
    const y = top + (input.rowPx - BAR_PX) / 2;
    pen.fillStyle = ink.status[row.status] ?? color;
    pen.globalAlpha = row.isSegment || row.status !== 'ok' ? 1 : 0.72;
    pen.beginPath();
    pen.roundRect(Math.max(x, -4), y, Math.min(wide, width + 8 - Math.max(x, -4)), BAR_PX, 2.5);
    pen.fill();
    pen.globalAlpha = 1;
    if (row.end === undefined)
      hatch(pen, Math.max(x, 0), y, Math.min(right, width) - Math.max(x, 0));
  }
  if (row.note) drawNote(pen, row.note, x, x + wide, top + input.rowPx / 2, width, ink);
}

function hatch(pen: CanvasRenderingContext2D, x: number, y: number, wide: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, wide, BAR_PX);
  pen.clip();
  pen.strokeStyle = 'rgb(255 255 255 / 45%)';
  pen.lineWidth = 2;
  for (let at = x - BAR_PX; at < x + wide; at += 8) {
    pen.beginPath();
    pen.moveTo(at, y + BAR_PX);
    pen.lineTo(at + BAR_PX, y);
    pen.stroke();
  }
  pen.restore();
}

/** Beside the bar where there is room, on its left where there is none on its right. */
function drawNote(
  pen: CanvasRenderingContext2D,
  note: string,
  left: number,
  right: number,
  y: number,
  width: number,
  ink: Ink,
): void {
  const text = note.length > 60 ? `${note.slice(0, 59)}…` : note;
  const size = pen.measureText(text).width;
  pen.fillStyle = ink.text;
  if (right + 6 + size < width) pen.fillText(text, Math.max(right + 6, 2), y);
  else if (left - 6 - size > 0) pen.fillText(text, Math.min(left, width) - 6 - size, y);
}
