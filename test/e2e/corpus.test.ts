import { join } from 'node:path';
import { expect, it } from 'vitest';
import { corpusMissing, runCorpus } from '../support/corpus.ts';
import { startServer, temporaryFolder } from '../support/server.ts';

/** Cases that passed when this was last raised; these numbers only go up. */
const PASSED: Readonly<Record<string, number>> = {
  activities: 4,
  'api-activities': 19,
  'api-aliases': 8,
  'api-core': 17,
  'api-express': 3,
  'api-logging-config': 9,
  'api-tags': 9,
  'api-variable-references': 8,
  'api-versions': 13,
  'base-states': 15,
  callbacks: 1,
  'catch-error-output': 5,
  'choice-operators': 24,
  'choice-scenarios': 5,
  'context-object': 3,
  credentials: 2,
  'definition-errors': 1,
  'definition-errors-label': 39,
  'express-sync': 1,
  'intrinsic-functions': 12,
  'jsonata-arguments': 2,
  'jsonata-fields': 10,
  'jsonata-functions': 3,
  'jsonata-output': 6,
  'lambda-tasks': 7,
  logging: 3,
  'map-distributed': 16,
  'map-inline': 22,
  'nested-sync': 2,
  parallel: 2,
  'query-language': 9,
  'retry-catch-errors': 15,
  'scenarios-misc': 8,
  teststate: 37,
  'teststate-config': 17,
  'teststate-context': 8,
  'teststate-mock': 32,
  'timeouts-heartbeats': 2,
  'validate-definition': 4,
  'variables-assign': 14,
  wait: 14,
};

const missing = corpusMissing();
if (missing) console.log(`skipped: ${missing}`);

it.skipIf(missing !== undefined)(
  'answers as AWS was recorded to answer',
  async () => {
    const folder = temporaryFolder();
    const server = await startServer(join(folder.path, 'data'));
    try {
      const report = join(folder.path, 'report.json');
      const categories = await runCorpus(server.url, report, 12);
      const fewer: string[] = [];
      for (const [category, passed] of Object.entries(PASSED)) {
        const now = categories.get(category);
        if ((now?.passed ?? 0) >= passed) continue;
        fewer.push(`${category}: ${now?.passed ?? 0} of ${passed}`, ...(now?.failed ?? []));
      }
      expect(fewer).toEqual([]);
    } finally {
      await server.stop();
      folder.remove();
    }
  },
  180_000,
);
