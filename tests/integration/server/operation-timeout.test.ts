import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskError } from '../../../schema/errors.ts';
import { openPostgresDatabase } from '../../../src/platform/postgres-database.ts';
import { createTestDatabase } from '../../support/database.ts';
import { KEY, startTestServer, type TestServer } from '../../support/http-server.ts';
import { overWebSocket } from '../../support/subscribe.ts';

const TOO_LONG = {
  message: expect.stringContaining('50 ms'),
  extensions: { code: 'LIMIT_EXCEEDED', limit: 'operationMs', max: 50, remedy: expect.any(String) },
};

describe('an operation that takes too long', () => {
  let folder: string;
  let api: TestServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showrunner-page-'));
    api = await startTestServer(folder, { limits: { operationMs: 50 } });
  });
  afterAll(async () => {
    await api.server.close(1_000);
    await rm(folder, { recursive: true });
  });

  const ask = async (query: string) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    return response.json();
  };

  it('is answered over HTTP, and what it ends with later disturbs nobody', async () => {
    expect(await ask('{ slow }')).toMatchObject({ errors: [TOO_LONG] });
    api.probe.letGo();
    expect(await ask('{ whoami }')).toEqual({ data: { whoami: 'tester' } });
  });

  it('is answered over WebSocket', async () => {
    const items = overWebSocket(api.url, KEY, '{ slow }');
    expect(await items.next()).toMatchObject({ value: { errors: [TOO_LONG] } });
    api.probe.letGo();
  });

  it('is no subscription, however long that is', async () => {
    const items = overWebSocket(api.url, KEY, 'subscription { endless { number } }');
    await items.next();
    await ask('{ slow }');
    expect(await items.next()).toMatchObject({ value: { data: { endless: { number: 2 } } } });
    await items.return(undefined);
  });
});

describe.skipIf(!process.env.DATABASE_URL)('a statement that takes too long', () => {
  it('is cancelled by PostgreSQL, and told as a limit', async () => {
    const db = await createTestDatabase();
    const limited = await openPostgresDatabase({ url: db.url ?? '', max: 1, statementMs: 50 });
    try {
      const sleep = limited.rows(sql`select pg_sleep(3600)`);
      const error = await sleep.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(maskError(error, 'hidden').toJSON()).toMatchObject({ extensions: { code: 'LIMIT_EXCEEDED' } });
      const running = await db.rows(
        sql`select 1 from pg_stat_activity
          where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`,
      );
      expect(running).toEqual([]);
      expect(await limited.rows(sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
    } finally {
      await limited.close();
      await db.close();
    }
  });
});
