/**
 * Deploys the example with the AWS SDK, exactly as it would be deployed to AWS: three functions from
 * a zip with active tracing, one state machine with tracing enabled. Running it again updates both.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateFunctionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { zipSync } from 'fflate';

const ROLE = 'arn:aws:iam::000000000000:role/trace-functions';

export const FUNCTIONS = [
  { name: 'TestFunction1', failPercent: 25, secondsMax: 2 },
  { name: 'TestFunction2', failPercent: 25, secondsMax: 2 },
  { name: 'TestFunction3', failPercent: 15, secondsMax: 3 },
];

function zip() {
  const source = readFileSync(join(import.meta.dirname, 'functions/index.mjs'));
  return zipSync({ 'index.mjs': new Uint8Array(source) });
}

async function deployFunction(lambda, { name, failPercent, secondsMax }) {
  const settings = {
    FunctionName: name,
    Runtime: 'nodejs20.x',
    Role: ROLE,
    Handler: 'index.handler',
    Timeout: 10,
    TracingConfig: { Mode: 'Active' },
    Environment: {
      Variables: { FAIL_PERCENT: String(failPercent), SECONDS_MAX: String(secondsMax) },
    },
  };
  try {
    const made = await lambda.send(
      new CreateFunctionCommand({ ...settings, Code: { ZipFile: zip() } }),
    );
    return made.FunctionArn;
  } catch (error) {
    if (error.name !== 'ResourceConflictException') throw error;
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip() }));
    const updated = await lambda.send(new UpdateFunctionConfigurationCommand(settings));
    return updated.FunctionArn;
  }
}

/** Deploys everything; answers the state machine's ARN. `report` is called once per step. */
export async function deploy({ lambda, sfn, machineName = 'TraceFunctions', report }) {
  const path = join(import.meta.dirname, 'definition.asl.json');
  let definition = readFileSync(path, 'utf8');
  for (const settings of FUNCTIONS) {
    const arn = await deployFunction(lambda, settings);
    report(`function ${settings.name}`);
    definition = definition.replaceAll(`\${${settings.name}}`, arn);
  }
  const tracingConfiguration = { enabled: true };
  try {
    const made = await sfn.send(
      new CreateStateMachineCommand({
        name: machineName,
        definition,
        roleArn: ROLE,
        tracingConfiguration,
      }),
    );
    report(`state machine ${machineName}`);
    return made.stateMachineArn;
  } catch (error) {
    if (error.name !== 'StateMachineAlreadyExists') throw error;
    const stateMachineArn = /'(arn:[^']+)'/.exec(error.message)[1];
    await sfn.send(
      new UpdateStateMachineCommand({ stateMachineArn, definition, tracingConfiguration }),
    );
    report(`state machine ${machineName} (updated)`);
    return stateMachineArn;
  }
}
