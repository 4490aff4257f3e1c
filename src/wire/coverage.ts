/** Which operations exist and which have a handler: the README's table, made from the code. */
import type { Catalog } from './catalog.ts';
import type { HandlerTable } from './dispatch.ts';

export interface CoverageRow {
  readonly service: string;
  readonly serviceName: string;
  readonly operation: string;
  readonly implemented: boolean;
}

/** One row for every operation of every model, by service and name. */
export function coverageRows(
  catalog: Catalog,
  services: Readonly<Record<string, HandlerTable>>,
): CoverageRow[] {
  return [...catalog.services.values()].flatMap((service) =>
    [...service.operations.values()]
      .map((operation) => ({
        service: service.id,
        serviceName: service.fullName,
        operation: operation.name,
        implemented: services[service.id]?.[operation.name] !== undefined,
      }))
      .sort((a, b) => (a.operation < b.operation ? -1 : 1)),
  );
}

/** The rows as a Markdown table, one line per service: what is there, and what is not. */
export function coverageTable(rows: readonly CoverageRow[]): string {
  const names = [...new Set(rows.map((row) => row.serviceName))];
  const lines = names.map((name) => {
    const own = rows.filter((row) => row.serviceName === name);
    const list = (implemented: boolean): string =>
      own
        .filter((row) => row.implemented === implemented)
        .map((row) => row.operation)
        .join(', ') || '–';
    const count = own.filter((row) => row.implemented).length;
    return `| ${name} (${count} of ${own.length}) | ${list(true)} | ${list(false)} |`;
  });
  return ['| Service | Implemented | Not implemented |', '| --- | --- | --- |', ...lines].join(
    '\n',
  );
}
