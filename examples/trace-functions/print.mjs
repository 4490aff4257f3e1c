/** Text tables and a text rendering of a service graph for a terminal. */

export function printTable(head, rows) {
  const width = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column]).length)),
  );
  const line = (cells) =>
    cells
      .map((cell, i) => String(cell).padEnd(width[i]))
      .join('  ')
      .trimEnd();
  console.log(line(head));
  console.log(width.map((length) => '─'.repeat(length)).join('  '));
  for (const row of rows) console.log(line(row));
}

/** One row per node: calls, ok, error, fault, throttle and average latency; callers first. */
export function printMap(services) {
  const byId = new Map(services.map((service) => [service.ReferenceId, service]));
  const targets = new Set(services.flatMap((s) => (s.Edges ?? []).map((edge) => edge.ReferenceId)));
  const rows = [];
  const seen = new Set();
  const visit = (service, depth) => {
    if (seen.has(service.ReferenceId)) return;
    seen.add(service.ReferenceId);
    rows.push(rowOf(service, depth));
    for (const edge of service.Edges ?? []) {
      const target = byId.get(edge.ReferenceId);
      if (target) visit(target, depth + 1);
    }
  };
  for (const service of services) if (!targets.has(service.ReferenceId)) visit(service, 0);
  for (const service of services) visit(service, 0);
  printTable(['node', 'type', 'calls', 'ok', 'error', 'fault', 'throttle', 'avg'], rows);
}

function rowOf(service, depth) {
  const name = `${'  '.repeat(depth)}${depth ? '└ ' : ''}${service.Name}`;
  const s = service.SummaryStatistics;
  if (!s) return [name, service.Type ?? '', '', '', '', '', '', ''];
  const throttle = s.ErrorStatistics?.ThrottleCount ?? 0;
  const error = (s.ErrorStatistics?.TotalCount ?? 0) - throttle;
  const average = s.TotalCount ? (s.TotalResponseTime / s.TotalCount) * 1000 : 0;
  return [
    name,
    service.Type ?? '',
    s.TotalCount ?? 0,
    s.OkCount ?? 0,
    error,
    s.FaultStatistics?.TotalCount ?? 0,
    throttle,
    average >= 1000 ? `${(average / 1000).toFixed(2)} s` : `${Math.round(average)} ms`,
  ];
}
