import { sql } from 'drizzle-orm';
import type { Queryable } from '../platform/database.ts';
import type { PreviewCopy, PreviewFile } from './preview-world.ts';
import { type PreviewWorld, putEpisode } from './preview-world.ts';

const PAGE = 2_000;

/** Reads the catalog into memory; episodes page by page, so that no statement is long. */
export async function loadPreviewWorld(db: Queryable, signal: AbortSignal): Promise<PreviewWorld> {
  const world: PreviewWorld = {
    titles: new Map(),
    copies: new Map(),
    episodes: new Map(),
    episodesOfItem: new Map(),
  };
  for (const { tvdb, tmdb, imdb, ...title } of await loadTitles(db)) {
    const providerIds = { ...(tvdb && { tvdb }), ...(tmdb && { tmdb }), ...(imdb && { imdb }) };
    world.titles.set(title.id, { ...title, providerIds });
  }
  for (const copy of await loadCopies(db)) world.copies.set(copy.id, copy);
  let page: EpisodeRecord[] = [];
  do {
    signal.throwIfAborted();
    page = await loadEpisodes(db, page.at(-1)?.id ?? 0);
    for (const { id: _, ...episode } of page) putEpisode(world, episode);
  } while (page.length === PAGE);
  return world;
}

type TitleRecord = {
  id: number;
  name: string;
  matchName: string;
  year: number | null;
  removed: boolean;
  contentHash: string;
  tvdb: string | null;
  tmdb: string | null;
  imdb: string | null;
};

async function loadTitles(db: Queryable): Promise<TitleRecord[]> {
  return db.rows<TitleRecord>(sql`
    select id, name, match_name as "matchName", year, removed_at is not null as removed, content_hash as "contentHash",
      tvdb_id as tvdb, tmdb_id as tmdb, imdb_id as imdb
    from titles where merged_into_id is null order by id`);
}

type CopyRecord = { -readonly [Key in keyof PreviewCopy]: PreviewCopy[Key] };

async function loadCopies(db: Queryable): Promise<CopyRecord[]> {
  return db.rows<CopyRecord>(sql`
    select id, library_id as "libraryId", provider_item_id as "itemId", title_id as "titleId",
      removed_at is not null as removed, list_version as "listVersion"
    from title_copies order by id`);
}

type EpisodeRecord = {
  id: number;
  titleId: number;
  slot: string;
  contentHash: string;
  removed: boolean;
  files: PreviewFile[];
};

async function loadEpisodes(db: Queryable, after: number): Promise<EpisodeRecord[]> {
  return db.rows<EpisodeRecord>(sql`
    select e.id, e.title_id as "titleId", e.slot, e.content_hash as "contentHash", e.removed_at is not null as removed,
      coalesce((
        select json_agg(json_build_object('copyId', c.title_copy_id, 'itemId', c.provider_item_id))
        from episode_copies c where c.episode_id = e.id and c.removed_at is null), '[]'::json) as files
    from (select * from episodes where id > ${after} order by id limit ${PAGE}) e order by e.id`);
}
