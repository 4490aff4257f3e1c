/**
 * Starting executions: what StartExecution, StartSyncExecution and a nested start have in common.
 * Names, input, idempotency and the decision whether to trace.
 */
import { MockConfigError, splitTestCase } from '../../execution/mocks.ts';
import { executionArn, expressArn } from '../../ground/arn.ts';
import { newTraceId } from '../../ground/id.ts';
import type { Tools } from '../../ground/tools.ts';
import type { ExecutionHead } from '../../store/executions/store.ts';
import type { StoredMachine } from '../../store/machines/store.ts';
import { parseHeader } from '../../trace/header.ts';
import type { NewExecution } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { Sampler } from '../ports/traces.ts';
import { unlabelled } from './arns.ts';
import type { MachineCatalog } from './catalog.ts';
import { effectiveLogging, shownTracing } from './configuration.ts';
import { executionExists, invalidInput, typeNotSupported, validation } from './faults.ts';
import { jsonProblem } from './json-text.ts';
import { checkName } from './names.ts';
import { aliasArn, startable, type Target, versionArn } from './targets.ts';

/** The test cases there are. */
export interface TestCases {
  /** Throws MockConfigError where an execution of the machine cannot be started with this one. */
  check(machineName: string, testCase: string): void;
}

export interface StarterDeps {
  readonly catalog: MachineCatalog;
  readonly engines: Engines;
  readonly sampler: Sampler;
  readonly tools: Tools;
  /** Every machine is treated as if its tracing were on. */
  readonly traceAll: boolean;
  /** Absent: `#` is a part of the name like any other, as with AWS. */
  readonly testCases?: TestCases | undefined;
}

export interface StartRequest {
  readonly stateMachineArn: string;
  readonly name?: string | undefined;
  readonly input?: string | undefined;
  readonly traceHeader?: string | undefined;
  readonly parent?: ExecutionHead['parent'];
  /** The name follows from who asks: an execution that has it is the one that was asked for. */
  readonly nameIsOurs?: boolean;
}

export interface Started {
  readonly id: number;
  readonly arn: string;
  readonly startedAt: number;
}

const EMPTY_INPUT = '{}';

export class Starter {
  readonly #deps: StarterDeps;

  constructor(deps: StarterDeps) {
    this.#deps = deps;
  }

  /** What an ARN names, to be started; an alias chooses its version here. */
  target(stateMachineArn: string): Promise<Target> {
    const { catalog, tools, testCases } = this.#deps;
    const arn = testCases ? splitTestCase(stateMachineArn).arn : stateMachineArn;
    return startable(catalog, unlabelled(arn), tools);
  }

  /** Asynchronous: answers once the start is durable. */
  async start(request: StartRequest): Promise<Started> {
    const machine = await this.target(request.stateMachineArn);
    const execution = await this.execution(machine, request);
    const { arn, startedAt } = execution;
    if (machine.type === 'EXPRESS') {
      if (request.parent) throw typeNotSupported();
      const id = await this.#deps.engines.express.begin(execution);
      return { id, arn, startedAt };
    }
    const { id, existing } = await this.#deps.engines.standard.begin(execution);
    if (!existing) return { id, arn, startedAt };
    const alike = existing.input === execution.input && existing.testCase === execution.testCase;
    const same = existing.status === 'RUNNING' && alike;
    const ours = request.nameIsOurs || sameParent(existing.parent, request.parent);
    if (!same && !ours) throw executionExists(arn);
    return { id: existing.id, arn, startedAt: existing.startedAt };
  }

  /** What the execution will be, with everything checked that the caller gave. */
  async execution(machine: Target, request: StartRequest): Promise<NewExecution> {
    const { tools } = this.#deps;
    const name = request.name === undefined ? tools.uuid() : checkName(request.name);
    const input = request.input ?? EMPTY_INPUT;
    const problem = input === '' ? 'Invalid execution input.' : jsonProblem(input);
    if (problem !== undefined) throw invalidInput(problem);
    const { revision, type, version, alias } = machine;
    const trace = await this.#trace(machine, request.traceHeader);
    const logging = effectiveLogging(revision.logging);
    const testCase = this.#testCase(machine, request.stateMachineArn);
    return {
      account: machine.account,
      region: machine.region,
      arn:
        type === 'EXPRESS'
          ? expressArn(machine, machine.name, name, tools.uuid())
          : executionArn(machine, machine.name, name),
      name,
      machineArn: machine.arn,
      machineName: machine.name,
      type,
      roleArn: revision.roleArn,
      definitionHash: revision.definitionHash,
      input,
      startedAt: tools.now(),
      tracingEnabled: shownTracing(revision.tracing).enabled === true,
      ...(revision.id !== undefined && { revisionId: revision.id }),
      revisedAt: revision.at,
      ...(testCase !== undefined && { testCase }),
      ...(version && { versionArn: versionArn(version) }),
      ...(alias && { aliasArn: aliasArn(alias) }),
      ...(request.parent && { parent: request.parent }),
      ...(request.traceHeader !== undefined && { traceHeader: request.traceHeader }),
      ...(trace && { trace }),
      ...(logging !== undefined && { logging }),
    };
  }

  #testCase(machine: StoredMachine, stateMachineArn: string): string | undefined {
    const { testCases } = this.#deps;
    const testCase = testCases && splitTestCase(stateMachineArn).testCase;
    if (testCase === undefined) return undefined;
    try {
      testCases!.check(machine.name, testCase);
    } catch (error) {
      throw error instanceof MockConfigError ? validation(error.message) : error;
    }
    return testCase;
  }

  /** A decision from upstream counts, whatever the machine's own setting. */
  async #trace(
    machine: StoredMachine,
    header: string | undefined,
  ): Promise<ExecutionHead['trace']> {
    const given = header === undefined ? undefined : parseHeader(header);
    if (given?.rootInvalid) return undefined;
    const traceId = given?.root ?? newTraceId(this.#deps.tools);
    const parent = given?.parent === undefined ? {} : { parentId: given.parent };
    if (given?.sampled === '1') return { traceId, ...parent, sampled: true };
    if (given?.sampled === '0') return { traceId, ...parent, sampled: false };
    const enabled = this.#deps.traceAll || shownTracing(machine.revision.tracing).enabled === true;
    if (!enabled) return undefined;
    const sampled = this.#deps.sampler.sample(machine, {
      serviceName: machine.name,
      serviceType: 'AWS::StepFunctions::StateMachine',
      resourceARN: machine.arn,
    });
    return { traceId, ...parent, sampled };
  }
}

function sameParent(a: ExecutionHead['parent'], b: ExecutionHead['parent']): boolean {
  return a !== undefined && a.id === b?.id && a.scope === b.scope && a.attempt === b.attempt;
}
