import { applyLibrary } from '../../src/library-writer/apply-library.ts';
import { diffLibrary } from '../../src/library-writer/diff-library.ts';
import type { LibraryEpisode, LibraryPick } from '../../src/library-writer/library-pick.ts';
import { planLibrary } from '../../src/library-writer/plan-library.ts';
import { readDisk, readManifest } from '../../src/library-writer/read-library.ts';

/** A pick with little more than a name. */
export function pick(titleId: number, name: string, part: Partial<LibraryPick> = {}): LibraryPick {
  return {
    titleId,
    rank: titleId,
    name,
    originalName: null,
    year: 2008,
    premiereDate: null,
    endDate: null,
    status: null,
    overview: null,
    genres: [],
    keywords: [],
    networks: [],
    communityRating: null,
    officialRating: null,
    runtimeMinutes: null,
    tvdbId: null,
    tmdbId: null,
    imdbId: null,
    addedOn: null,
    explanation: null,
    ...part,
  };
}

/** An episode of a title in a file of its own. */
export function pickedEpisode(
  titleId: number,
  seasonNumber: number,
  number: number,
  part: Partial<LibraryEpisode> = {},
): LibraryEpisode {
  return {
    titleId,
    seasonNumber,
    number,
    name: `Part ${number}`,
    overview: null,
    airDate: null,
    runtimeMs: 1_800_000,
    addedOn: null,
    path: `/media/${titleId}/S${seasonNumber}E${number}.mkv`,
    ...part,
  };
}

/** The plan of a library with `series` series of `episodes` episodes each; `edition` changes texts and ranks. */
export function manySeries(series: number, episodes: number, edition: string) {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  return planLibrary(
    numbers(series).map((id) =>
      pick(id, `Series ${id}`, { overview: edition, rank: series - id + edition.length }),
    ),
    numbers(series).flatMap((id) => numbers(episodes).map((number) => pickedEpisode(id, 1, number))),
    edition.length % 2 === 0 ? 'strm' : 'symlink',
  );
}

/** Writes a plan to the library `users/a/ai-series` below `root`, as a run does; returns the diff. */
export async function writeLibrary(
  root: string,
  plan: ReturnType<typeof planLibrary>,
  signal: AbortSignal = new AbortController().signal,
) {
  const folder = { root, base: 'users/a/ai-series' };
  const manifest = await readManifest(folder);
  const disk = await readDisk(folder, [...plan.files.keys(), ...manifest.files.keys()], {
    verify: manifest.pending === 'files',
    signal,
  });
  const diff = diffLibrary(plan.files, manifest, disk);
  await applyLibrary({ folder, plan: plan.files, manifest, diff, signal });
  return diff;
}
