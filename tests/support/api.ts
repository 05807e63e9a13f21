import { createYoga } from 'graphql-yoga';
import { z } from 'zod';
import type { Role, Scope } from '../../drizzle/tables/access.ts';
import type { ApiContext } from '../../schema/context.ts';
import { errorMasking } from '../../schema/errors.ts';
import { encodeGlobalId } from '../../schema/global-id.ts';
import { type Principal, scopesOfRole } from '../../schema/principal.ts';
import { schema } from '../../schema/schema.ts';
import type { SignInDesk } from '../../schema/sign-in-desk.ts';
import type { JobEngine } from '../../src/jobs/job-engine.ts';
import type { JobServices } from '../../src/jobs/job-services.ts';
import type { Database } from '../../src/platform/database.ts';
import { createApiKeys } from '../../src/server/access/api-keys.ts';

const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
});

/** A GraphQL answer, and how many SQL statements it took. */
export interface ApiAnswer extends z.infer<typeof Answer> {
  readonly statements: number;
}

/** A caller with a role, bound to the media-server user `userId` if that is given. */
export function caller(
  role: Role,
  userId: number | null = null,
  scopes: readonly Scope[] = scopesOfRole(role),
): Principal {
  return { kind: 'key', id: `key-${role}`, name: `${role} key`, role, scopes, userId, expiresAt: null };
}

/** Global id of an object. */
export const gid = encodeGlobalId;

/** The schema behind yoga in this process, on `db`: no port, no authentication, everything else as in production. */
export function createApi(
  db: Database,
  jobs?: JobEngine,
  services?: JobServices,
): {
  readonly reported: { error: unknown; requestId: string }[];
  query(
    document: string,
    variables?: Record<string, unknown>,
    principal?: Principal | null,
  ): Promise<ApiAnswer>;
} {
  const reported: { error: unknown; requestId: string }[] = [];
  const yoga = createYoga<ApiContext>({
    schema,
    logging: false,
    maskedErrors: false,
    plugins: [errorMasking((error, requestId) => reported.push({ error, requestId }))],
  });
  return {
    reported,
    query: async (query, variables = {}, principal = caller('ADMIN')) => {
      const counted = countingDatabase(db);
      const now = () => new Date('2026-11-20T12:00:00Z');
      const context: ApiContext = {
        db: counted.database,
        principal,
        requestId: 'request-1',
        now,
        apiKeys: createApiKeys(counted.database, now),
        address: '192.0.2.1',
        get signInDesk(): SignInDesk {
          throw new Error('Nobody signs in in this test.');
        },
        get jobs(): JobEngine {
          if (!jobs) throw new Error('This test has no job engine.');
          return jobs;
        },
        get services(): JobServices {
          if (!services) throw new Error('This test has no media server.');
          return services;
        },
      };
      const response = await yoga.fetch(
        'http://api.test/graphql',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify({ query, variables }),
        },
        context,
      );
      return { ...Answer.parse(await response.json()), statements: counted.statements() };
    },
  };
}

/** The same database, whose statements are counted; each use of the query builder or a transaction counts as one. */
function countingDatabase(db: Database): { database: Database; statements: () => number } {
  let count = 0;
  const database: Database = {
    kind: db.kind,
    listen: (channel, handler) => db.listen(channel, handler),
    notify: (channel, payload) => db.notify(channel, payload),
    ping: () => db.ping(),
    close: () => db.close(),
    get orm(): Database['orm'] {
      count += 1;
      return db.orm;
    },
    rows: (statement) => {
      count += 1;
      return db.rows(statement);
    },
    transaction: (work) => {
      count += 1;
      return db.transaction(work);
    },
  };
  return { database, statements: () => count };
}

/** Walks into an answer by keys; undefined when the way ends. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );
}
