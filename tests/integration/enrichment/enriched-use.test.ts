import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generateSeriesEmbeddings } from '../../../src/embeddings/generate-series-embeddings.ts';
import { createOfflineEmbedder } from '../../../src/embeddings/offline-embedder.ts';
import { titleTexts } from '../../../src/embeddings/title-texts.ts';
import { enrichMetadata } from '../../../src/enrichment/enrich-metadata.ts';
import { loadRecommendationFacts } from '../../../src/recommendations/recommendation-facts.ts';
import { scorable } from '../../../src/recommendations/scoring-model.ts';
import { testContext } from '../../support/context.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type MetadataServer, metadataOf, startMetadataServer } from '../../support/metadata-server.ts';
import { seedCatalog } from '../../support/seed-catalog.ts';

let db: TestDatabase;
let server: MetadataServer;

beforeEach(async () => {
  db = await createTestDatabase();
  await seedCatalog(db);
  server = await startMetadataServer([
    { id: 7, name: 'Show 07', tvdbId: 1007, keywords: ['lighthouse', 'smuggling'], votes: 4_321 },
  ]);
});
afterEach(async () => {
  await db.close();
  await server.close();
});

const enrich = () => enrichMetadata(testContext(db, { metadata: metadataOf(server) }), { titleIds: [7] });
const embed = () => generateSeriesEmbeddings(testContext(db, { embedder: createOfflineEmbedder() }));

it('keywords of a public catalog are embedded, for the titles that have new ones and no others', async () => {
  await embed();
  expect(await enrich()).toMatchObject({ found: 1, textsChanged: 1 });
  const text = (await titleTexts(db)).find(({ titleId }) => titleId === 7)?.text;
  expect(text).toMatch(/^Keywords: lighthouse, smuggling$/m);
  expect(await embed()).toMatchObject({ embedded: 1, unchanged: 28 });
  expect(await enrich()).toMatchObject({ found: 1, changed: 0 });
  expect(await embed()).toMatchObject({ embedded: 0, unchanged: 29 });
});

it('votes of a public catalog reach the scorer, also of a title that has left and was begun', async () => {
  const votes = async () => {
    const { facts } = await loadRecommendationFacts(testContext(db, {}), undefined);
    return new Map(facts.knownTitles.map((title) => [title.id, scorable(title).votes]));
  };
  expect([...(await votes()).values()].filter((count) => count !== null)).toEqual([]);
  const before = (await loadRecommendationFacts(testContext(db, {}), undefined)).facts.hash;
  await enrich();
  expect((await votes()).get(7)).toBe(4_321);
  expect((await loadRecommendationFacts(testContext(db, {}), undefined)).facts.hash).not.toBe(before);
  await db.rows(sql`update titles set removed_at = now() where id = 7`);
  await db.rows(sql`
    insert into series_states (user_id, title_id, state, watched_count, aired_count, updated_at)
    values (1, 7, 'COMPLETED', 6, 6, now())
    on conflict (user_id, title_id) do update set state = excluded.state`);
  expect((await votes()).get(7)).toBe(4_321);
});
