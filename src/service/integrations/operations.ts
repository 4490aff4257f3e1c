/**
 * Which operation of a service here a Task calls, optimised or by the SDK, and whether a request
 * can be made of its parameters.
 */

import { actionName, type KnownServices, sdkService } from '../../asl/integrations.ts';
import { LanguageError } from '../../asl/language-error.ts';
import { parseResource, type Resource } from '../../asl/resource.ts';
import type { FoldOptions } from '../../execution/fold.ts';
import { Doc, isObject, type JsonObject, printJson } from '../../ground/json.ts';
import type { Catalog } from '../../wire/catalog.ts';
import type { Operation } from '../../wire/model/shapes.ts';
import {
  definitionProblems,
  knownParameters,
  parameterProblems,
  readParameters,
} from '../../wire/sdk-shape.ts';
import { validateInput } from '../../wire/validate.ts';

/** Undefined where the service is not here or has no such operation. */
export type CalledOperation = (resource: Resource) => Operation | undefined;

export function calledOperations({ services }: Catalog): CalledOperation {
  const bySdkName = new Map([...services.values()].map((one) => [one.sdkName, one]));
  return (resource) => {
    if (resource.kind !== 'integration') return undefined;
    const sdkName = sdkService(resource);
    // An optimised integration is named like the service itself.
    const service = sdkName ? bySdkName.get(sdkName) : services.get(resource.service);
    const action = actionName(resource);
    return service?.operations.get(`${action.slice(0, 1).toUpperCase()}${action.slice(1)}`);
  };
}

/** What definitions are checked against. */
export function knownServices({ services }: Catalog, operationOf: CalledOperation): KnownServices {
  const here = new Set([...services.values()].map(({ sdkName }) => sdkName));
  return {
    offers: (resource) => !here.has(sdkService(resource) ?? '') || Boolean(operationOf(resource)),
    problems: (resource, given) => {
      const operation = operationOf(resource);
      return operation ? definitionProblems(operation.input, given) : [];
    },
  };
}

/** Throws a Fault where the parameters break a constraint of the operation, as the service would. */
export type CheckConstraints = (resource: string, parameters: JsonObject) => void;

export function constraintCheck(operationOf: CalledOperation): CheckConstraints {
  return (arn, parameters) => {
    const resource = parseResource(arn);
    const operation = resource && operationOf(resource);
    if (!operation?.input) return;
    validateInput(operation, readParameters(operation.input, parameters));
  };
}

/**
 * The state's whole input loses the members that the operation does not have (recorded); parameters
 * that were written for it must fit.
 */
export function parameterCheck(operationOf: CalledOperation): NonNullable<FoldOptions['request']> {
  return (resource, given, whole) => {
    const operation = operationOf(resource);
    if (!operation) return given;
    const { input } = operation;
    const all = isObject(given.value) ? given.value : {};
    const parameters = whole ? knownParameters(input, all) : all;
    const problems = parameterProblems(input, parameters);
    if (problems.length === 0) return parameters === given.value ? given : Doc.ofValue(parameters);
    throw new LanguageError(
      'States.Runtime',
      `The Parameters '${printJson(given.value)}' could not be used to start the Task: ` +
        `[${problems.join(', ')}]`,
    );
  };
}
