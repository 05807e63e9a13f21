import { z } from 'zod';
import { decodeGlobalId } from './global-id.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether the text is a UUID as PostgreSQL writes it. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Parses a global id of `type` to the UUID in it. */
export function globalUuid(type: 'ApiKey' | 'JobRun' | 'WorkflowRun') {
  return z.string().transform((text, context) => {
    const decoded = decodeGlobalId(text);
    if (decoded?.typename === type && isUuid(decoded.id)) return decoded.id;
    context.addIssue({
      code: 'custom',
      message: decoded
        ? `An id of type ${type} is needed, not one of ${decoded.typename}.`
        : `This is no id of type ${type}.`,
      params: { remedy: `Pass the id of a ${type} exactly as a query returned it.` },
    });
    return z.NEVER;
  });
}
