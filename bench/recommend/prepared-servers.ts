import {
  type Audience,
  buildAudience,
  type ViewerTaste,
  viewerTaste,
} from '../../src/recommendations/audience.ts';
import { centred } from '../../src/recommendations/dense-vectors.ts';
import { buildLibrary, type Library } from '../../src/recommendations/library.ts';
import { atOnce } from '../../src/recommendations/steps.ts';
import { type Dataset, offlineVectors, profileOf } from './dataset.ts';

/** What a server has. */
export interface Inputs {
  readonly name: string;
  /** `folder` for those of the data folder, `offline` for those of the offline embedder. */
  readonly embeddings: 'folder' | 'offline' | 'none';
  readonly votes: boolean;
  readonly collaborative: boolean;
}

/** The inputs that are measured and trained for; the first is a server that has everything. */
export const ALL_INPUTS = [
  { name: 'MiniLM', embeddings: 'folder', votes: true, collaborative: true },
  { name: 'offline', embeddings: 'offline', votes: true, collaborative: true },
  { name: 'no embeddings', embeddings: 'none', votes: true, collaborative: true },
  { name: 'MiniLM, no votes', embeddings: 'folder', votes: false, collaborative: true },
  { name: 'offline, no votes', embeddings: 'offline', votes: false, collaborative: true },
  { name: 'MiniLM, not collaborative', embeddings: 'folder', votes: true, collaborative: false },
  { name: 'offline, not collaborative', embeddings: 'offline', votes: true, collaborative: false },
  { name: 'neither', embeddings: 'offline', votes: false, collaborative: false },
] as const satisfies readonly Inputs[];

/** A server of the data, prepared; its libraries differ by what they have. */
export interface PreparedServer {
  readonly group: string;
  readonly name: string;
  readonly tastes: ReadonlyMap<string, ViewerTaste>;
  libraryWith(inputs: Inputs): Library;
  audienceWith(inputs: Inputs): Audience;
}

/** Prepares one server after the other; those with the same library share it. */
export async function* preparedServers(data: Dataset): AsyncGenerator<PreparedServer> {
  let last: { key: string; bare: Library; variants: Map<string, Library> } | undefined;
  for (const server of [...data.servers].sort((a, b) => a.library.length - b.library.length)) {
    const key = server.library.join();
    if (last?.key !== key) {
      const titles = server.library.flatMap((id) => data.catalog.get(id) ?? []);
      last = { key, bare: await buildLibrary(titles, null, async () => {}), variants: new Map() };
    }
    const { bare, variants } = last;
    const tastes = new Map(
      server.users.map((user) => [user, viewerTaste(bare, profileOf(data.train.get(user) ?? []))]),
    );
    const together = atOnce(buildAudience(bare, [...tastes.values()]));
    // As in production: counts of fewer than five viewers would tell on somebody.
    const counted = server.users.length < 5 ? [] : [...tastes.values()];
    const apart = atOnce(buildAudience(bare, counted, { collaborative: false }));
    yield {
      group: server.group,
      name: server.server,
      tastes,
      libraryWith: (inputs) => {
        const variant = variants.get(inputs.name) ?? libraryOf(bare, data, inputs);
        variants.set(inputs.name, variant);
        return variant;
      },
      audienceWith: ({ votes, collaborative }) => {
        const audience = collaborative ? together : apart;
        return votes ? audience : { ...audience, habits: { ...audience.habits, votesOfWatched: 0 } };
      },
    };
  }
}

/** Neither the neighbours by content nor what viewers have in common depend on embeddings or votes. */
function libraryOf(bare: Library, data: Dataset, { embeddings, votes }: Inputs): Library {
  const vectors =
    embeddings === 'folder'
      ? data.embeddingsOf(bare.titles.map((title) => title.id))
      : offlineVectors(bare.titles);
  return {
    ...bare,
    votes: votes ? bare.votes : null,
    content: { ...bare.content, embeddings: embeddings === 'none' ? null : atOnce(centred(vectors)) },
  };
}
