import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, readConfig } from '../../../src/platform/config.ts';
import { DEFAULT_LIMIT_VALUES } from '../../../src/platform/config-limits.ts';
import { configurationPage } from '../../../src/platform/config-reference.ts';

function problemsOf(environment: Record<string, string>) {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('gives a working configuration when nothing is set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      dataFolder: resolve('data'),
      logLevel: 'info',
      worker: true,
      leaseMs: 60_000,
      keep: { runEventsDays: 30, runsDays: 365 },
      sessionMs: 720 * 3_600_000,
      server: { host: '127.0.0.1', port: 4400, corsOrigins: [] },
      databaseUrl: null,
      mongoUri: null,
      mediaServer: null,
      embeddings: null,
      explanations: null,
      adminKey: null,
      newUsersEnabled: false,
      webhookSecret: null,
      seriesStates: { caughtUpShare: 0.9, abandonedAfterDays: 180 },
      pickThreads: null,
      recommendations: {
        count: 20,
        diversity: 0.3,
        genreShare: 0.7,
        networkShare: 0.4,
        exposureHalfLifeWeeks: 4,
        rewatchAfterMonths: 12,
        rewatchPicks: 2,
        collaborative: true,
      },
      libraries: { folder: resolve('data/libraries'), mode: 'auto', serverPath: null, pathMap: [] },
    });
    expect(config.timeZone).not.toBe('');
  });

  it('reads every variable', () => {
    expect(
      readConfig({
        SHOWRUNNER_DATA: '/srv/showrunner',
        SHOWRUNNER_HOST: '::1',
        SHOWRUNNER_PORT: '0',
        SHOWRUNNER_LOG_LEVEL: 'debug',
        SHOWRUNNER_WORKER: 'off',
        SHOWRUNNER_LEASE_SECONDS: '5',
        SHOWRUNNER_KEEP_RUN_EVENTS_DAYS: '7',
        SHOWRUNNER_KEEP_RUNS_DAYS: '90',
        SHOWRUNNER_TIME_ZONE: 'Europe/Berlin',
        SHOWRUNNER_ADMIN_KEY: 'a-key-of-enough-characters',
        SHOWRUNNER_OPERATIONS_FILE: 'operations.json',
        SHOWRUNNER_OPERATIONS: 'listed',
        SHOWRUNNER_CORS_ORIGINS: 'https://tv.example.org, http://localhost:3000',
        DATABASE_URL: 'postgresql://user:pass@db/showrunner',
        MONGODB_URI: 'mongodb+srv://user:pass@cluster.example.org/agenda',
        MEDIA_SERVER_URL: 'http://jellyfin:8096/base/',
        MEDIA_SERVER_API_KEY: 'abc123',
        MEDIA_SERVER_TYPE: 'emby',
        SHOWRUNNER_NEW_USERS: 'enabled',
        SHOWRUNNER_WEBHOOK_SECRET: 'a-secret-of_enough-characters',
        SHOWRUNNER_CAUGHT_UP_PERCENT: '100',
        SHOWRUNNER_ABANDONED_AFTER_DAYS: '90',
        SHOWRUNNER_PICKS: '10',
        SHOWRUNNER_DIVERSITY_PERCENT: '50',
        SHOWRUNNER_GENRE_CAP_PERCENT: '100',
        SHOWRUNNER_NETWORK_CAP_PERCENT: '25',
        SHOWRUNNER_EXPOSURE_HALF_LIFE_WEEKS: '0',
        SHOWRUNNER_REWATCH_AFTER_MONTHS: '24',
        SHOWRUNNER_REWATCH_PICKS: '0',
        SHOWRUNNER_COLLABORATIVE: 'off',
        SHOWRUNNER_PICK_THREADS: '3',
        OPENAI_API_KEY: 'sk-1',
        OPENAI_BASE_URL: 'https://ai.example.org/v1',
        EMBEDDING_MODEL: 'some-model',
        EMBEDDING_DIMENSIONS: '512',
        EXPLANATION_MODEL: 'some-chat-model',
        EXPLANATION_TOKENS_PER_RUN: '5000',
        TMDB_API_KEY: 'tmdb-key',
        METADATA_SOURCES: 'TVmaze, tmdb,tvmaze',
        METADATA_MAX_AGE_DAYS: '7',
        METADATA_REQUESTS_PER_RUN: '500',
        SHOWRUNNER_SESSION_HOURS: '24',
        SHOWRUNNER_LIBRARIES: '/media/picks',
        SHOWRUNNER_LIBRARY_MODE: 'strm',
        SHOWRUNNER_LIBRARIES_SERVER_PATH: 'D:\\picks',
        SHOWRUNNER_PATH_MAP: '/data/tv=>/mnt/tv; \\\\nas\\anime=>/mnt/anime;',
      }),
    ).toEqual({
      dataFolder: '/srv/showrunner',
      logLevel: 'debug',
      worker: false,
      leaseMs: 5_000,
      keep: { runEventsDays: 7, runsDays: 90 },
      sessionMs: 24 * 3_600_000,
      timeZone: 'Europe/Berlin',
      server: { host: '::1', port: 0, corsOrigins: ['https://tv.example.org', 'http://localhost:3000'] },
      operations: { file: resolve('operations.json'), listedOnly: true },
      limits: DEFAULT_LIMIT_VALUES,
      adminKey: 'a-key-of-enough-characters',
      databaseUrl: 'postgresql://user:pass@db/showrunner',
      mongoUri: 'mongodb+srv://user:pass@cluster.example.org/agenda',
      mediaServer: { url: 'http://jellyfin:8096/base', apiKey: 'abc123', type: 'emby' },
      newUsersEnabled: true,
      webhookSecret: 'a-secret-of_enough-characters',
      seriesStates: { caughtUpShare: 1, abandonedAfterDays: 90 },
      pickThreads: 3,
      recommendations: {
        count: 10,
        diversity: 0.5,
        genreShare: 1,
        networkShare: 0.25,
        exposureHalfLifeWeeks: 0,
        rewatchAfterMonths: 24,
        rewatchPicks: 0,
        collaborative: false,
      },
      embeddings: {
        apiKey: 'sk-1',
        baseUrl: 'https://ai.example.org/v1',
        model: 'some-model',
        dimensions: 512,
        pricePerMillionTokens: null,
      },
      explanations: {
        apiKey: 'sk-1',
        baseUrl: 'https://ai.example.org/v1',
        model: 'some-chat-model',
        tokensPerRun: 5000,
      },
      metadata: {
        sources: ['tvmaze', 'tmdb'],
        tmdbApiKey: 'tmdb-key',
        maxAgeDays: 7,
        requestsPerRun: 500,
      },
      libraries: {
        folder: '/media/picks',
        mode: 'strm',
        serverPath: 'D:\\picks',
        pathMap: [
          { server: '/data/tv', local: '/mnt/tv' },
          { server: '\\\\nas\\anime', local: '/mnt/anime' },
        ],
      },
    });
  });

  it('takes an empty value for one that is not set', () => {
    expect(readConfig({ SHOWRUNNER_PORT: '', DATABASE_URL: '  ', SHOWRUNNER_UNKNOWN: '' })).toEqual(
      readConfig({}),
    );
  });

  it('reports all problems in one error, each with variable, value and remedy', () => {
    const problems = problemsOf({
      SHOWRUNNER_PORT: '70000',
      SHOWRUNNER_TIME_ZONE: 'Mars/Olympus',
      MEDIA_SERVER_URL: 'jellyfin:8096',
      SHOWRUNNER_PROT: '4401',
    });
    expect(problems.map(({ variable }) => variable)).toEqual([
      'SHOWRUNNER_PORT',
      'SHOWRUNNER_TIME_ZONE',
      'MEDIA_SERVER_URL',
      'SHOWRUNNER_PROT',
      'MEDIA_SERVER_API_KEY',
    ]);
    expect(problems[0]).toEqual({
      variable: 'SHOWRUNNER_PORT',
      value: '70000',
      remedy: 'Use a whole number from 0 to 65535.',
    });
    expect(problems.every(({ remedy }) => remedy.endsWith('.') || remedy.endsWith('?'))).toBe(true);
  });

  it('says in its message what each problem is', () => {
    expect(() => readConfig({ SHOWRUNNER_PORT: 'x', MEDIA_SERVER_API_KEY: 'k' })).toThrow(
      /2 problems:\n {2}SHOWRUNNER_PORT=x is wrong\..*\n {2}MEDIA_SERVER_URL is not set\./,
    );
  });

  it.each([
    ['SHOWRUNNER_PROT', 'SHOWRUNNER_PORT'],
    ['SHOWRUNNER_HOTS', 'SHOWRUNNER_HOST'],
    ['SHOWRUNNER_PATHMAP', 'SHOWRUNNER_PATH_MAP'],
  ])('suggests for the unknown %s the variable %s', (wrong, right) => {
    expect(problemsOf({ [wrong]: 'some value' })[0]?.remedy).toContain(`did you mean ${right}?`);
  });

  it('refuses an unknown variable even when nothing resembles it', () => {
    expect(problemsOf({ SHOWRUNNER_XYZZY_QUUX: '1' })).toHaveLength(1);
  });

  it('leaves variables of other programs alone', () => {
    expect(problemsOf({ PATH: '/bin', OPENAI_ORG: 'x', SHOWRUN: '1' })).toEqual([]);
  });

  it.each([
    ['DATABASE_URL', 'mysql://root:hunter2secret@db/x?password=hunter2secret'],
    ['DATABASE_URL', 'hunter2secret'],
    ['DATABASE_URL', 'postgres://'],
    ['MONGODB_URI', 'http://a:hunter2secret@b:1,c:2/x'],
    ['MEDIA_SERVER_API_KEY', 'hunter2secret and more'],
    ['OPENAI_API_KEY', 'hunter2secret with space'],
    ['SHOWRUNNER_ADMIN_KEY', 'hunter2secret'],
    ['SHOWRUNNER_WEBHOOK_SECRET', 'hunter2secret'],
    ['SHOWRUNNER_WEBHOOK_SECRET', 'hunter2secret/hunter2secret'],
    ['MEDIA_SERVER_URL', 'http://me:hunter2secret@jellyfin'],
    ['OPENAI_BASE_URL', 'http://me:hunter2secret@ai'],
    ['SHOWRUNNER_ADMIN_KYE', 'hunter2secret-hunter2secret'],
  ])('never shows a secret in %s', (variable, value) => {
    const problems = problemsOf({ [variable]: value });
    expect(problems.find((problem) => problem.variable === variable)).toBeDefined();
    expect(JSON.stringify(problems)).not.toContain('hunter2secret');
  });

  it.each([
    ['SHOWRUNNER_PORT', '-1'],
    ['SHOWRUNNER_PORT', '44.5'],
    ['SHOWRUNNER_PORT', '1e3'],
    ['SHOWRUNNER_HOST', 'http://0.0.0.0'],
    ['SHOWRUNNER_HOST', 'host:4400'],
    ['SHOWRUNNER_LOG_LEVEL', 'loud'],
    ['SHOWRUNNER_WORKER', 'true'],
    ['SHOWRUNNER_NEW_USERS', 'yes'],
    ['SHOWRUNNER_CAUGHT_UP_PERCENT', '0'],
    ['SHOWRUNNER_CAUGHT_UP_PERCENT', '101'],
    ['SHOWRUNNER_ABANDONED_AFTER_DAYS', '0'],
    ['SHOWRUNNER_LIBRARY_MODE', 'hardlink'],
    ['SHOWRUNNER_TIME_ZONE', '+02:00'],
    ['SHOWRUNNER_CORS_ORIGINS', '*'],
    ['SHOWRUNNER_CORS_ORIGINS', 'https://a.example/path'],
    ['SHOWRUNNER_CORS_ORIGINS', 'null'],
    ['SHOWRUNNER_PATH_MAP', '/data=/mnt'],
    ['SHOWRUNNER_PATH_MAP', '/data=>mnt'],
    ['SHOWRUNNER_PATH_MAP', '/a=>/b=>/c'],
    ['SHOWRUNNER_LIBRARIES_SERVER_PATH', 'media/picks'],
    ['MEDIA_SERVER_TYPE', 'plex'],
    ['MEDIA_SERVER_URL', 'ftp://host'],
    ['OPENAI_BASE_URL', 'http://'],
    ['EMBEDDING_DIMENSIONS', '0'],
    ['METADATA_SOURCES', 'imdb'],
    ['METADATA_SOURCES', 'tvmaze,none'],
    ['METADATA_MAX_AGE_DAYS', '181'],
    ['EMBEDDING_DIMENSIONS', '4001'],
    ['EMBEDDING_MODEL', 'model-without-endpoint'],
  ])('refuses %s=%s', (variable, value) => {
    expect(problemsOf({ [variable]: value }).map((problem) => problem.variable)).toContain(variable);
  });
});

describe('public catalogs', () => {
  it('are asked when they are named, TMDb also when its key is there, and nobody otherwise', () => {
    const sources = (environment: Record<string, string>) => readConfig(environment).metadata.sources;
    expect(sources({})).toEqual([]);
    expect(sources({ TMDB_API_KEY: 'key' })).toEqual(['tmdb']);
    expect(sources({ TMDB_API_KEY: 'key', METADATA_SOURCES: 'none' })).toEqual([]);
    expect(sources({ METADATA_SOURCES: 'tvmaze' })).toEqual(['tvmaze']);
  });

  it('want the key of TMDb where TMDb is named', () => {
    expect(problemsOf({ METADATA_SOURCES: 'tvmaze,tmdb' })).toMatchObject([
      { variable: 'TMDB_API_KEY', remedy: expect.stringContaining('METADATA_SOURCES') },
    ]);
  });

  it('are not told of with the key', () => {
    const [problem] = problemsOf({ TMDB_API_KEY: 'secret key with spaces' });
    expect(problem?.value).not.toContain('secret key');
  });
});

it('keeps the page in docs in step with the variables', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationPage());
});
