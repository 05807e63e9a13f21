import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewerTaste } from '../../src/recommendations/audience.ts';
import { contentSumsOfAll } from '../../src/recommendations/content-sums.ts';
import { scoreTitles } from '../../src/recommendations/score-titles.ts';
import type { ScorerModel } from '../../src/recommendations/scorer-model.ts';
import { selectPicks } from '../../src/recommendations/select-picks.ts';
import { DEFAULT_SELECTION, type SelectionSettings } from '../../src/recommendations/selection-settings.ts';
import { atOnce } from '../../src/recommendations/steps.ts';
import { BASELINES, type Domain, GOAL } from './baselines.ts';
import { type Dataset, readDataset } from './dataset.ts';
import { byGroup, meanOf, ndcgAt10 } from './metrics.ts';
import { ALL_INPUTS, type Inputs, type PreparedServer, preparedServers } from './prepared-servers.ts';

const CURRENT_YEAR = 2025;
const LIST_LENGTH = 20;
const PLAIN_SELECTION: SelectionSettings = {
  ...DEFAULT_SELECTION,
  diversity: 0,
  genreShare: 1,
  networkShare: 1,
};
const MOST_WATCHED = 'most watched, measured';
/** Viewers whose sums are computed at once. */
const BATCH = 100;

/** What to measure, and how. */
export interface MeasureOptions {
  readonly split?: string;
  /** The shipped one when left out. */
  readonly model?: ScorerModel;
  /** All of them when left out. */
  readonly inputs?: readonly Inputs[];
  /** Groups of servers that are measured; all when left out. */
  readonly groups?: readonly string[];
  /** Viewers who are measured; the histories of the others count all the same. */
  readonly isMeasured?: (user: string) => boolean;
  /** Viewers of one server that are measured at most, evenly spread over all; all when left out. */
  readonly viewersEach?: number;
  /** Whether titles are ranked by score alone; diverse and capped as in production when left out. */
  readonly isPlain?: boolean;
  /** Where the lists are written to; nowhere when left out. */
  readonly output?: string;
}

interface Result {
  readonly group: string;
  readonly ndcg: number;
  readonly line: string;
}

/**
 * Measures both domains of a data folder and prints NDCG@10 by group of servers, beside the baselines; `<` marks what lies more
 * than a standard error below its goal: a scorer for the domain alone for a server with everything, and what most viewers of the
 * server watched where something is missing.
 */
export async function measureDomains(folder: string, options: MeasureOptions): Promise<void> {
  for (const domain of ['tv', 'anime'] as const)
    await measureDomain(domain, readDataset(join(folder, domain), options.split ?? 'dev'), options);
}

async function measureDomain(domain: Domain, all: Dataset, options: MeasureOptions): Promise<void> {
  const { inputs = ALL_INPUTS, groups: wanted, output } = options;
  const data = { ...all, servers: all.servers.filter(({ group }) => wanted?.includes(group) ?? true) };
  const results = new Map<string, Result[]>([[MOST_WATCHED, []]]);
  for (const { name } of inputs) results.set(name, []);
  const milliseconds: number[] = [];
  for await (const server of preparedServers(data)) {
    results.get(MOST_WATCHED)?.push(...mostWatched(server, data, options));
    for (const variant of inputs) {
      const lists = listsOf(server, variant, data, options);
      results.get(variant.name)?.push(...lists.results);
      milliseconds.push(...lists.milliseconds);
    }
  }
  milliseconds.sort((a, b) => a - b);
  const median = milliseconds[Math.floor(milliseconds.length / 2)] ?? 0;
  console.log(`\n${domain}: median ${median.toFixed(1)} ms a viewer`);
  const groupNames = Object.keys(Object.values(BASELINES[domain])[0] ?? {}).filter(
    (group) => wanted?.includes(group) ?? true,
  );
  console.log(row('', groupNames, Number.NaN));
  for (const [name, baseline] of Object.entries(BASELINES[domain])) {
    const values = groupNames.map((group) => baseline[group] ?? 0);
    console.log(
      row(
        name,
        values.map((value) => value.toFixed(3)),
        meanOf(values),
      ),
    );
  }
  const least = new Map(byGroup(results.get(MOST_WATCHED) ?? []).map(({ group, ndcg }) => [group, ndcg]));
  for (const [name, lists] of results) {
    const groups = new Map(byGroup(lists).map((result) => [result.group, result]));
    const cells = groupNames.map((group) => {
      const { ndcg, error } = groups.get(group) ?? { ndcg: 0, error: 0 };
      const isWhole = name === ALL_INPUTS[0].name;
      const goal = isWhole ? BASELINES[domain][GOAL]?.[group] : least.get(group);
      const below = ndcg + error < (goal ?? 0) ? '<' : '';
      return `${below}${ndcg.toFixed(3)}±${error.toFixed(3).slice(1)}`;
    });
    console.log(row(name, cells, meanOf(groupNames.map((group) => groups.get(group)?.ndcg ?? 0))));
    if (!output) continue;
    const file = join(output, `${domain}-${name.replaceAll(/\W+/g, '-').toLowerCase()}.jsonl`);
    writeFileSync(file, `${lists.map(({ line }) => line).join('\n')}\n`);
  }
}

/** The lists of the viewers of a server, and the ms that each took. */
function listsOf(
  server: PreparedServer,
  variant: Inputs,
  data: Dataset,
  options: MeasureOptions,
): { results: Result[]; milliseconds: number[] } {
  const { model, isPlain = false } = options;
  const library = server.libraryWith(variant);
  const audience = server.audienceWith(variant);
  const viewers = measuredViewers(server, options);
  const results: Result[] = [];
  const milliseconds: number[] = [];
  for (let start = 0; start < viewers.length; start += BATCH) {
    const batch = viewers.slice(start, start + BATCH);
    const began = performance.now();
    const sums = atOnce(
      contentSumsOfAll(
        library.content,
        batch.map(([, taste]) => taste),
      ),
    );
    for (const [index, [user, taste]] of batch.entries()) {
      const { scores } = scoreTitles(library, audience, taste, CURRENT_YEAR, sums[index], model);
      const begun = new Set(taste.entries.map((entry) => entry.row));
      const firstTime = library.titles.flatMap((title, at) => (begun.has(at) ? [] : [title.id]));
      const picks = selectPicks(
        library,
        taste,
        scores,
        { firstTime, rewatch: [] },
        {
          count: LIST_LENGTH,
          selection: isPlain ? PLAIN_SELECTION : DEFAULT_SELECTION,
          exposures: new Map(),
        },
      );
      results.push(
        resultOf(
          server,
          user,
          picks.map((pick) => pick.titleId),
          data,
        ),
      );
    }
    milliseconds.push((performance.now() - began) / batch.length);
  }
  return { results, milliseconds };
}

/** Ranks by how many viewers of the server watched a title, then by its votes. */
function mostWatched(server: PreparedServer, data: Dataset, options: MeasureOptions): Result[] {
  const { titles, votes } = server.libraryWith(ALL_INPUTS[0]);
  const { watcherCounts } = server.audienceWith(ALL_INPUTS[0]);
  const order = titles
    .map((_, at) => at)
    .sort(
      (a, b) => (watcherCounts[b] ?? 0) - (watcherCounts[a] ?? 0) || (votes?.[b] ?? 0) - (votes?.[a] ?? 0),
    );
  return measuredViewers(server, options).map(([user, taste]) => {
    const begun = new Set(taste.entries.map((entry) => entry.row));
    const items = order.filter((at) => !begun.has(at)).slice(0, LIST_LENGTH);
    return resultOf(
      server,
      user,
      items.flatMap((at) => titles[at]?.id ?? []),
      data,
    );
  });
}

function measuredViewers(
  { tastes }: PreparedServer,
  { isMeasured, viewersEach = Number.POSITIVE_INFINITY }: MeasureOptions,
): [user: string, taste: ViewerTaste][] {
  const wanted = [...tastes].filter(([user]) => isMeasured?.(user) ?? true);
  const every = Math.max(1, Math.ceil(wanted.length / viewersEach));
  return wanted.filter((_, index) => index % every === 0);
}

function resultOf(server: PreparedServer, user: string, items: readonly number[], data: Dataset): Result {
  const wanted = new Set((data.test.get(user) ?? []).map((entry) => entry.titleId));
  const line = JSON.stringify({ server: server.name, user, items });
  return { group: server.group, ndcg: ndcgAt10(items, wanted), line };
}

function row(name: string, cells: readonly string[], mean: number): string {
  const text = cells.map((cell) => cell.padStart(10)).join(' ');
  return `${name.padEnd(27)} ${text} ${Number.isNaN(mean) ? '  mean' : mean.toFixed(4)}`;
}
