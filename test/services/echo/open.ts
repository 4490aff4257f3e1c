/** The toy in a house: two operations, a task, a health line, and texts that are kept for a while. */
import type { JsonObject } from '../../../src/ground/json.ts';
import type { AwsService, House } from '../../../src/service/aws-service.ts';
import type { TaskRun } from '../../../src/service/ports/tasks.ts';

const INSERT = 'INSERT INTO echo_said (text, at) VALUES ($1, $2)';
const PRUNE = 'DELETE FROM echo_said WHERE at < $1';

export function openEcho(house: House, own: { readonly days: number }): AwsService {
  const { databases, clock } = house;
  let pruned = 0;
  const write = (sql: string, ...params: (string | number)[]) =>
    databases.main.write({ guards: 0, statements: [{ sql, params }] });
  const texts = async (): Promise<string[]> => {
    const rows = await databases.main.read('SELECT text FROM echo_said ORDER BY id', []);
    return rows.map(({ text }) => String(text));
  };
  const say = async (text: string): Promise<number> => {
    await write(INSERT, text, clock.now());
    return (await texts()).length;
  };
  return {
    handlers: {
      Say: async ({ Text }: { Text: string }) => ({ Number: await say(Text) }),
      Listen: async () => ({ Texts: await texts() }),
    },
    // Definitions can name what AWS has and nothing else, so the toy plays the part of a topic.
    tasks: [
      {
        matches: (resource) => resource === 'arn:aws:states:::sns:publish',
        onLost: 'fail',
        async run({ order }: TaskRun) {
          const { Message } = JSON.parse(order.parameters) as { Message: string };
          return { type: 'Succeeded', output: JSON.stringify({ Number: await say(Message) }) };
        },
      },
    ],
    kept: [
      {
        what: 'texts',
        days: own.days,
        async prune(before) {
          pruned++;
          await write(PRUNE, before);
          return 0;
        },
      },
    ],
    health: async (): Promise<JsonObject> => ({ texts: (await texts()).length, pruned }),
  };
}
