import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTvmazeSource } from '../../src/enrichment/tvmaze.ts';
import type { Database } from '../../src/platform/database.ts';
import { createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { noServices } from '../support/engine.ts';
import { TEST_HTTP } from '../support/metadata-server.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

let db: Database;
let query: ReturnType<typeof createApi>['query'];
beforeAll(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
  await db.rows(sql`
    insert into title_metadata (title_id, source, outcome, attempted_at, identity_hash, fetched_at, source_id, matched_by,
      confidence, keywords, genres, networks, status, vote_average, vote_count, popularity) values
    (3, 'TVMAZE', 'FOUND', '2026-11-20T12:00:00Z', 'h', '2026-11-20T12:00:00Z', '82', 'TITLE_AND_YEAR', 0.9, '{}',
      '{Drama}', '{HBO}', null, 9.2, null, 97),
    (3, 'TMDB', 'FAILED', '2026-11-21T12:00:00Z', 'h', '2026-11-20T12:00:00Z', '1399', 'TVDB_ID', 1, '{dragon}',
      '{Drama}', '{HBO}', 'ENDED', 8.4, 24000, 312.5),
    (4, 'TMDB', 'NOT_FOUND', '2026-11-20T12:00:00Z', 'h', null, null, null, 0.3, '{}', '{}', '{}', null, null, null, null)`);
  const sources = [createTvmazeSource({ http: TEST_HTTP })];
  const services = { ...noServices, metadata: { ...noServices.metadata, sources } };
  ({ query } = createApi(db, undefined, services));
});
afterAll(() => db.close());

describe('what public catalogs know', () => {
  it('is shown with each series, with its page there and the words to tell', async () => {
    const { data, errors } = await query(
      `query ($id: ID!) { series(id: $id) { enrichment { source url notice matchedBy confidence fetchedAt keywords genres
        networks status voteAverage voteCount popularity } } }`,
      { id: gid('Series', 3) },
    );
    expect(errors).toBeUndefined();
    expect(data?.series).toEqual({
      enrichment: [
        {
          source: 'TMDB',
          url: 'https://www.themoviedb.org/tv/1399',
          notice: 'This product uses the TMDB API but is not endorsed or certified by TMDB.',
          matchedBy: 'TVDB_ID',
          confidence: 1,
          fetchedAt: '2026-11-20T12:00:00.000Z',
          keywords: ['dragon'],
          genres: ['Drama'],
          networks: ['HBO'],
          status: 'ENDED',
          voteAverage: 8.4,
          voteCount: 24_000,
          popularity: 312.5,
        },
        expect.objectContaining({
          source: 'TVMAZE',
          url: 'https://www.tvmaze.com/shows/82',
          notice: 'Data by TVmaze, licensed under CC BY-SA 4.0.',
          confidence: 0.9,
          voteCount: null,
          status: null,
        }),
      ],
    });
  });

  it('is empty for a series that none knows or was asked about', async () => {
    const { data } = await query(
      'query ($a: ID!, $b: ID!) { a: series(id: $a) { enrichment { url } } b: series(id: $b) { enrichment { notice } } }',
      { a: gid('Series', 4), b: gid('Series', 5) },
    );
    expect(data).toEqual({ a: { enrichment: [] }, b: { enrichment: [] } });
  });

  it('is told of as a whole: which catalogs are asked, what they ask for, and how far it is', async () => {
    const { data, errors } = await query(
      '{ metadataSources { source isEnabled found notFound failed attribution { label notice website terms } } }',
    );
    expect(errors).toBeUndefined();
    expect(data?.metadataSources).toMatchObject([
      { source: 'TMDB', isEnabled: false, found: 0, notFound: 1, failed: 1, attribution: { label: 'TMDb' } },
      {
        source: 'TVMAZE',
        isEnabled: true,
        found: 1,
        notFound: 0,
        failed: 0,
        attribution: { terms: 'https://creativecommons.org/licenses/by-sa/4.0/' },
      },
    ]);
  });
});
