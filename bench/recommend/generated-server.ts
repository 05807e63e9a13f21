import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

const MODEL = 'bench-768';
const DIMENSIONS = 768;
const VOCABULARY = 20_000;
const OVERVIEW_WORDS = 55;
const GENRES = 24;
const KEYWORDS = 3_000;
const NETWORKS = 120;
/** Series that a viewer has watched, at least and at most. */
const HISTORY = { least: 5, most: 75 };
const BATCH = 500;

/** Numbers in 0..1 that are the same for the same seed (mulberry32). */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A made-up title: its words, keywords and vector lean towards its genre, as those of real series do. */
interface GeneratedTitle {
  readonly id: number;
  readonly genre: number;
  readonly name: string;
  readonly overview: string;
  readonly genres: readonly string[];
  readonly keywords: readonly string[];
  readonly networks: readonly string[];
  readonly year: number;
  readonly rating: number;
}

/** Fills an empty database with titles, their vectors and viewers with histories, the same for the same numbers. */
export async function storeGeneratedServer(db: Database, titles: number, viewers: number): Promise<void> {
  const random = seededRandom(titles * 31 + viewers);
  await db.rows(
    sql`insert into embedding_models (model, dimensions, active) values (${MODEL}, ${DIMENSIONS}, true)`,
  );
  const centres = Array.from({ length: GENRES }, () => directions(random));
  for (let start = 0; start < titles; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, titles - start) }, (_, index) =>
      generatedTitle(start + index + 1, random),
    );
    await storeTitles(db, batch);
    const rows = batch.map((title) => ({
      title_id: title.id,
      vector: `[${Array.from(vectorNear(centres[title.genre] ?? directions(random), random), shortly).join(',')}]`,
    }));
    await db.rows(sql`
      insert into embeddings (title_id, model, vector, text_hash, tokens)
      select x.title_id, ${MODEL}, x.vector::halfvec, 'generated', 0
      from json_to_recordset(${JSON.stringify(rows)}::json) as x(title_id int, vector text)
    `);
  }
  await storeViewers(db, titles, viewers, random);
  await db.rows(sql`analyze`);
}

function generatedTitle(id: number, random: Random): GeneratedTitle {
  const genre = Math.floor(random() * GENRES);
  // The square makes low numbers common, as in real vocabularies.
  const leaning = (count: number) =>
    (Math.floor(random() ** 2 * count) + (random() < 0.5 ? genre * 37 : 0)) % count;
  const words = Array.from({ length: OVERVIEW_WORDS }, () => wordOf(leaning(VOCABULARY)));
  return {
    id,
    genre,
    name: `${wordOf(leaning(VOCABULARY))} ${wordOf(leaning(VOCABULARY))} ${id}`,
    overview: words.join(' '),
    genres: [`Genre ${genre}`, `Genre ${leaning(GENRES)}`],
    keywords: Array.from({ length: 6 }, () => `keyword ${leaning(KEYWORDS)}`),
    networks: [`Network ${leaning(NETWORKS)}`],
    year: 1970 + Math.floor(random() ** 0.5 * 56),
    rating: 4 + random() * 5,
  };
}

/** A made-up word of syllables, the same for the same number. */
function wordOf(number: number): string {
  const syllables = ['ba', 'ke', 'li', 'mo', 'nu', 'ra', 'se', 'ti', 'vo', 'zu'];
  return [...String(number + 100)].map((digit) => syllables[Number(digit)] ?? '').join('');
}

function directions(random: Random): Float32Array {
  return Float32Array.from({ length: DIMENSIONS }, () => random() + random() + random() - 1.5);
}

function vectorNear(centre: Float32Array, random: Random): Float32Array {
  const noise = directions(random);
  const vector = centre.map((value, d) => 0.3 + 0.5 * value + (noise[d] ?? 0));
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** Four digits are as many as half precision keeps. */
function shortly(value: number): string {
  return value.toPrecision(4);
}

async function storeTitles(db: Database, batch: readonly GeneratedTitle[]): Promise<void> {
  await db.rows(sql`
    insert into titles (id, name, sort_name, match_name, year, status, overview, genres, keywords, networks,
      community_rating, content_hash)
    overriding system value
    select x.id, x.name, x.name, x.name, x.year, 'ENDED', x.overview,
      array(select json_array_elements_text(x.genres)), array(select json_array_elements_text(x.keywords)),
      array(select json_array_elements_text(x.networks)), x.rating, 'generated'
    from json_to_recordset(${JSON.stringify(batch)}::json) as x(id int, name text, year int, overview text,
      genres json, keywords json, networks json, rating float8)
  `);
}

async function storeViewers(db: Database, titles: number, viewers: number, random: Random): Promise<void> {
  for (let viewer = 1; viewer <= viewers; viewer += 1) {
    const wanted = HISTORY.least + Math.floor(random() ** 2 * (HISTORY.most - HISTORY.least));
    const watched = new Set<number>();
    while (watched.size < Math.min(wanted, titles)) watched.add(1 + Math.floor(random() ** 2 * titles));
    await db.rows(sql`
      insert into media_users (id, provider_id, name, recommendations_enabled, folder) overriding system value
      values (${viewer}, ${`viewer-${viewer}`}, ${`viewer ${viewer}`}, true, ${`viewer-${viewer}`})
    `);
    await db.rows(sql`
      insert into series_states (user_id, title_id, state, watched_count, aired_count, last_played_at)
      select ${viewer}, x.id::int, case when x.place % 4 = 0 then 'IN_PROGRESS' else 'COMPLETED' end, 5, 10,
        timestamptz '2026-11-01' - x.place * interval '3 days'
      from json_array_elements_text(${JSON.stringify([...watched])}::json) with ordinality x(id, place)
    `);
  }
}
