import { parseArgs } from 'node:util';
import { generateSeriesEmbeddings } from '../../src/embeddings/generate-series-embeddings.ts';
import { createOpenAiEmbedder } from '../../src/embeddings/openai-embedder.ts';
import type { VerbContext } from '../../src/platform/context.ts';
import { createLogger } from '../../src/platform/log.ts';
import { type BenchStore, embeddedStore, postgresStore } from '../sync/stores.ts';
import { addTitles } from './catalog.ts';
import { type ProviderProcess, startProvider } from './provider-process.ts';
import { measureRecall } from './recall.ts';

const USAGE = `Usage: bench:embeddings [options]
Measures generate-series-embeddings against a provider of known speed in a process of its own, on the embedded database
and, when DATABASE_URL is set, on PostgreSQL; there also how good and how quick the index of 20,000 vectors is.
  --titles N,N     sizes of the catalog (default 1000,20000)
  --rounds N       times to measure each, of which the middle one is told (default 3)
  --dimensions N   length of the vectors (default 1536)
  --latency N      ms that each call takes (default 200)
  --rate N         tokens a second that each call takes beside (default 30000)
  --numbers        the provider answers numbers instead of bytes
  --no-recall      leave the index out
`;

const log = createLogger('silent');
const CONCURRENCY = 2;

/** What one run took, in ms. */
interface Round {
  readonly totalMs: number;
  readonly indexMs: number;
  readonly ownMs: number;
  readonly calls: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      titles: { type: 'string', default: '1000,20000' },
      rounds: { type: 'string', default: '3' },
      dimensions: { type: 'string', default: '1536' },
      latency: { type: 'string', default: '200' },
      rate: { type: 'string', default: '30000' },
      numbers: { type: 'boolean', default: false },
      recall: { type: 'boolean', default: true },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const provider = await startProvider({
    dimensions: Number(values.dimensions),
    latencyMs: Number(values.latency),
    tokensPerSecond: Number(values.rate),
    numbers: values.numbers,
  });
  const { DATABASE_URL: url } = process.env;
  try {
    const stores = [
      { name: 'embedded', open: embeddedStore },
      ...(url ? [{ name: 'postgres', open: () => postgresStore(url) }] : []),
    ];
    for (const { name, open } of stores)
      for (const titles of values.titles.split(',').map(Number)) {
        const rounds: Round[] = [];
        for (let round = 0; round < Number(values.rounds); round += 1)
          rounds.push(await measure(provider, await open(), titles));
        report(name, titles, rounds);
      }
  } finally {
    provider.stop();
  }
  if (url && values.recall) await measureRecall(url);
}

async function measure(provider: ProviderProcess, store: BenchStore, titles: number): Promise<Round> {
  try {
    await addTitles(store.db, titles);
    await provider.taken();
    const embedder = createOpenAiEmbedder({
      apiKey: 'none',
      baseUrl: `${provider.url}/v1`,
      model: 'bench',
      concurrency: CONCURRENCY,
    });
    const begun = performance.now();
    let indexBegun: number | undefined;
    const context: VerbContext = {
      db: store.db,
      signal: new AbortController().signal,
      log,
      now: () => new Date(),
      progress: {
        step: (name) => {
          if (name === 'Build the index') indexBegun = performance.now();
        },
        advance: () => {},
        log: () => {},
        fail: (item, error) => {
          throw new Error(`${item} failed.`, { cause: error });
        },
      },
    };
    const counts = await generateSeriesEmbeddings({ ...context, embedder });
    const ended = performance.now();
    if (counts.embedded !== titles || counts.activated !== 1) throw new Error('Not all were embedded.');
    const indexMs = indexBegun === undefined ? 0 : ended - indexBegun;
    return { totalMs: ended - begun - indexMs, indexMs, ...(await provider.taken()) };
  } finally {
    await store.drop();
  }
}

/** The provider's own time is that of all its calls together, divided among the calls that are open at a time. */
function report(store: string, titles: number, rounds: readonly Round[]): void {
  const over = ({ totalMs, ownMs }: Round) => totalMs / (ownMs / CONCURRENCY) - 1;
  const middle = rounds.toSorted((one, other) => over(one) - over(other))[Math.floor(rounds.length / 2)];
  if (!middle) return;
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const percent = rounds.map((round) => `${(100 * over(round)).toFixed(1)} %`).join(', ');
  console.log(
    `${store}: ${titles} titles in ${middle.calls} calls: ${seconds(middle.totalMs)} s, of which the provider's own ` +
      `${seconds(middle.ownMs / CONCURRENCY)} s; over it ${(100 * over(middle)).toFixed(1)} % (${percent})` +
      `${middle.indexMs > 0 ? `; its index afterwards ${seconds(middle.indexMs)} s` : ''}`,
  );
}

await main();
