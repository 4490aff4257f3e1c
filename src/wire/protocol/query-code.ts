/** Names of errors in the query protocol, which later protocols still tell beside their own. */
import type { ServiceModel } from '../model/shapes.ts';
import { type ToldFault, typeOf } from './errors.ts';

/** Common errors that the query protocol calls otherwise. */
const COMMON: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  IncompleteSignatureException: 'IncompleteSignature',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  SerializationException: 'MalformedInput',
  ThrottlingException: 'Throttling',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ValidationException: 'ValidationError',
};

export function queryCode({ fault: { code }, shape }: ToldFault): string {
  return shape?.error ? shape.error.code : (COMMON[code] ?? code);
}

/** `x-amzn-query-error: code;Sender`, for clients whose programs compare that code. */
export function queryErrorHeader(
  service: ServiceModel | undefined,
  error: ToldFault,
): Record<string, string> {
  if (!service?.queryCompatible) return {};
  return { 'x-amzn-query-error': `${queryCode(error)};${typeOf(error)}` };
}
