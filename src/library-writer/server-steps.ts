import type { Policy, ServerLibrary } from '../media-server/library-control.ts';
import { isSamePath } from '../media-server/server-path.ts';
import { canOpen, isBlocked, needsGrant } from './library-access.ts';
import { driftedOptions } from './library-drift.ts';
import type { Pending } from './manifest.ts';

/** What a library needs at the media server once its files are as planned. */
export interface ServerSteps {
  readonly create: boolean;
  /** Options that are to be set again. */
  readonly repair: readonly string[];
  /** The user's policy is to name the library. */
  readonly grant: boolean;
  readonly scan: boolean;
  /** The user has no library any more. */
  readonly remove: boolean;
  /** Somebody gave the library folders beside ours: it is then never removed. */
  readonly isShared: boolean;
  readonly isKnownUser: boolean;
  /** An administrator closed the library to the user. */
  readonly isBlocked: boolean;
}

/** Nothing to do. */
export const NO_STEPS: ServerSteps = {
  create: false,
  repair: [],
  grant: false,
  scan: false,
  remove: false,
  isShared: false,
  isKnownUser: true,
  isBlocked: false,
};

/** What is known before anything is done. */
export interface ServerStepsInput {
  /** Whether the user is to have a library. */
  readonly enabled: boolean;
  readonly hasFiles: boolean;
  /** Whether any file is to be written or removed. */
  readonly isChanged: boolean;
  readonly pending: Pending;
  readonly force: boolean;
  /** The server's library over our folder. */
  readonly found: ServerLibrary | undefined;
  /** Undefined when the server does not know the user. */
  readonly policy: Policy | undefined;
  /** Our folder as the server sees it. */
  readonly serverPath: string;
}

/** Decides what is to be done at the media server; the same for a run, a dry run and a preview. */
export function planServerSteps(input: ServerStepsInput): ServerSteps {
  const { enabled, found, policy, pending } = input;
  const isShared = found?.locations.some((location) => !isSamePath(location, input.serverPath)) ?? false;
  const remove = !enabled && found !== undefined && !isShared;
  const create = enabled && input.hasFiles && !found;
  const isClosed = found && policy ? !canOpen(policy, found) : policy !== undefined && needsGrant(policy);
  const blocked = found !== undefined && policy !== undefined && isBlocked(policy, found);
  const isDue = create || input.isChanged || input.force || pending === 'files' || pending === 'scan';
  return {
    create,
    remove,
    isShared,
    repair: enabled && found ? driftedOptions(found.options) : [],
    grant: enabled && input.hasFiles && isClosed && !blocked,
    scan: isDue && !remove && (create || found !== undefined),
    isKnownUser: policy !== undefined,
    isBlocked: enabled && blocked,
  };
}

/** The steps as parts of a sentence that begins with "would". */
export function stepsInWords(steps: ServerSteps): readonly string[] {
  return [
    steps.create && 'create the library at the media server',
    steps.remove && 'remove the library from the media server',
    steps.repair.length > 0 && `set its options again (${steps.repair.join(', ')})`,
    steps.grant && 'open it to the user',
    steps.scan && 'ask for a scan',
  ].filter((part) => part !== false);
}
