import { join, resolve } from 'node:path';
import { type LimitValues, limitsOf } from './config-limits.ts';
import { aboutVariable, type VariableValues, variables } from './config-reference.ts';
import { didYouMean } from './did-you-mean.ts';
import { ShowrunnerError } from './errors.ts';
import { maskSecret, maskUrl } from './secrets.ts';

/** The whole configuration of a process, grouped by what needs it. Folders are absolute; null means not configured. */
export interface Config {
  readonly dataFolder: string;
  readonly logLevel: VariableValues['SHOWRUNNER_LOG_LEVEL'];
  /** Whether this process executes jobs. */
  readonly worker: boolean;
  /** How long a process may give no sign of life before it loses its runs, in ms. */
  readonly leaseMs: number;
  /** For how many days the events of finished runs are kept, and the runs themselves. */
  readonly keep: { readonly runEventsDays: number; readonly runsDays: number };
  /** How long the session of somebody who signed in lasts, ms. */
  readonly sessionMs: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly server: { readonly host: string; readonly port: number; readonly corsOrigins: readonly string[] };
  /** The file of operations that may be sent by id, and whether no others are taken. */
  readonly operations: { readonly file: string | null; readonly listedOnly: boolean };
  /** How much callers of the API may ask. */
  readonly limits: LimitValues;
  /** The admin key that shall exist. */
  readonly adminKey: string | null;
  readonly databaseUrl: string | null;
  readonly mongoUri: string | null;
  readonly mediaServer: {
    readonly url: string;
    readonly apiKey: string;
    readonly type: VariableValues['MEDIA_SERVER_TYPE'];
  } | null;
  /** Whether users seen for the first time get recommendations. */
  readonly newUsersEnabled: boolean;
  /** The secret in the address of the media server's webhooks. */
  readonly webhookSecret: string | null;
  /** When a series counts as watched or given up. */
  readonly seriesStates: {
    /** 0..1 */
    readonly caughtUpShare: number;
    readonly abandonedAfterDays: number;
  };
  /** Worker threads that picks are made in at most; null for as many as fit the machine. */
  readonly pickThreads: number | null;
  /** How picks are chosen; shares and diversity are 0..1. */
  readonly recommendations: {
    readonly count: number;
    readonly diversity: number;
    readonly genreShare: number;
    readonly networkShare: number;
    readonly exposureHalfLifeWeeks: number;
    readonly rewatchAfterMonths: number;
    readonly rewatchPicks: number;
    readonly collaborative: boolean;
  };
  /** The OpenAI-compatible endpoint; null means the offline embedder. */
  readonly embeddings: {
    readonly apiKey: string | null;
    readonly baseUrl: string | null;
    readonly model: string | null;
    readonly dimensions: number | null;
    /** US dollars. */
    readonly pricePerMillionTokens: number | null;
  } | null;
  /** The chat model that words explanations; null means the template. */
  readonly explanations: {
    readonly apiKey: string | null;
    readonly baseUrl: string | null;
    readonly model: string;
    readonly tokensPerRun: number;
  } | null;
  /** The public catalogs to ask, and within which bounds. */
  readonly metadata: {
    readonly sources: NonNullable<VariableValues['METADATA_SOURCES']>;
    readonly tmdbApiKey: string | null;
    readonly maxAgeDays: number;
    readonly requestsPerRun: number;
  };
  readonly libraries: {
    readonly folder: string;
    readonly mode: VariableValues['SHOWRUNNER_LIBRARY_MODE'];
    /** The folder as the media server sees it. */
    readonly serverPath: string | null;
    readonly pathMap: readonly { readonly server: string; readonly local: string }[];
  };
}

/** One thing wrong with the environment. */
export interface ConfigurationProblem {
  readonly variable: string;
  /** The value as given, masked when it is or may hold a secret; undefined when it is missing. */
  readonly value: string | undefined;
  readonly remedy: string;
}

/** Everything wrong with the environment at once. Its message lists one problem per line. */
export class ConfigurationError extends ShowrunnerError {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(({ variable, value, remedy }) =>
      value === undefined
        ? `  ${variable} is not set. ${remedy}`
        : `  ${variable}=${value} is wrong. ${remedy}`,
    );
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super('BAD_CONFIGURATION', `The configuration has ${count}:\n${lines.join('\n')}`, {
      field: problems.map(({ variable }) => variable).join(', '),
      remedy: 'Correct the environment variables named and start again.',
    });
    this.problems = problems;
  }
}

const PREFIX = 'SHOWRUNNER_';
/** Read by client scripts, which may run in the same shell. */
const CLIENT_VARIABLES = ['SHOWRUNNER_URL', 'SHOWRUNNER_KEY'];

/**
 * Reads the configuration from environment variables. This is the only place that looks at `process.env`.
 *
 * @throws ConfigurationError with all problems: wrong values, unknown variables, variables that need each other
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    const text = value?.trim();
    if (text) given.set(name, text);
  }
  const problems = [...unknownVariables(given), ...missingPartners(given)];
  const parsed = variables.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => problem(given, String(issue.path[0]), issue.message));
    throw new ConfigurationError([...wrong, ...problems]);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return toConfig(parsed.data);
}

function problem(given: ReadonlyMap<string, string>, variable: string, remedy: string): ConfigurationProblem {
  const value = given.get(variable);
  return { variable, value: value === undefined ? undefined : shown(variable, value), remedy };
}

/** A value of an unknown variable is masked too: it may be a secret under a mistyped name. */
function shown(variable: string, value: string): string {
  const about = aboutVariable(variable);
  if (!about || about.secret === 'whole') return maskSecret(value);
  return about.secret === 'url' || value.includes('@') ? maskUrl(value) : value;
}

function unknownVariables(given: ReadonlyMap<string, string>): ConfigurationProblem[] {
  const known = Object.keys(variables.shape);
  return [...given.keys()]
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name) && !CLIENT_VARIABLES.includes(name))
    .map((name) => {
      const meant = didYouMean(name, known);
      const remedy = meant
        ? `There is no such variable: did you mean ${meant}?`
        : 'There is no such variable: remove it, or see docs/configuration.md.';
      return problem(given, name, remedy);
    });
}

function missingPartners(given: ReadonlyMap<string, string>): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const need = (missing: string, because: string) =>
    problems.push(problem(given, missing, `Set it as well, or unset ${because}: one needs the other.`));
  const [url, key] = ['MEDIA_SERVER_URL', 'MEDIA_SERVER_API_KEY'];
  if (given.has(url) && !given.has(key)) need(key, url);
  if (given.has(key) && !given.has(url)) need(url, key);
  if (given.get('SHOWRUNNER_OPERATIONS') === 'listed' && !given.has('SHOWRUNNER_OPERATIONS_FILE'))
    need('SHOWRUNNER_OPERATIONS_FILE', 'SHOWRUNNER_OPERATIONS');
  if (!given.has('TMDB_API_KEY') && /\btmdb\b/i.test(given.get('METADATA_SOURCES') ?? ''))
    problems.push(problem(given, 'TMDB_API_KEY', 'Set it as well, or take tmdb out of METADATA_SOURCES.'));
  if (given.has('OPENAI_API_KEY') || given.has('OPENAI_BASE_URL')) return problems;
  for (const name of ['EMBEDDING_MODEL', 'EMBEDDING_DIMENSIONS', 'EMBEDDING_PRICE_PER_MILLION_TOKENS'])
    if (given.has(name))
      problems.push(
        problem(
          given,
          name,
          'Set OPENAI_API_KEY or OPENAI_BASE_URL as well: the offline embedder has no choice.',
        ),
      );
  if (given.has('EXPLANATION_MODEL'))
    problems.push(
      problem(
        given,
        'EXPLANATION_MODEL',
        'Set OPENAI_API_KEY or OPENAI_BASE_URL as well, or unset it: there is no offline language model.',
      ),
    );
  return problems;
}

function toConfig(values: VariableValues): Config {
  const dataFolder = resolve(values.SHOWRUNNER_DATA);
  const { MEDIA_SERVER_URL: url, MEDIA_SERVER_API_KEY: mediaServerKey } = values;
  const { OPENAI_API_KEY: openaiKey, OPENAI_BASE_URL: openaiUrl } = values;
  return {
    dataFolder,
    logLevel: values.SHOWRUNNER_LOG_LEVEL,
    worker: values.SHOWRUNNER_WORKER === 'on',
    leaseMs: values.SHOWRUNNER_LEASE_SECONDS * 1000,
    keep: {
      runEventsDays: values.SHOWRUNNER_KEEP_RUN_EVENTS_DAYS,
      runsDays: values.SHOWRUNNER_KEEP_RUNS_DAYS,
    },
    sessionMs: values.SHOWRUNNER_SESSION_HOURS * 3_600_000,
    timeZone: values.SHOWRUNNER_TIME_ZONE ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    server: {
      host: values.SHOWRUNNER_HOST,
      port: values.SHOWRUNNER_PORT,
      corsOrigins: values.SHOWRUNNER_CORS_ORIGINS ?? [],
    },
    operations: {
      file: values.SHOWRUNNER_OPERATIONS_FILE ? resolve(values.SHOWRUNNER_OPERATIONS_FILE) : null,
      listedOnly: values.SHOWRUNNER_OPERATIONS === 'listed',
    },
    limits: limitsOf(values),
    adminKey: values.SHOWRUNNER_ADMIN_KEY ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    mongoUri: values.MONGODB_URI ?? null,
    mediaServer:
      url && mediaServerKey ? { url, apiKey: mediaServerKey, type: values.MEDIA_SERVER_TYPE } : null,
    newUsersEnabled: values.SHOWRUNNER_NEW_USERS === 'enabled',
    webhookSecret: values.SHOWRUNNER_WEBHOOK_SECRET ?? null,
    seriesStates: {
      caughtUpShare: values.SHOWRUNNER_CAUGHT_UP_PERCENT / 100,
      abandonedAfterDays: values.SHOWRUNNER_ABANDONED_AFTER_DAYS,
    },
    pickThreads: values.SHOWRUNNER_PICK_THREADS ?? null,
    recommendations: {
      count: values.SHOWRUNNER_PICKS,
      diversity: values.SHOWRUNNER_DIVERSITY_PERCENT / 100,
      genreShare: values.SHOWRUNNER_GENRE_CAP_PERCENT / 100,
      networkShare: values.SHOWRUNNER_NETWORK_CAP_PERCENT / 100,
      exposureHalfLifeWeeks: values.SHOWRUNNER_EXPOSURE_HALF_LIFE_WEEKS,
      rewatchAfterMonths: values.SHOWRUNNER_REWATCH_AFTER_MONTHS,
      rewatchPicks: values.SHOWRUNNER_REWATCH_PICKS,
      collaborative: values.SHOWRUNNER_COLLABORATIVE === 'on',
    },
    embeddings:
      openaiKey || openaiUrl
        ? {
            apiKey: openaiKey ?? null,
            baseUrl: openaiUrl ?? null,
            model: values.EMBEDDING_MODEL ?? null,
            dimensions: values.EMBEDDING_DIMENSIONS ?? null,
            pricePerMillionTokens: values.EMBEDDING_PRICE_PER_MILLION_TOKENS ?? null,
          }
        : null,
    explanations: values.EXPLANATION_MODEL
      ? {
          apiKey: openaiKey ?? null,
          baseUrl: openaiUrl ?? null,
          model: values.EXPLANATION_MODEL,
          tokensPerRun: values.EXPLANATION_TOKENS_PER_RUN,
        }
      : null,
    metadata: {
      sources: values.METADATA_SOURCES ?? (values.TMDB_API_KEY ? ['tmdb'] : []),
      tmdbApiKey: values.TMDB_API_KEY ?? null,
      maxAgeDays: values.METADATA_MAX_AGE_DAYS,
      requestsPerRun: values.METADATA_REQUESTS_PER_RUN,
    },
    libraries: {
      folder: values.SHOWRUNNER_LIBRARIES
        ? resolve(values.SHOWRUNNER_LIBRARIES)
        : join(dataFolder, 'libraries'),
      mode: values.SHOWRUNNER_LIBRARY_MODE,
      serverPath: values.SHOWRUNNER_LIBRARIES_SERVER_PATH ?? null,
      pathMap: values.SHOWRUNNER_PATH_MAP ?? [],
    },
  };
}
