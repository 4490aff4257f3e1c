/** A real server on a virtual clock, and what tests of the language do with it, in few words. */
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { startServer, type TestServer, temporaryFolder } from './server.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/test';
export const STATES = 'arn:aws:states:us-east-1:000000000000';

type Json = unknown;
type MachineOptions = Partial<Omit<CreateStateMachineCommandInput, 'definition'>>;

export interface Run {
  readonly executionArn: string;
  readonly status: string;
  /** Parsed; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the machine gave
  readonly output: any;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly events: readonly HistoryEvent[];
  /** `id<-previous Type` of every event. */
  readonly chain: readonly string[];
  readonly types: readonly string[];
}

/** Headers that count as signed. */
export const SIGNED: Readonly<Record<string, string>> = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/states/aws4_request, ' +
    'SignedHeaders=host;x-amz-date, Signature=00',
  'x-amz-date': '20260101T000000Z',
};

/** That a call is refused by this error, with this text where one is given. */
export const refused = (call: Promise<unknown>, name: string, message?: string): Promise<void> =>
  expect(call).rejects.toMatchObject(message ? { name, message } : { name });

/** What a sequence of states means: each goes on to the next, the last one ends. */
export function sequence(states: Readonly<Record<string, object>>): object {
  const names = Object.keys(states);
  const linked = names.map((name, i): [string, object] => {
    const state = states[name] as { Type: string };
    const free = 'Next' in state || 'End' in state;
    if (free || ['Succeed', 'Fail', 'Choice'].includes(state.Type)) return [name, state];
    const next = names[i + 1];
    return [name, { ...state, ...(next ? { Next: next } : { End: true }) }];
  });
  return { StartAt: names[0], States: Object.fromEntries(linked) };
}

export const one = (state: object): object => sequence({ S: state });

export const jsonata = (states: Readonly<Record<string, object>>): object => ({
  QueryLanguage: 'JSONata',
  ...sequence(states),
});

/** A machine that does nothing. */
export const PASS = one({ Type: 'Pass' });

export const catchAll = (Next: string): object => ({ ErrorEquals: ['States.ALL'], Next });

/** Fails at once by an error of its own name, and may be retried and caught. */
export const failing = (name: string): object => ({
  Type: 'Parallel',
  Branches: [
    { StartAt: `F${name}`, States: { [`F${name}`]: { Type: 'Fail', Error: name, Cause: 'why' } } },
  ],
});

/** How AWS begins the cause of an execution that failed in a state. */
export const causeIn = (name: string, id = 2): string =>
  `An error occurred while executing the state '${name}' (entered at the event id #${id}). `;

/** The first event of the type. */
export const eventOf = ({ events }: Run, type: string): HistoryEvent =>
  events.find((event) => event.type === type)!;

export class Workbench {
  readonly server: TestServer;
  readonly sfn: SFNClient;
  readonly #remove: () => void;
  #made = 0;

  private constructor(server: TestServer, remove: () => void) {
    this.server = server;
    this.sfn = new SFNClient(server.client);
    this.#remove = remove;
  }

  /** Another one for a server whose life is the caller's. */
  static of(server: TestServer): Workbench {
    return new Workbench(server, () => {});
  }

  static async open(args: readonly string[] = ['--clock', 'virtual']): Promise<Workbench> {
    const folder = temporaryFolder();
    return new Workbench(await startServer(folder.path, args), folder.remove);
  }

  async close(): Promise<void> {
    this.sfn.destroy();
    await this.server.stop();
    this.#remove();
  }

  name(): string {
    return `made-${++this.#made}`;
  }

  async machine(definition: object | string, options: MachineOptions = {}): Promise<string> {
    const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
    const { stateMachineArn } = await this.sfn.send(
      new CreateStateMachineCommand({
        name: this.name(),
        roleArn: ROLE,
        definition: text,
        ...options,
      }),
    );
    return stateMachineArn!;
  }

  async begin(stateMachineArn: string, input: Json = {}, name?: string): Promise<string> {
    const { executionArn } = await this.sfn.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input), name }),
    );
    return executionArn!;
  }

  async activity(): Promise<string> {
    const made = await this.sfn.send(new CreateActivityCommand({ name: this.name() }));
    return made.activityArn!;
  }

  /** An execution that runs until somebody answers its activity. */
  async waiting(task: object = {}, input: Json = {}) {
    const activityArn = await this.activity();
    const state = { Type: 'Task', Resource: activityArn, ...task };
    const stateMachineArn = await this.machine(one(state));
    const executionArn = await this.begin(stateMachineArn, input, 'open');
    return { activityArn, stateMachineArn, executionArn };
  }

  async takeTask(activityArn: string): Promise<string> {
    const { taskToken } = await this.sfn.send(new GetActivityTaskCommand({ activityArn }));
    return taskToken!;
  }

  describe(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    return this.sfn.send(new DescribeExecutionCommand({ executionArn }));
  }

  async history(executionArn: string): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.sfn.send(
        new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }),
      );
      events.push(...page.events!);
      nextToken = page.nextToken;
    } while (nextToken);
    return events;
  }

  async ended(executionArn: string): Promise<Run> {
    const end = Date.now() + 120_000;
    let told = await this.describe(executionArn);
    while (told.status === 'RUNNING') {
      if (Date.now() > end) throw new Error(`${executionArn} does not end`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      told = await this.describe(executionArn);
    }
    const events = await this.history(executionArn);
    const { status, output, error, cause } = told;
    return {
      executionArn,
      status: status!,
      output: output === undefined ? undefined : JSON.parse(output),
      error,
      cause,
      events,
      chain: events.map(({ id, previousEventId, type }) => `${id}<-${previousEventId} ${type}`),
      types: events.map(({ type }) => type!),
    };
  }

  /** One Standard execution from its definition to its end. */
  async run(definition: object | string, input: Json = {}): Promise<Run> {
    return this.ended(await this.begin(await this.machine(definition), input));
  }

  /** The output of a synchronous Express execution; its error and cause where it failed. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the machine gave
  async express(definition: object | string, input: Json = {}): Promise<any> {
    const stateMachineArn = await this.machine(definition, { type: 'EXPRESS' });
    const { status, output, error, cause } = await this.sfn.send(
      new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    return status === 'SUCCEEDED' ? JSON.parse(output!) : { error, cause };
  }

  /** What one Pass state makes of the input. */
  pass(fields: object, input: Json = {}) {
    return this.express(one({ Type: 'Pass', ...fields }), input);
  }

  /** A call as it stands on the wire, past everything that a client checks or turns. */
  async raw(
    operation: string,
    body: object,
  ): Promise<{ readonly status: number; readonly text: string; readonly body: Json }> {
    const response = await fetch(this.server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AWSStepFunctions.${operation}`,
        ...SIGNED,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, text, body: JSON.parse(text) };
  }
}
