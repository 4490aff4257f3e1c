/** CloudWatch Logs' errors in AWS's wording. */
import { Fault } from '../../ground/fault.ts';

export const noSuchGroup = (): Fault =>
  new Fault('ResourceNotFoundException', 'The specified log group does not exist.');

export const noSuchStream = (): Fault =>
  new Fault('ResourceNotFoundException', 'The specified log stream does not exist.');

export const groupExists = (): Fault =>
  new Fault('ResourceAlreadyExistsException', 'The specified log group already exists');

export const streamExists = (): Fault =>
  new Fault('ResourceAlreadyExistsException', 'The specified log stream already exists');

export const invalidParameter = (text: string): Fault =>
  new Fault('InvalidParameterException', text);
