/** The server's own paths under /console and /_steplight, put together. */
import { consoleHandler } from '../edge/console-api.ts';
import { callHandler } from '../edge/http/call-api.ts';
import { ConsoleFiles } from '../edge/http/files.ts';
import type { ConsoleFeed } from '../edge/http/sse.ts';
import type { EventStream } from '../edge/http/status-changes.ts';
import type { JsonObject } from '../ground/json.ts';
import type { ExecutionReads } from '../service/ports/executions.ts';
import type { Config } from './config.ts';
import type { Listener } from './outside.ts';
import { packageFile } from './package-file.ts';

interface Deps {
  readonly config: Config;
  readonly listener: Listener;
  readonly feed: ConsoleFeed;
  readonly stream: EventStream;
  readonly executions: ExecutionReads;
  health(): Promise<JsonObject>;
}

export function consoleRoutes(deps: Deps): ReturnType<typeof consoleHandler> {
  const { account, region, console: shown } = deps.config;
  const { dispatcher, guard, bodySizeBytesMax, tools } = deps.listener;
  const call = callHandler({ dispatcher, guard, account, region, bodySizeBytesMax, tools });
  const others = consoleHandler({
    account,
    region,
    guard,
    feed: deps.feed,
    stream: deps.stream,
    health: () => deps.health(),
    files: shown ? new ConsoleFiles(packageFile('dist', 'console')) : undefined,
    executions: deps.executions,
  });
  return async (request, response) =>
    (shown && (await call(request, response))) || others(request, response);
}
