/** What emulators of Step Functions commonly get wrong: protocol and state machines. */
import { request } from 'node:http';
import * as sfn from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/server.ts';
import { PASS, ROLE, refused, SIGNED, STATES, sequence, Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

const text = (value: object): string => JSON.stringify(value);

describe('on the wire', () => {
  it('hosts with the prefix sync- reach StartSyncExecution and TestState', async () => {
    const stateMachineArn = await bench.machine(PASS, { type: 'EXPRESS' });
    const ask = (operation: string, body: object): Promise<string> =>
      new Promise((resolve, reject) => {
        const call = request(
          {
            port: bench.server.port,
            method: 'POST',
            headers: {
              host: `sync-localhost:${bench.server.port}`,
              'content-type': 'application/x-amz-json-1.0',
              'x-amz-target': `AWSStepFunctions.${operation}`,
              ...SIGNED,
            },
          },
          (answer) => {
            let body = '';
            answer.on('data', (chunk) => {
              body += chunk;
            });
            answer.on('end', () => resolve(body));
          },
        );
        call.on('error', reject).end(text(body));
      });
    expect(JSON.parse(await ask('StartSyncExecution', { stateMachineArn }))).toMatchObject({
      status: 'SUCCEEDED',
    });
    const definition = text({ Type: 'Pass', End: true });
    expect(JSON.parse(await ask('TestState', { definition, roleArn: ROLE }))).toMatchObject({
      status: 'SUCCEEDED',
      output: '{}',
    });
  });

  it('times are numbers with milliseconds, and members without a value are left out', async () => {
    const stateMachineArn = await bench.machine(PASS);
    const starts: number[] = [];
    for (let n = 0; n < 5; n++) {
      const executionArn = await bench.begin(stateMachineArn);
      const { text: answer, body } = await bench.raw('DescribeExecution', { executionArn });
      expect(answer).not.toContain('null');
      starts.push((body as { startDate: number }).startDate);
    }
    for (const start of starts) expect(start).toBeTypeOf('number');
    expect(starts.some((start) => start % 1 !== 0)).toBe(true);
    expect((await bench.raw('ListActivities', {})).text).not.toContain('null');
  });

  it('a page size of 0 is 100, tokens go with their arguments, others are refused', async () => {
    const stateMachineArn = await bench.machine(PASS);
    for (let n = 0; n < 101; n++) await bench.begin(stateMachineArn);
    const list = (more: object) =>
      bench.sfn.send(new sfn.ListExecutionsCommand({ stateMachineArn, ...more }));
    const first = await list({ maxResults: 0 });
    expect(first.executions).toHaveLength(100);
    const { nextToken } = first;
    const second = await list({ maxResults: 5, nextToken });
    expect(second.executions).toHaveLength(1);
    expect(second.nextToken).toBeUndefined();
    const message = "Invalid Token: 'Invalid token'";
    await refused(list({ nextToken, statusFilter: 'FAILED' }), 'InvalidToken', message);
    await refused(list({ nextToken: 'nonsense' }), 'InvalidToken', message);
  });
});

describe('state machines', () => {
  it('creating one again compares the text, and neither role nor tags', async () => {
    const name = bench.name();
    const create = (more: object) =>
      bench.sfn.send(
        new sfn.CreateStateMachineCommand({ name, roleArn: ROLE, definition: text(PASS), ...more }),
      );
    const first = await create({ tags: [{ key: 'a', value: '1' }] });
    const again = await create({ roleArn: `${ROLE}2`, tags: [{ key: 'a', value: '2' }] });
    expect(again.stateMachineArn).toBe(first.stateMachineArn);
    expect(again.creationDate).toEqual(first.creationDate);
    const { roleArn } = await bench.sfn.send(
      new sfn.DescribeStateMachineCommand({ stateMachineArn: first.stateMachineArn }),
    );
    expect(roleArn).toBe(ROLE);
    const { tags } = await bench.sfn.send(
      new sfn.ListTagsForResourceCommand({ resourceArn: first.stateMachineArn }),
    );
    expect(tags).toEqual([{ key: 'a', value: '1' }]);
    await refused(
      create({ definition: `${text(PASS)} ` }),
      'StateMachineAlreadyExists',
      `State Machine Already Exists: '${first.stateMachineArn}'`,
    );
  });

  it('deleting what is not there is fine, describing it is an error with its ARN', async () => {
    const machine = `${STATES}:stateMachine:none`;
    const activity = `${STATES}:activity:none`;
    const version = `${machine}:7`;
    await bench.sfn.send(new sfn.DeleteStateMachineCommand({ stateMachineArn: machine }));
    await bench.sfn.send(new sfn.DeleteActivityCommand({ activityArn: activity }));
    await bench.sfn.send(
      new sfn.DeleteStateMachineVersionCommand({ stateMachineVersionArn: version }),
    );
    const describeMachine = (stateMachineArn: string) =>
      bench.sfn.send(new sfn.DescribeStateMachineCommand({ stateMachineArn }));
    for (const arn of [machine, version]) {
      const message = `State Machine Does Not Exist: '${arn}'`;
      await refused(describeMachine(arn), 'StateMachineDoesNotExist', message);
    }
    await refused(
      bench.sfn.send(new sfn.DescribeActivityCommand({ activityArn: activity })),
      'ActivityDoesNotExist',
      `Activity Does Not Exist: '${activity}'`,
    );
    const executionArn = `${STATES}:execution:none:x`;
    await refused(
      bench.describe(executionArn),
      'ExecutionDoesNotExist',
      `Execution Does Not Exist: '${executionArn}'`,
    );
  });

  it('versions, aliases and Maps with a label describe themselves', async () => {
    const map = {
      Type: 'Map',
      Label: 'Part',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        ...sequence({ Inner: { Type: 'Pass' } }),
      },
    };
    const stateMachineArn = await bench.machine(sequence({ M: map }));
    const show = (arn: string) =>
      bench.sfn.send(new sfn.DescribeStateMachineCommand({ stateMachineArn: arn }));
    expect((await show(stateMachineArn)).revisionId).toBeUndefined();
    const publish = (description?: string) =>
      bench.sfn.send(new sfn.PublishStateMachineVersionCommand({ stateMachineArn, description }));
    const first = (await publish('one')).stateMachineVersionArn!;
    const updated = await bench.sfn.send(
      new sfn.UpdateStateMachineCommand({ stateMachineArn, roleArn: `${ROLE}2` }),
    );
    const second = (await publish()).stateMachineVersionArn!;
    expect([first, second]).toEqual([`${stateMachineArn}:1`, `${stateMachineArn}:2`]);
    expect(await show(first)).toMatchObject({ stateMachineArn: first, description: 'one' });
    expect((await show(first)).revisionId).toBeUndefined();
    expect((await show(second)).revisionId).toBe(updated.revisionId);
    expect((await show(stateMachineArn)).description).toBeUndefined();
    const listed = await bench.sfn.send(
      new sfn.ListStateMachineVersionsCommand({ stateMachineArn }),
    );
    const arns = listed.stateMachineVersions!.map((version) => version.stateMachineVersionArn);
    expect(arns).toEqual([second, first]);
    await bench.sfn.send(
      new sfn.DeleteStateMachineVersionCommand({ stateMachineVersionArn: second }),
    );
    await bench.sfn.send(
      new sfn.UpdateStateMachineCommand({ stateMachineArn, roleArn: `${ROLE}3` }),
    );
    expect((await publish()).stateMachineVersionArn).toBe(`${stateMachineArn}:3`);
    const { stateMachineAliasArn } = await bench.sfn.send(
      new sfn.CreateStateMachineAliasCommand({
        name: 'live',
        routingConfiguration: [{ stateMachineVersionArn: first, weight: 100 }],
      }),
    );
    expect((await show(stateMachineAliasArn!)).roleArn).toBe(ROLE);
    const labelled = await show(`${stateMachineArn}/Part`);
    expect(labelled.label).toBe('Part');
    expect(Object.keys(JSON.parse(labelled.definition!).States)).toEqual(['Inner']);
  });

  it('a description has all its defaults, and which variables each state reads', async () => {
    const definition = sequence({
      Set: { Type: 'Pass', Assign: { a: 1, b: { 'c.$': '$.x' } } },
      Read: { Type: 'Pass', Parameters: { 'x.$': 'States.Format($b, $a)', y: '$none' } },
      Map: {
        Type: 'Map',
        ItemsPath: '$b.items',
        ItemProcessor: sequence({ Deep: { Type: 'Wait', SecondsPath: '$a' } }),
      },
    });
    const stateMachineArn = await bench.machine(definition);
    const { body } = await bench.raw('DescribeStateMachine', { stateMachineArn });
    expect(body).toMatchObject({
      status: 'ACTIVE',
      type: 'STANDARD',
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
      variableReferences: { Read: ['a', 'b'], Map: ['b'], Deep: ['a'] },
    });
    expect(Object.keys((body as { variableReferences: object }).variableReferences)).toHaveLength(
      3,
    );
    const plain = await bench.raw('DescribeStateMachine', {
      stateMachineArn: await bench.machine(PASS),
    });
    expect(plain.body).not.toHaveProperty('variableReferences');
  });

  it('versions take no tags, and tags are written in lower case', async () => {
    const stateMachineArn = await bench.machine(PASS);
    const { stateMachineVersionArn: version } = await bench.sfn.send(
      new sfn.PublishStateMachineVersionCommand({ stateMachineArn }),
    );
    const tag = (resourceArn: string) =>
      bench.sfn.send(new sfn.TagResourceCommand({ resourceArn, tags: [{ key: 'k', value: 'v' }] }));
    await refused(tag(version!), 'ResourceNotFound', `Resource not found: '${version}'`);
    await tag(stateMachineArn);
    const { text: listed } = await bench.raw('ListTagsForResource', {
      resourceArn: stateMachineArn,
    });
    expect(listed).toBe('{"tags":[{"key":"k","value":"v"}]}');
  });

  it('problems of a definition are an answer and no error; one state can be tried', async () => {
    const definition = text({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'Nowhere' } } });
    const { body } = await bench.raw('ValidateStateMachineDefinition', { definition });
    expect(body).toMatchObject({ result: 'FAIL', truncated: false });
    expect((body as { diagnostics: object[] }).diagnostics[0]).toMatchObject({
      severity: 'ERROR',
      code: 'MISSING_TRANSITION_TARGET',
      location: '/States/A/Next',
    });
    const good = await bench.raw('ValidateStateMachineDefinition', { definition: text(PASS) });
    expect(good).toMatchObject({
      status: 200,
      body: { result: 'OK', diagnostics: [], truncated: false },
    });
    const tried = await bench.sfn.send(
      new sfn.TestStateCommand({
        definition: text({ Type: 'Pass', Result: { a: 1 }, Next: 'Other' }),
        roleArn: ROLE,
        inspectionLevel: 'DEBUG',
      }),
    );
    expect(tried).toMatchObject({ status: 'SUCCEEDED', output: '{"a":1}', nextState: 'Other' });
    expect(tried.inspectionData).toMatchObject({ result: '{"a":1}' });
  });

  it('a machine that is deleted stops its executions, and starts none', async () => {
    const { stateMachineArn, executionArn } = await bench.waiting();
    await bench.sfn.send(new sfn.DeleteStateMachineCommand({ stateMachineArn }));
    const starting = bench.begin(stateMachineArn);
    await expect(starting).rejects.toMatchObject({
      name: expect.stringMatching(/^StateMachine(Deleting|DoesNotExist)$/),
    });
    const { stateMachines } = await bench.sfn.send(
      new sfn.ListStateMachinesCommand({ maxResults: 1000 }),
    );
    const listed = stateMachines!.find((machine) => machine.stateMachineArn === stateMachineArn);
    expect(listed).toBeUndefined();
    const told = await until('the end of its execution', async () => {
      try {
        const { status } = await bench.describe(executionArn);
        return status === 'RUNNING' ? undefined : status;
      } catch (error) {
        return (error as Error).name;
      }
    });
    expect(['ABORTED', 'ExecutionDoesNotExist']).toContain(told);
  });
});
