import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../edge/virtual-clock.ts';
import { memoryExecutionStore } from '../../store/executions/memory.ts';
import { Engine } from './engine.ts';
import {
  CALLBACK,
  engineDeps,
  ManualClock,
  newExecution,
  settle,
  TASK,
  TestIntegration,
  TestMachines,
} from './testing.ts';
import { TimeSkips } from './time-skips.ts';

/** What executions see; skips are counted. */
class Leaping extends VirtualClock {
  readonly timeSkips: number[] = [];

  override skipTo(at: number): void {
    this.timeSkips.push(Math.round((at - this.now()) / 1000));
    super.skipTo(at);
  }
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function world(definition: object) {
  const real = new ManualClock();
  const clock = new Leaping(real);
  const store = memoryExecutionStore();
  const machines = new TestMachines();
  const integration = new TestIntegration();
  const machine = (hash: string) => machines.machine(hash);
  let stuck = 0;
  const engine = new Engine({
    ...engineDeps({ store, clock, integrations: [integration] }),
    machine,
    watchers: [{ project: () => timeSkips.sign() }],
  });
  const { log } = engineDeps({ store });
  const timeSkips: TimeSkips = new TimeSkips({
    ...{ real, clock, stores: [store], log, machine, quietMs: 5, patienceMs: 1_000 },
    busy: () => engine.counts.tasks > 0 || engine.counts.deciding > 0,
    stuck: () => {
      stuck++;
    },
  });
  await engine.start();
  await timeSkips.start();
  stops.push(
    () => timeSkips.stop(),
    () => engine.stop(),
  );
  const hash = machines.add(JSON.parse(JSON.stringify(definition)));
  const begin = (name = 'e') => engine.begin(newExecution(name, hash, clock.now()));
  const status = async (id: number) => (await store.load(id))!.head.status;
  return { clock, real, engine, integration, begin, status, stuck: () => stuck };
}

const flow = (states: Record<string, object>, more: object = {}) => ({
  StartAt: Object.keys(states)[0],
  States: states,
  ...more,
});
const DAY_S = 86_400;

describe('TimeSkips', () => {
  it('skips waits, one after the other, and stays where nothing waits', async () => {
    const { clock, real, begin, status, stuck } = await world(
      flow({
        A: { Type: 'Wait', Seconds: 300 * DAY_S, Next: 'B' },
        B: { Type: 'Wait', Seconds: 60, End: true },
      }),
    );
    const { id } = await begin();
    await real.pass(50);
    expect(await status(id)).toBe('SUCCEEDED');
    expect(clock.timeSkips).toEqual([300 * DAY_S, 60]);
    expect(stuck()).toBeGreaterThan(0);
  });

  it('does not leap while a task runs', async () => {
    const { clock, real, begin, status, integration } = await world(
      flow({
        P: {
          Type: 'Parallel',
          Branches: [
            flow({ W: { Type: 'Wait', Seconds: DAY_S, End: true } }),
            flow({ T: { Type: 'Task', Resource: TASK, End: true } }),
          ],
          End: true,
        },
      }),
    );
    let answer!: () => void;
    integration.answer = () =>
      new Promise((resolve) => {
        answer = () => resolve({ type: 'Succeeded', output: '1' });
      });
    const { id } = await begin();
    await real.pass(500);
    expect(clock.timeSkips).toEqual([]);
    answer();
    await settle();
    await real.pass(50);
    expect(await status(id)).toBe('SUCCEEDED');
    expect(clock.timeSkips).toHaveLength(1);
  });

  const callback = (more: object) =>
    flow({ T: { Type: 'Task', Resource: CALLBACK, End: true, ...more } });

  it('gives others their time before a timeout', async () => {
    const { clock, real, begin, status, integration } = await world(
      callback({ TimeoutSeconds: DAY_S }),
    );
    integration.answer = () => ({ type: 'Submitted', output: '{}' });
    const { id } = await begin();
    await real.pass(990);
    expect(clock.timeSkips).toEqual([]);
    await real.pass(50);
    expect(await status(id)).toBe('FAILED');
  });

  it("skips to a definition's own TimeoutSeconds, never to the longest time there is", async () => {
    const submitted = () => ({ type: 'Submitted', output: '{}' }) as const;
    const own = await world({ ...callback({}), TimeoutSeconds: 60 });
    own.integration.answer = submitted;
    const first = await own.begin();
    await own.real.pass(1_100);
    expect(await own.status(first.id)).toBe('TIMED_OUT');
    const none = await world(callback({}));
    none.integration.answer = submitted;
    const second = await none.begin();
    await none.real.pass(10_000);
    expect(await none.status(second.id)).toBe('RUNNING');
    expect(none.clock.timeSkips).toEqual([]);
    expect(none.stuck()).toBeGreaterThan(0);
  });
});
