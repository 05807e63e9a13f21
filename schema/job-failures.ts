import { PrerequisiteMissing } from '../src/jobs/prerequisites.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { failureType } from './failures.ts';
import { MissingJob } from './job-prerequisites.ts';

/** The state of things forbids it. */
export const ConflictError = failureType(
  'CONFLICT',
  'ConflictError',
  'The state of things does not allow it, such as cancelling a run that has ended.',
);

/** The store of what is to happen is down. */
export const SchedulerUnavailableError = failureType(
  'SCHEDULER_UNAVAILABLE',
  'SchedulerUnavailableError',
  'The store of schedules and waiting jobs does not answer. Nothing was changed; the same call works once it is back.',
);

/** Jobs that must come first are missing. */
export const PrerequisiteMissingError = failureType(
  'PREREQUISITE_MISSING',
  'PrerequisiteMissingError',
  'Jobs that must come first never succeeded, or did so before their data changed. `force` overrides this.',
);

builder.objectField(PrerequisiteMissingError, 'prerequisites', (t) =>
  t.field({
    type: [MissingJob],
    description: 'The jobs, in the order in which they should run.',
    resolve: ({ cause }) => (cause instanceof PrerequisiteMissing ? [...cause.prerequisites] : []),
  }),
);

/** The engine names a parameter or a field of a schedule; a caller of the API has it inside of `input`. */
export async function insideInput<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ShowrunnerError) || !error.field) throw error;
    const { code, message, value, remedy } = error;
    const field = `input.${error.field}`;
    if (error instanceof PrerequisiteMissing)
      throw new PrerequisiteMissing(error.prerequisites, { field, value: value ?? '' });
    throw new ShowrunnerError(code, message, {
      field,
      ...(value !== undefined && { value }),
      ...(remedy !== undefined && { remedy }),
      cause: error,
    });
  }
}
