import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOfflineEmbedder } from '../../src/embeddings/offline-embedder.ts';
import type { JobServices } from '../../src/jobs/job-services.ts';
import type { Database } from '../../src/platform/database.ts';
import { ShowrunnerError } from '../../src/platform/errors.ts';
import { DEFAULT_SELECTION } from '../../src/recommendations/selection-settings.ts';
import { at, caller, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { type LibraryHousehold, startHousehold } from '../support/library-household.ts';

let db: Database;
let home: LibraryHousehold;
let services: JobServices;

beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  home = await startHousehold(db, { dialect: 'jellyfin', version: '12.0.0' });
  services = {
    mediaServer: () => home.mediaServer,
    embedder: createOfflineEmbedder(),
    metadata: { sources: [], maxAgeDays: 30, requestsPerRun: 100 },
    libraries: { root: home.settings.root, mode: null, pathMappings: [] },
    newUsers: 'enabled',
    seriesStates: { caughtUpShare: 0.9, abandonedAfterDays: 180 },
    recommendations: DEFAULT_SELECTION,
  };
});
afterEach(() => home.close());
afterAll(() => db.close());

const api = () => createApi(db, undefined, services);
const PLAN = /* GraphQL */ `
  query Plan($userId: ID!) {
    libraryPlan(userId: $userId) {
      mode path serverPath seriesKept filesToWrite filesToRemove filesKept visibleOthers
      added { rank previousRank series { id name } }
      removed { rank series { name year } }
      moved { rank previousRank series { name } }
      files(first: 2) { path change }
      server { state name providerId actions changedOptions }
      problems { code message remedy }
    }
  }`;
const RESTRICT = /* GraphQL */ `
  mutation Restrict($userId: ID!) {
    restrictLibraryAccess(input: { userId: $userId }) {
      __typename
      ... on RestrictLibraryAccessSuccess { openLibraries closedLibraries user { name seesOthersPicks } }
      ... on Failure { code path remedy }
    }
  }`;

describe('libraryPlan', () => {
  test('shows the diff of a first run, and writes nothing', async () => {
    const answer = await api().query(PLAN, { userId: gid('User', home.ada) });
    expect(answer.errors).toBeUndefined();
    expect(at(answer.data, 'libraryPlan')).toEqual({
      mode: 'SYMLINK',
      path: home.library('ada'),
      serverPath: home.library('ada'),
      seriesKept: 0,
      filesToWrite: 12,
      filesToRemove: 0,
      filesKept: 0,
      visibleOthers: [],
      added: [
        { rank: 1, previousRank: null, series: { id: gid('Series', home.titles[0] ?? 0), name: 'Dark' } },
        { rank: 2, previousRank: null, series: { id: gid('Series', home.titles[1] ?? 0), name: 'Fargo' } },
      ],
      removed: [],
      moved: [],
      files: [
        { path: 'Dark (2008)/Season 00/dark-placeholder.nfo', change: 'CREATE' },
        { path: 'Dark (2008)/Season 00/dark-placeholder.strm', change: 'CREATE' },
      ],
      server: {
        state: 'ABSENT',
        name: "ada's picks",
        providerId: null,
        actions: ['CREATE', 'SCAN'],
        changedOptions: [],
      },
      problems: [],
    });
    expect(await home.writes()).toEqual([]);
  });

  test('shows what goes when a user was disabled, and who sees whose picks', async () => {
    await home.run();
    await db.rows(sql`update media_users set recommendations_enabled = false where name = 'ada'`);
    const answer = await api().query(PLAN, { userId: gid('User', home.ada) });
    expect(at(answer.data, 'libraryPlan')).toMatchObject({
      filesToWrite: 0,
      filesToRemove: 12,
      added: [],
      removed: [
        { rank: 1, series: { name: 'Dark', year: 2008 } },
        { rank: 2, series: { name: 'Fargo' } },
      ],
      server: { state: 'READY', actions: ['REMOVE'] },
      visibleOthers: ["ben's picks"],
      problems: [{ code: 'SEES_OTHERS_PICKS', remedy: expect.any(String) }],
    });
  });

  test('an unknown user, an id of something else and a caller without the role are refused by code', async () => {
    const unknown = await api().query(PLAN, { userId: gid('User', 999) });
    expect([unknown.data, unknown.errors?.[0]?.extensions?.code]).toEqual([null, 'NOT_FOUND']);
    const wrong = await api().query(PLAN, { userId: gid('Series', 1) });
    expect(wrong.errors?.[0]?.extensions?.code).toBe('BAD_INPUT');
    for (const principal of [caller('VIEWER', home.ada), caller('VIEWER')]) {
      const refused = await api().query(PLAN, { userId: gid('User', home.ada) }, principal);
      expect(refused.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
    }
    const anonymous = await api().query(PLAN, { userId: gid('User', home.ada) }, null);
    expect(anonymous.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  test('a media server that cannot be asked and a missing folder are told with the remedy', async () => {
    services = {
      ...services,
      mediaServer: () => {
        throw new ShowrunnerError('BAD_CONFIGURATION', 'No media server is configured.');
      },
    };
    const none = await api().query(PLAN, { userId: gid('User', home.ada) });
    expect(none.errors?.[0]?.extensions?.code).toBe('BAD_CONFIGURATION');
    const missing = { ...services.libraries, root: '/nowhere/at/all' };
    services = { ...services, mediaServer: () => home.mediaServer, libraries: missing };
    const answer = await api().query(PLAN, { userId: gid('User', home.ada) });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'LIBRARY_WRITE_FAILED',
      remedy: expect.stringContaining('Create the folder'),
    });
  });
});

describe('restrictLibraryAccess', () => {
  test('closes the libraries of others, which the user then no longer sees', async () => {
    await home.run();
    const userId = gid('User', home.ben);
    const field = '{ users { nodes { name seesOthersPicks } } }';
    expect(at((await api().query(field)).data, 'users', 'nodes')).toEqual([
      { name: 'ada', seesOthersPicks: true },
      { name: 'ben', seesOthersPicks: true },
    ]);
    const answer = await api().query(RESTRICT, { userId });
    expect(at(answer.data, 'restrictLibraryAccess')).toEqual({
      __typename: 'RestrictLibraryAccessSuccess',
      openLibraries: ['Shows', "ben's picks"],
      closedLibraries: ["ada's picks"],
      user: { name: 'ben', seesOthersPicks: false },
    });
    expect(at((await api().query(field)).data, 'users', 'nodes', 0)).toEqual({
      name: 'ada',
      seesOthersPicks: true,
    });
    const again = await api().query(RESTRICT, { userId });
    expect(at(again.data, 'restrictLibraryAccess')).toMatchObject({ closedLibraries: [] });
  });

  test('expected failures are members of the payload, and only an ADMIN may', async () => {
    const unknown = await api().query(RESTRICT, { userId: gid('User', 999) });
    expect(at(unknown.data, 'restrictLibraryAccess')).toMatchObject({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
      path: ['input', 'userId'],
    });
    const wrong = await api().query(RESTRICT, { userId: 'nonsense' });
    expect(at(wrong.data, 'restrictLibraryAccess')).toMatchObject({ __typename: 'BadInputError' });
    await db.rows(
      sql`update media_users set provider_id = 'f00df00df00df00df00df00df00df00d' where name = 'ben'`,
    );
    const gone = await api().query(RESTRICT, { userId: gid('User', home.ben) });
    expect(at(gone.data, 'restrictLibraryAccess')).toMatchObject({
      __typename: 'NotFoundError',
      remedy: 'Run sync-users.',
    });
    await home.demo.close();
    const down = await api().query(RESTRICT, { userId: gid('User', home.ada) });
    expect(at(down.data, 'restrictLibraryAccess')).toMatchObject({
      __typename: 'MediaServerError',
      code: 'MEDIA_SERVER_UNREACHABLE',
    });
    home = await startHousehold(db, { dialect: 'jellyfin', version: '12.0.0' });
    const operator = await api().query(RESTRICT, { userId: gid('User', home.ada) }, caller('OPERATOR'));
    expect(operator.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});

test('a series names the paths of its pictures, null where it has none', async () => {
  await db.rows(
    sql`update title_copies set images = '{"primary":"p1"}' where title_id = ${home.titles[0] ?? 0}`,
  );
  const answer = await api().query('{ seriesConnection { nodes { name posterUrl backdropUrl } } }');
  const id = gid('Series', home.titles[0] ?? 0);
  expect(at(answer.data, 'seriesConnection', 'nodes')).toEqual([
    {
      name: 'Dark',
      posterUrl: expect.stringMatching(`^/images/series/${id}/poster\\?v=`),
      backdropUrl: null,
    },
    { name: 'Fargo', posterUrl: null, backdropUrl: null },
  ]);
});
