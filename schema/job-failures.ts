import { failureType } from './failures.ts';

/** The state of things forbids it. */
export const ConflictError = failureType(
  'CONFLICT',
  'ConflictError',
  'The state of things does not allow it, such as cancelling a run that has ended.',
);

/** A job that must come first is missing. */
export const PrerequisiteMissingError = failureType(
  'PREREQUISITE_MISSING',
  'PrerequisiteMissingError',
  'A job that must come first has never succeeded. `force` runs this one all the same.',
);
