import { z } from 'zod';
import { limitVariables } from './config-limits.ts';
import {
  addressSecret,
  chosenKey,
  decimal,
  givenKey,
  host,
  httpUrl,
  oneOf,
  origins,
  pathMap,
  serverPath,
  someOf,
  timeZone,
  urlOf,
  wholeNumber,
} from './config-values.ts';
import { aboutParser, defaulting, optional, type VariableAbout } from './config-variable.ts';

/** Every environment variable Showrunner knows, declared once: readConfig and the reference in docs/ both come from here. */
export const variables = z.object({
  SHOWRUNNER_DATA: defaulting(z.string(), {
    group: 'Process',
    description:
      'Folder of everything Showrunner keeps: the embedded database and, by default, the libraries.',
    default: './data',
  }),
  SHOWRUNNER_HOST: defaulting(host, {
    group: 'Process',
    description: 'Address to listen on; `0.0.0.0` opens it to the network.',
    default: '127.0.0.1',
  }),
  SHOWRUNNER_PORT: defaulting(wholeNumber(0, 65_535), {
    group: 'Process',
    description: 'Port to listen on; `0` takes a free one.',
    default: '4400',
  }),
  SHOWRUNNER_LOG_LEVEL: defaulting(oneOf(['debug', 'info', 'warn', 'error', 'silent']), {
    group: 'Process',
    description: 'Least severity that is logged: `debug`, `info`, `warn`, `error` or `silent`.',
    default: 'info',
  }),
  SHOWRUNNER_WORKER: defaulting(oneOf(['on', 'off']), {
    group: 'Process',
    description: 'Whether this process executes jobs (`on`) or only serves the API (`off`).',
    default: 'on',
  }),
  SHOWRUNNER_LEASE_SECONDS: defaulting(wholeNumber(5, 3_600), {
    group: 'Process',
    description:
      'Seconds without a sign of life, 5 to 3600, after which other processes take over the runs of this one. The same for all processes.',
    default: '60',
  }),
  SHOWRUNNER_KEEP_RUN_EVENTS_DAYS: defaulting(wholeNumber(1, 36_500), {
    group: 'Process',
    description:
      'Days for which the events of a finished run are kept: its log, steps and failed items. Afterwards its last event and its figures stay.',
    default: '30',
  }),
  SHOWRUNNER_KEEP_RUNS_DAYS: defaulting(wholeNumber(1, 36_500), {
    group: 'Process',
    description:
      'Days for which finished runs and workflow runs are kept. The newest run of each job stays, and what tells whether its prerequisites are met.',
    default: '365',
  }),
  SHOWRUNNER_SESSION_HOURS: defaulting(wholeNumber(1, 8_760), {
    group: 'Process',
    description:
      "Hours after which those who signed in with the media server's password have to do so again.",
    default: '720',
  }),
  SHOWRUNNER_TIME_ZONE: optional(timeZone, {
    group: 'Process',
    description: 'IANA time zone in which schedules are read.',
    default: "the system's",
  }),
  SHOWRUNNER_ADMIN_KEY: optional(chosenKey, {
    group: 'Access',
    description:
      'An API key of role ADMIN that shall exist, at least 24 characters. Without it a key is made and shown at the first start.',
    secret: 'whole',
  }),
  SHOWRUNNER_CORS_ORIGINS: optional(origins, {
    group: 'Access',
    description:
      'Web origins, separated by commas, whose pages may call the API from a browser; none by default.',
  }),
  SHOWRUNNER_OPERATIONS_FILE: optional(z.string(), {
    group: 'Access',
    description:
      'JSON file of operations that clients may send by their id as `documentId`: an object of ids and GraphQL documents.',
  }),
  SHOWRUNNER_OPERATIONS: defaulting(oneOf(['any', 'listed']), {
    group: 'Access',
    description:
      '`listed` refuses every operation that is not in that file, also those of the live page and of GraphiQL.',
    default: 'any',
  }),
  ...limitVariables,
  DATABASE_URL: optional(urlOf(['postgres', 'postgresql']), {
    group: 'Stores',
    description: 'PostgreSQL 15 or newer with pgvector; the embedded database in the data folder without it.',
    secret: 'url',
  }),
  MONGODB_URI: optional(urlOf(['mongodb', 'mongodb+srv']), {
    group: 'Stores',
    description: 'MongoDB for the job schedules; the catalog database without it.',
    secret: 'url',
  }),
  MEDIA_SERVER_URL: optional(
    httpUrl('Take user and password out of the URL: MEDIA_SERVER_API_KEY is what the server is asked with.'),
    { group: 'Media server', description: 'Base URL of the Jellyfin or Emby server.' },
  ),
  MEDIA_SERVER_API_KEY: optional(givenKey, {
    group: 'Media server',
    description: "API key made in the media server's dashboard. Needed with MEDIA_SERVER_URL.",
    secret: 'whole',
  }),
  MEDIA_SERVER_TYPE: defaulting(oneOf(['auto', 'jellyfin', 'emby']), {
    group: 'Media server',
    description: '`jellyfin`, `emby`, or `auto` to ask the server.',
    default: 'auto',
  }),
  SHOWRUNNER_NEW_USERS: defaulting(oneOf(['enabled', 'disabled']), {
    group: 'Media server',
    description: 'Whether users found on the media server for the first time get recommendations.',
    default: 'disabled',
  }),
  SHOWRUNNER_WEBHOOK_SECRET: optional(addressSecret, {
    group: 'Media server',
    description:
      'Secret in the address `/webhooks/<secret>` to which the media server sends playback webhooks, at least 24 characters. One made by `renewWebhookSecret` is taken as well.',
    secret: 'whole',
  }),
  SHOWRUNNER_CAUGHT_UP_PERCENT: defaulting(wholeNumber(1, 100), {
    group: 'Series states',
    description:
      'Share of the aired episodes that has to be watched for a series to count as caught up with, or completed.',
    default: '90',
  }),
  SHOWRUNNER_ABANDONED_AFTER_DAYS: defaulting(wholeNumber(1, 36_500), {
    group: 'Series states',
    description: 'Days without a play after which a begun series counts as abandoned.',
    default: '180',
  }),
  SHOWRUNNER_PICKS: defaulting(wholeNumber(1, 100), {
    group: 'Recommendations',
    description: 'Series picked for each user, 1 to 100, those to watch again not counted.',
    default: '20',
  }),
  SHOWRUNNER_DIVERSITY_PERCENT: defaulting(wholeNumber(0, 100), {
    group: 'Recommendations',
    description: 'How much novelty counts against score in each next pick; `0` ranks by score alone.',
    default: '30',
  }),
  SHOWRUNNER_GENRE_CAP_PERCENT: defaulting(wholeNumber(1, 100), {
    group: 'Recommendations',
    description:
      'Share of the picks that may carry one genre, or more where more of what the user likes does; `100` lifts the cap.',
    default: '70',
  }),
  SHOWRUNNER_NETWORK_CAP_PERCENT: defaulting(wholeNumber(1, 100), {
    group: 'Recommendations',
    description:
      'Share of the picks that may come from one network, or more where more of what the user likes does; `100` lifts the cap.',
    default: '40',
  }),
  SHOWRUNNER_EXPOSURE_HALF_LIFE_WEEKS: defaulting(wholeNumber(0, 52), {
    group: 'Recommendations',
    description:
      'A series that was picked and not begun loses score in the next weeks; after so many weeks it loses half as much. `0` turns that off.',
    default: '4',
  }),
  SHOWRUNNER_REWATCH_AFTER_MONTHS: defaulting(wholeNumber(1, 1_200), {
    group: 'Recommendations',
    description:
      'Months after its last play before a series that was completed and has ended may be picked again.',
    default: '12',
  }),
  SHOWRUNNER_REWATCH_PICKS: defaulting(wholeNumber(0, 20), {
    group: 'Recommendations',
    description: 'Series to watch again among the picks of a user at most.',
    default: '2',
  }),
  SHOWRUNNER_COLLABORATIVE: defaulting(oneOf(['on', 'off']), {
    group: 'Recommendations',
    description:
      'Whether it counts in the picks of a user who watched what together. With `off` nothing is learnt from the histories of others but how many watched each series, and that only where at least 5 users share theirs. Single users are left out by `setHistorySharing`.',
    default: 'on',
  }),
  SHOWRUNNER_PICK_THREADS: optional(wholeNumber(0, 64), {
    group: 'Recommendations',
    description:
      'Worker threads that picks for many users are made in at most; `0` makes all of them in the thread of the server.',
    default: 'one less than processors, 4 at most',
  }),
  OPENAI_API_KEY: optional(givenKey, {
    group: 'Embeddings',
    description: 'Key of OpenAI or of the compatible endpoint.',
    secret: 'whole',
  }),
  OPENAI_BASE_URL: optional(httpUrl('Take user and password out of the URL and set OPENAI_API_KEY.'), {
    group: 'Embeddings',
    description: 'Base URL of an OpenAI-compatible endpoint, up to and with its `/v1`.',
  }),
  EMBEDDING_MODEL: optional(z.string(), {
    group: 'Embeddings',
    description: 'Embedding model to ask that endpoint for.',
  }),
  EMBEDDING_DIMENSIONS: optional(wholeNumber(1, 4_000), {
    group: 'Embeddings',
    description: 'Vector length to ask for, 1 to 4000, where the model lets one choose.',
  }),
  EMBEDDING_PRICE_PER_MILLION_TOKENS: optional(decimal(0, 1_000), {
    group: 'Embeddings',
    description:
      'US dollars for a million tokens of that model, for the cost that is shown. Known for the models of OpenAI; the cost of others is not shown without it.',
  }),
  EXPLANATION_MODEL: optional(z.string(), {
    group: 'Explanations',
    description:
      'Chat model that words why series were picked, asked for at the same endpoint as the embeddings (`OPENAI_API_KEY`, `OPENAI_BASE_URL`). It is told the evidence only: names of series, genres, keywords, numbers. Without it a template words them.',
    default: 'the template',
  }),
  EXPLANATION_TOKENS_PER_RUN: defaulting(wholeNumber(1, 1_000_000_000), {
    group: 'Explanations',
    description:
      'Tokens, question and answer together, that one run may use for explanations; the template explains the rest.',
    default: '200000',
  }),
  TMDB_API_KEY: optional(givenKey, {
    group: 'Metadata',
    description: 'API key (v3) or read access token (v4) of The Movie Database.',
    secret: 'whole',
  }),
  METADATA_SOURCES: optional(someOf(['tmdb', 'tvmaze']), {
    group: 'Metadata',
    description:
      'Public catalogs that are asked about the series, separated by commas: `tmdb`, `tvmaze`, or `none`. They are told names, years and ids of your series, never who watches them.',
    default: '`tmdb` when TMDB_API_KEY is set, else `none`',
  }),
  METADATA_MAX_AGE_DAYS: defaulting(wholeNumber(1, 180), {
    group: 'Metadata',
    description:
      'Days, 1 to 180, after which a series is looked up again. What could not be read again for 180 days is cleared, because TMDb’s terms let nobody keep it longer.',
    default: '30',
  }),
  METADATA_REQUESTS_PER_RUN: defaulting(wholeNumber(1, 1_000_000), {
    group: 'Metadata',
    description:
      'Requests to all public catalogs together after which a run of `enrich-metadata` begins no further series; the next run goes on.',
    default: '2000',
  }),
  SHOWRUNNER_LIBRARIES: optional(z.string(), {
    group: 'Libraries',
    description: 'Root folder of the virtual libraries.',
    default: '`libraries` in the data folder',
  }),
  SHOWRUNNER_LIBRARY_MODE: defaulting(oneOf(['auto', 'symlink', 'strm']), {
    group: 'Libraries',
    description:
      'How an episode is put into a library: `symlink`, `strm`, or `auto` to choose by what works.',
    default: 'auto',
  }),
  SHOWRUNNER_LIBRARIES_SERVER_PATH: optional(serverPath, {
    group: 'Libraries',
    description: 'The root folder of the virtual libraries as the media server sees it, where that differs.',
  }),
  SHOWRUNNER_PATH_MAP: optional(pathMap, {
    group: 'Libraries',
    description:
      'Where the media server sees its files under other paths than Showrunner: `serverprefix=>localprefix`, separated by `;`.',
  }),
});

/** Values of all variables, parsed. */
export type VariableValues = z.output<typeof variables>;

/** What readers are told about the variable of that name, undefined for a name Showrunner does not know. */
export function aboutVariable(name: string): VariableAbout | undefined {
  const schema = Object.entries(variables.shape).find(([known]) => known === name)?.[1];
  return schema && aboutParser(schema);
}

/** The reference of all variables as a Markdown page, one table per group. */
export function configurationPage(): string {
  const groups = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(variables.shape)) {
    const about = aboutParser(schema);
    if (!about) throw new TypeError(`The variable ${name} has no description.`);
    const shown =
      about.default === undefined ? '' : /[ `]/.test(about.default) ? about.default : `\`${about.default}\``;
    const secret = about.secret ? ' Secret.' : '';
    const rows = groups.get(about.group) ?? [];
    rows.push(`| \`${name}\` | ${shown} | ${about.description}${secret} |`);
    groups.set(about.group, rows);
  }
  const tables = [...groups].map(
    ([group, rows]) => `## ${group}\n\n| Variable | Default | Meaning |\n|---|---|---|\n${rows.join('\n')}\n`,
  );
  return `${PREFACE}\n${tables.join('\n')}`;
}

const PREFACE = `# Configuration

<!-- Written by tools/print-configuration.ts from src/platform/config-reference.ts: change it there. -->

Showrunner is configured by environment variables, read once at the start. An empty variable counts as unset. Every
wrong value, and every unknown variable that begins with \`SHOWRUNNER_\`, is reported at once and stops the start.
`;
