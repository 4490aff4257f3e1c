/** What Step Functions needs of this machine: threads, a folder of objects, the console's feed. */
import { join } from 'node:path';
import { DefinitionThreads } from '../../edge/definitions.ts';
import { Expressions } from '../../edge/expressions.ts';
import type { ConsoleFeed } from '../../edge/http/sse.ts';
import { objectFolder } from '../../edge/object-folder.ts';
import { resultModels } from '../../edge/result-models.ts';
import { nextTurn } from '../../edge/system.ts';
import type { Projector } from '../../service/ports/projector.ts';
import type { StatesOwn } from '../../service/states/open.ts';
import type { Outside } from '../outside.ts';
import { skipsOf } from '../time.ts';

export function statesOwn(outside: Outside): StatesOwn {
  const { config, folder, house, models, time, feed } = outside;
  const expressions = new Expressions();
  return {
    integrations: outside.integrations,
    definitions: (services) => new DefinitionThreads(models, services),
    expressions: {
      start: () => expressions.start(),
      stop: () => expressions.stop(),
      evaluate: (request) => expressions.evaluate(request, house.tools),
    },
    objects: objectFolder(join(folder, 'objects')),
    results: resultModels(),
    mocks: outside.mocks,
    skips: time.virtual && skipsOf(time.virtual, () => outside.busy()),
    watchers: [feedWatcher(feed)],
    traceAll: config.tracing === 'all',
    redeliver: config.onLostTask === 'redeliver',
    drainMs: config.stopTimeoutSeconds * 1000,
    pause: nextTurn,
  };
}

/** Tells open pages about executions; the records themselves are read through the routes. */
function feedWatcher(feed: ConsoleFeed): Projector {
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
