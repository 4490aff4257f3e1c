/** Lambda prints `2026-11-20T10:00:00.000+0000`, which not every browser reads. */
export function parseModified(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Date.parse(text.replace(/\+0000$/, 'Z'));
  return Number.isNaN(value) ? undefined : value;
}
