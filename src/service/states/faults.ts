/** Every error of Step Functions that is ours to word, with AWS's wording. */
import { Fault } from '../../ground/fault.ts';

export const invalidArn = (why: string): Fault => new Fault('InvalidArn', `Invalid Arn: '${why}'`);
export const invalidName = (name: string): Fault =>
  new Fault('InvalidName', `Invalid Name: '${name}'`);
export const invalidRoleArn = (arn: string): Fault =>
  new Fault('InvalidArn', `Invalid Role Arn: '${arn}'`);
export const invalidInput = (why: string): Fault =>
  new Fault('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);
export const invalidOutput = (why: string): Fault =>
  new Fault('InvalidOutput', `Invalid Output: '${why}'`);
export const invalidLogging = (why: string): Fault =>
  new Fault('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${why}`);
export const invalidEncryption = (why: string): Fault =>
  new Fault('InvalidEncryptionConfiguration', `Invalid Encryption Configuration: ${why}`);
export const invalidToken = (): Fault =>
  new Fault('InvalidToken', "Invalid Token: 'Invalid token'");

/** In the words of the model, as the next one. */
export const tooManyMachines = (): Fault =>
  new Fault(
    'StateMachineLimitExceeded',
    'The maximum number of state machines has been reached. ' +
      'Existing state machines must be deleted before a new state machine can be created.',
  );
export const tooManyActivities = (): Fault =>
  new Fault(
    'ActivityLimitExceeded',
    'The maximum number of activities has been reached. ' +
      'Existing activities must be deleted before a new activity can be created.',
  );

export const machineMissing = (arn: string): Fault =>
  new Fault('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
export const machineDeleting = (arn: string): Fault =>
  new Fault('StateMachineDeleting', `State Machine is being deleted: '${arn}'`);
export const machineExists = (arn: string): Fault =>
  new Fault('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
export const typeNotSupported = (): Fault =>
  new Fault(
    'StateMachineTypeNotSupported',
    'This operation is not supported by this type of state machine',
  );
export const executionMissing = (arn: string): Fault =>
  new Fault('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
export const executionExists = (arn: string): Fault =>
  new Fault('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
export const activityMissing = (arn: string): Fault =>
  new Fault('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
/** What a request refers to beyond the thing it is about. */
export const referenceMissing = (arn: string): Fault =>
  new Fault('ResourceNotFound', 'Request references a resource that does not exist.', {
    members: { resourceName: arn },
  });
export const conflict = (message: string): Fault => new Fault('ConflictException', message);
export const quotaExceeded = (message: string): Fault =>
  new Fault('ServiceQuotaExceededException', message);
export const notRedrivable = (why: string): Fault => new Fault('ExecutionNotRedrivable', why);
export const resourceMissing = (arn: string): Fault =>
  new Fault('ResourceNotFound', `Resource not found: '${arn}'`, { members: { resourceName: arn } });
export const taskGone = (): Fault =>
  new Fault('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");

/** `reason`: a member of ValidationExceptionReason. */
export const validation = (message: string, reason?: string): Fault =>
  new Fault('ValidationException', message, reason === undefined ? {} : { members: { reason } });
export const labelledArn = (): Fault =>
  validation(
    'This operation does not support labelled state machine ARNs.',
    'API_DOES_NOT_SUPPORT_LABELED_ARNS',
  );
