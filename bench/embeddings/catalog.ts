import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

const PAGE = 2_000;
const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu'.split(' ');
const GENRES = ['Drama', 'Comedy', 'Crime', 'Mystery', 'Fantasy', 'Animation', 'Documentary', 'Romance'];
/** Words of an overview: as long as those of real series, about 100 tokens with all that stands around it. */
const OVERVIEW_WORDS = 55;

/** Titles as a catalog has them, the same ones each time: frequent and rare words, in about 200 groups that share some. */
export function generatedTitles(count: number) {
  let state = 12_345;
  const below = (end: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  const word = (number: number) =>
    [number % 20, Math.floor(number / 20) % 20, Math.floor(number / 400) % 20]
      .map((syllable) => SYLLABLES[syllable])
      .join('');
  // Few words are frequent and most are rare, as in any language.
  const anyWord = () => word(Math.floor(8_000 ** (below(1_000) / 1_000)));
  return Array.from({ length: count }, (_, index) => {
    const group = below(200);
    const groupWord = () => word(group * 40 + below(40));
    return {
      id: index + 1,
      name: `${anyWord()} ${groupWord()}`,
      year: 1960 + below(65),
      overview: Array.from({ length: OVERVIEW_WORDS }, (_word, at) =>
        at % 4 === 0 ? groupWord() : anyWord(),
      ).join(' '),
      genres: [GENRES[group % 8] ?? '', GENRES[below(8)] ?? ''],
      keywords: [groupWord(), groupWord(), anyWord()],
      networks: [`Network ${below(40)}`],
    };
  });
}

/** Stores that many generated titles. */
export async function addTitles(db: Database, count: number): Promise<void> {
  const titles = generatedTitles(count);
  for (let start = 0; start < count; start += PAGE)
    await db.rows(sql`
      insert into titles (id, name, sort_name, match_name, year, overview, genres, keywords, networks, content_hash)
      overriding system value
      select x.id, x.name, x.name, x.name, x.year, x.overview, x.genres, x.keywords, x.networks, 'h'
      from json_to_recordset(${JSON.stringify(titles.slice(start, start + PAGE))}::json)
        as x(id int, name text, year int, overview text, genres text[], keywords text[], networks text[])`);
}
