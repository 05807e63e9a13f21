import type { JobEngine } from '../src/jobs/job-engine.ts';
import type { JobServices } from '../src/jobs/job-services.ts';
import type { Database } from '../src/platform/database.ts';
import type { KeyRing } from './key-ring.ts';
import type { Principal } from './principal.ts';
import type { SignInDesk } from './sign-in-desk.ts';

/** What every resolver gets with a request. */
export interface ApiContext {
  readonly db: Database;
  /** Null for a caller without a valid key, to whom every field is closed. */
  readonly principal: Principal | null;
  /** Names the request in the log and in masked errors. */
  readonly requestId: string;
  readonly now: () => Date;
  readonly jobs: JobEngine;
  readonly apiKeys: KeyRing;
  readonly signInDesk: SignInDesk;
  /** Network address of the caller; null where there is none. */
  readonly address: string | null;
  /** The media server and the settings of libraries, as jobs get them. */
  readonly services: JobServices;
}
