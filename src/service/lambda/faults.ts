/** Lambda's errors in AWS's wording. */
import { FUNCTION_NAME_MAX } from '../../function/limits.ts';
import type { FunctionReference } from '../../function/reference.ts';
import { functionArn } from '../../ground/arn.ts';
import { Fault } from '../../ground/fault.ts';

const user = (code: string, message: string, status: number, more = {}): Fault =>
  new Fault(code, message, { status, members: { Type: 'User', ...more } });

export function functionNotFound({ place, name, qualifier }: FunctionReference): Fault {
  const arn = functionArn(place, name);
  const text = `Function not found: ${qualifier === undefined ? arn : `${arn}:${qualifier}`}`;
  return user('ResourceNotFoundException', text, 404);
}

export const functionExists = (name: string): Fault =>
  user('ResourceConflictException', `Function already exist: ${name}`, 409);

export const updateInProgress = (arn: string): Fault =>
  user(
    'ResourceConflictException',
    `The operation cannot be performed at this time. An update is in progress for resource: ${arn}`,
    409,
  );

export const invalidParameter = (text: string): Fault =>
  user('InvalidParameterValueException', text, 400);

/** A constraint that the model does not carry, worded as those it does. */
export const invalidValue = (value: unknown, at: string, constraint: string): Fault =>
  new Fault(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: ${constraint}`,
    { status: 400 },
  );

/** The model's limit is that of an ARN. */
export const nameTooLong = (given: string): Fault =>
  invalidValue(
    given,
    'functionName',
    `Member must have length less than or equal to ${FUNCTION_NAME_MAX}`,
  );

export const revisionMismatch = (): Fault =>
  user(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. ' +
      'Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    412,
  );

export const invalidRequestContent = (text: string): Fault =>
  user('InvalidRequestContentException', `Could not parse request body into json: ${text}`, 400);

export const requestTooLarge = (bytes: number, bytesMax: number, operation: string): Fault =>
  user(
    'RequestEntityTooLargeException',
    `${bytes} byte payload is too large for the ${operation} invocation type (limit ${bytesMax} bytes)`,
    413,
  );

/** AWS counts the request, whose JSON is a third larger than the zip of 50 MB in it. */
export const zipTooLarge = (operation: string): Fault =>
  user(
    'RequestEntityTooLargeException',
    `Request must be smaller than 70167211 bytes for the ${operation} operation`,
    413,
  );

type ThrottleReason =
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'ConcurrentInvocationLimitExceeded';

export const throttled = (reason: ThrottleReason): Fault =>
  user('TooManyRequestsException', 'Rate Exceeded.', 429, {
    Reason: reason,
    retryAfterSeconds: '1',
  });

export const isThrottle = (error: unknown): error is Fault =>
  error instanceof Fault && error.code === 'TooManyRequestsException';
