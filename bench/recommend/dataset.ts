import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { embeddingText } from '../../src/embeddings/embedding-text.ts';
import { lexicalVector } from '../../src/embeddings/offline-embedder.ts';
import type { ScorableTitle } from '../../src/recommendations/content-vectors.ts';
import type { DenseVectors } from '../../src/recommendations/dense-vectors.ts';

const Title = z.object({
  id: z.number(),
  title: z.string(),
  year: z.number().nullable(),
  overview: z.string().nullable(),
  genres: z.array(z.string()),
  keywords: z.array(z.string()),
  network: z.array(z.string()),
  rating: z.number().nullable(),
  seasons: z.number().nullish(),
  episodes: z.number().nullish(),
  votes: z.number().nullable(),
});
const Server = z.object({
  group: z.string(),
  server: z.string(),
  users: z.array(z.string()),
  library: z.array(z.number()),
});

/** What a season of which no more is known counts as. */
const EPISODES_OF_SEASON = 10;

/** One series of a published viewing history; `at` is the last play in ms, NaN when unknown. */
interface HistoryEntry {
  readonly titleId: number;
  readonly at: number;
}

/** A folder of published viewing histories, read. */
export interface Dataset {
  readonly catalog: ReadonlyMap<number, ScorableTitle>;
  readonly servers: readonly z.infer<typeof Server>[];
  readonly train: ReadonlyMap<string, readonly HistoryEntry[]>;
  readonly test: ReadonlyMap<string, readonly HistoryEntry[]>;
  /** The embeddings of some titles, in their order. */
  embeddingsOf(ids: readonly number[]): DenseVectors;
}

/** Reads `catalog.jsonl.gz`, `embeddings_*.npy` and, below `split`, `histories.csv.gz` and `servers.json.gz`. */
export function readDataset(folder: string, split: string): Dataset {
  const text = (...path: string[]) => gunzipSync(readFileSync(join(folder, ...path))).toString('utf8');
  const catalog = new Map(
    text('catalog.jsonl.gz')
      .trim()
      .split('\n')
      .map((line) => {
        const { title, network, votes, seasons, episodes, ...rest } = Title.parse(JSON.parse(line));
        return [
          rest.id,
          {
            ...rest,
            name: title,
            networks: network,
            votes,
            episodeCount: episodes ?? (seasons ? seasons * EPISODES_OF_SEASON : null),
          },
        ] as const;
      }),
  );
  const histories = text(split, 'histories.csv.gz');
  return {
    catalog,
    servers: z.array(Server).parse(JSON.parse(text(split, 'servers.json.gz'))),
    train: foldOf(histories, 'train'),
    test: foldOf(histories, 'test'),
    embeddingsOf: embeddingReader(folder),
  };
}

/** A history as a taste profile in which every series counts the same. */
export function profileOf(history: readonly HistoryEntry[]) {
  const latest = Math.max(...history.map((entry) => entry.at));
  return history.map(({ titleId, at }) => ({
    titleId,
    weight: 1,
    recency: Number.isNaN(at) ? 0 : 0.5 ** ((latest - at) / 86_400_000 / 60),
  }));
}

/** The offline embedder's vectors of titles. */
export function offlineVectors(titles: readonly ScorableTitle[]): DenseVectors {
  const rows = titles.map((title) => lexicalVector(embeddingText(title)));
  const dimensions = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * dimensions);
  for (const [row, vector] of rows.entries()) values.set(vector, row * dimensions);
  return { rowCount: rows.length, dimensions, values };
}

function foldOf(csv: string, fold: string): Map<string, HistoryEntry[]> {
  const [header = '', ...rows] = csv.trim().split(/\r?\n/);
  const columns = header.split(',');
  const byUser = new Map<string, HistoryEntry[]>();
  for (const row of rows) {
    const cells = row.split(',');
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    if (cell('fold') !== fold) continue;
    const history = byUser.get(cell('user')) ?? [];
    history.push({ titleId: Number(cell('series')), at: Date.parse(cell('updatedAt')) });
    byUser.set(cell('user'), history);
  }
  return byUser;
}

function embeddingReader(folder: string): (ids: readonly number[]) => DenseVectors {
  const idData = npyBody(join(folder, 'embeddings_ids.npy'));
  const matrix = npyBody(join(folder, 'embeddings_minilm_f32.npy'));
  const rowOf = new Map(
    Array.from({ length: idData.byteLength / 8 }, (_, row) => [
      Number(idData.getBigInt64(row * 8, true)),
      row,
    ]),
  );
  const dimensions = matrix.byteLength / 4 / rowOf.size;
  return (ids) => {
    const values = new Float32Array(ids.length * dimensions);
    for (const [index, id] of ids.entries()) {
      const row = rowOf.get(id);
      if (row === undefined) continue;
      for (let d = 0; d < dimensions; d += 1) {
        values[index * dimensions + d] = matrix.getFloat32((row * dimensions + d) * 4, true);
      }
    }
    return { rowCount: ids.length, dimensions, values };
  };
}

/** The data of a NumPy file (format 1.0): 10 bytes of preamble, a header of the length they name, then the values. */
function npyBody(path: string): DataView {
  const file = readFileSync(path);
  const start = 10 + file.readUInt16LE(8);
  return new DataView(file.buffer, file.byteOffset + start, file.byteLength - start);
}
