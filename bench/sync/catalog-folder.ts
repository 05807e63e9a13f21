import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Size of an invented library; every series has the same number of episodes, in seasons of ten. */
export interface LibrarySize {
  readonly series: number;
  readonly episodesOfSeries: number;
}

const WORDS =
  'river winter glass signal harbour night garden engine letter silent border copper orchard'.split(' ');

/** Writes an invented catalog into `folder`, in the form that the demo server reads. The same size gives the same catalog. */
export async function writeCatalog(folder: string, size: LibrarySize): Promise<void> {
  const lines = Array.from({ length: size.series }, (_, index) => JSON.stringify(lineOf(index, size)));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'catalog.jsonl.gz'), await promisify(gzip)(lines.join('\n')));
}

function lineOf(index: number, size: LibrarySize) {
  const word = (step: number) => WORDS[(index * step) % WORDS.length] ?? '';
  return {
    id: index + 1,
    title: `The ${word(1)} ${word(3)} ${index}`,
    year: 1980 + (index % 45),
    overview: Array.from({ length: 60 }, (_, place) => word(place + 2)).join(' '),
    genres: ['Drama', index % 2 ? 'Crime' : 'Comedy'],
    keywords: [word(5), word(7)],
    network: [`Network ${index % 40}`],
    status: index % 3 ? 'Ended' : 'Returning Series',
    rating: 5 + (index % 50) / 10,
    seasons: Math.max(1, Math.round(size.episodesOfSeries / 10)),
    episodes: size.episodesOfSeries,
    imdb: `tt${String(1_000_000 + index)}`,
    tmdb: 10_000 + index,
  };
}
