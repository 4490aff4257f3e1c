/** The console's server side, put together: files, read routes, live feed, health. */

import { consoleHandler } from '../../edge/console-api.ts';
import { callHandler } from '../../edge/http/call-api.ts';
import { ConsoleFiles } from '../../edge/http/files.ts';
import type { HttpGuard } from '../../edge/http/guard.ts';
import { ConsoleFeed } from '../../edge/http/sse.ts';
import type { EventStream } from '../../edge/http/status-changes.ts';
import type { JsonObject } from '../../ground/json.ts';
import type { Tools } from '../../ground/tools.ts';
import type { Projector } from '../../service/ports/projector.ts';
import type { Dispatcher } from '../../wire/dispatch.ts';
import type { Config } from '../config.ts';
import { packageFile } from '../package-file.ts';
import type { Storage } from '../storage.ts';
import type { StatesParts } from './states.ts';

/** Tells open pages about executions; the records themselves are read through the routes. */
export function feedWatcher(feed: ConsoleFeed): Projector {
  return {
    project(head, records) {
      if (feed.clients === 0) return;
      feed.publish('history', head.arn);
      const opened = records.some(({ id, type }) => id === 1 || type === 'ExecutionRedriven');
      if (opened || head.status !== 'RUNNING') {
        feed.publish('execution', head.arn, { status: head.status, machine: head.machineArn });
      }
    },
  };
}

interface Deps {
  readonly config: Config;
  readonly storage: Storage;
  readonly states: StatesParts;
  readonly dispatcher: Dispatcher;
  readonly guard: HttpGuard;
  readonly feed: ConsoleFeed;
  readonly stream: EventStream;
  readonly health: () => Promise<JsonObject>;
  readonly tools: Tools;
  readonly bodySizeBytesMax: number;
}

/** Routes under /console and /_steplight. */
export function consoleRoutes(deps: Deps): ReturnType<typeof consoleHandler> {
  const { config, storage, states, dispatcher, guard, feed, tools, bodySizeBytesMax } = deps;
  const { account, region } = config;
  const call = callHandler({ dispatcher, guard, account, region, bodySizeBytesMax, tools });
  const console = consoleHandler({
    account,
    region,
    guard,
    feed,
    stream: deps.stream,
    health: deps.health,
    files: config.console ? new ConsoleFiles(packageFile('dist', 'console')) : undefined,
    executions: {
      // The ledger on disk knows the Express executions too; their histories are in memory.
      list: (query) => storage.executions.list(query),
      headByArn: (arn) => storage.executions.headByArn(arn),
      async history(head, page) {
        if (head.type === 'STANDARD') return storage.executions.history(head.id, page);
        const own = await states.expressStore.headByArn(head.arn);
        return own ? states.expressStore.history(own.id, page) : [];
      },
      definition: (head) => states.catalog.definition(head.definitionHash),
    },
  });
  return async (request, response) =>
    (config.console && (await call(request, response))) || console(request, response);
}

export function consoleFeed(storage: Storage): ConsoleFeed {
  const feed = new ConsoleFeed();
  storage.traces.onChange(({ traceIds }) => {
    if (feed.clients === 0) return;
    for (const id of traceIds) feed.publish('trace', id);
  });
  return feed;
}
