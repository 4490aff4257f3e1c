/** Which operations exist and which have a handler: the README's table, made from the code. */
import type { HandlerTable } from './dispatch.ts';
import type { Catalog } from './route.ts';

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
        implemented: !operation.eventStream && services[service.id]?.[operation.name] !== undefined,
      }))
      .sort((a, b) => (a.operation < b.operation ? -1 : 1)),
  );
}

/** The rows as a Markdown table. */
export function coverageTable(rows: readonly CoverageRow[]): string {
  const lines = rows.map(
    (row) => `| ${row.serviceName} | ${row.operation} | ${row.implemented ? 'yes' : 'no'} |`,
  );
  return ['| Service | Operation | Implemented |', '| --- | --- | --- |', ...lines].join('\n');
}
