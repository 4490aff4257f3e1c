/** An engine's surroundings for tests: time that a test moves, integrations that a test answers. */

import { createHash } from 'node:crypto';
import { ManualClock as BareClock } from '../../../test/support/clock.ts';
import { compileMachine } from '../../asl/compile.ts';
import type { Machine } from '../../asl/machine.ts';
import { AWS_LIMITS } from '../../execution/limits.ts';
import type { Json } from '../../ground/json.ts';
import type { Logger } from '../../ground/log.ts';
import type { Instant } from '../../ground/time.ts';
import type { Clock, Tools } from '../../ground/tools.ts';
import type { Integration, TaskOutcome, TaskRun } from '../ports/tasks.ts';
import type { EngineDeps, NewExecution } from './engine.ts';

export class ManualClock extends BareClock {
  /** What is due at once waits like everything else. */
  constructor(start: Instant = 1_700_000_000_000) {
    super(start, () => {});
  }

  /** Moves on by `ms`, with every wake on the way, and lets what follows settle. */
  async pass(ms: number): Promise<void> {
    const until = this.now() + ms;
    for (;;) {
      await settle();
      const { next } = this;
      if (next === undefined || next > until) break;
      this.tick();
    }
    this.advance(until - this.now());
    await settle();
  }
}

/** Lets promises that need no time go as far as they can. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

export function testTools(clock: Clock): Tools {
  let uuids = 0;
  const names = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384' } as const;
  return {
    now: () => clock.now(),
    random: () => 0.5,
    uuid: () => `00000000-0000-4000-8000-${String(++uuids).padStart(12, '0')}`,
    digest: (algorithm, text) => {
      const name = algorithm === 'SHA-512' ? 'sha512' : names[algorithm];
      return createHash(name).update(text).digest('hex');
    },
  };
}

export interface LoggedLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: unknown;
}

/** Keeps what is said, so that a test can insist on silence. */
export function testLog(lines: LoggedLine[] = []): Logger & { readonly lines: LoggedLine[] } {
  const say = (level: keyof Logger) => (message: string, fields?: unknown) => {
    lines.push({ level, message, fields });
  };
  return { lines, error: say('error'), warn: say('warn'), info: say('info'), debug: say('debug') };
}

/** Answers tasks as a test says; remembers every run. */
export class TestIntegration implements Integration {
  readonly onLost: 'fail' | 'rerun';
  readonly runs: TaskRun[] = [];
  answer: (task: TaskRun) => Promise<TaskOutcome> | TaskOutcome = ({ order }) => ({
    type: 'Succeeded',
    output: order.parameters,
  });

  constructor(onLost: 'fail' | 'rerun' = 'fail') {
    this.onLost = onLost;
  }

  matches(resource: string): boolean {
    return resource.includes(':lambda:');
  }

  async run(task: TaskRun): Promise<TaskOutcome> {
    this.runs.push(task);
    return this.answer(task);
  }
}

export const PLACE = { account: '000000000000', region: 'us-east-1' } as const;
export const TASK = 'arn:aws:states:::lambda:invoke';
export const CALLBACK = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
const STATES = `arn:aws:states:${PLACE.region}:${PLACE.account}`;

/** Definitions by a hash of their own. */
export class TestMachines {
  readonly #machines = new Map<string, Machine>();

  add(definition: Json): string {
    const hash = `h${this.#machines.size + 1}`;
    this.#machines.set(hash, compileMachine(JSON.stringify(definition)));
    return hash;
  }

  machine(hash: string): Machine {
    return this.#machines.get(hash)!;
  }
}

export function newExecution(
  name: string,
  definitionHash: string,
  startedAt: Instant,
  more: Partial<NewExecution> = {},
): NewExecution {
  return {
    ...PLACE,
    arn: `${STATES}:execution:m:${name}`,
    name,
    machineArn: `${STATES}:stateMachine:m`,
    machineName: 'm',
    type: 'STANDARD',
    roleArn: `arn:aws:iam::${PLACE.account}:role/r`,
    definitionHash,
    input: '{}',
    startedAt,
    tracingEnabled: false,
    ...more,
  };
}

export type GivenEngine = Partial<Omit<EngineDeps, 'integrations'>> & {
  readonly integrations?: readonly Integration[];
};

/** What most tests give an engine. */
export function engineDeps({
  integrations = [],
  ...given
}: Pick<EngineDeps, 'store'> & GivenEngine): EngineDeps {
  const clock = given.clock ?? new ManualClock();
  const machines = new TestMachines();
  return {
    clock,
    tools: testTools(clock),
    log: testLog(),
    integrations: { of: (resource) => integrations.find((one) => one.matches(resource)) },
    projectors: [],
    watchers: [],
    epoch: 1,
    limits: AWS_LIMITS,
    machine: (hash) => machines.machine(hash),
    evaluate: () => Promise.reject(new Error('no JSONata in this test')),
    ...given,
  };
}
