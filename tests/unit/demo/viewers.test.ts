import { describe, expect, it } from 'vitest';
import { catalogSeriesSchema, loadShippedCatalog } from '../../../src/demo/catalog.ts';
import { loadViewersFile, type ViewersFile, viewersOf } from '../../../src/demo/viewers.ts';

const catalog = await loadShippedCatalog();
const file = await loadViewersFile();

describe('the shipped catalog', () => {
  it('holds 150 series, none twice, by name or by id', () => {
    expect(catalog).toHaveLength(150);
    expect(new Set(catalog.map((series) => `${series.title}|${series.year}`)).size).toBe(150);
    for (const key of ['imdb', 'tvdb', 'tmdb'] as const) {
      const ids = catalog.map((series) => series[key]).filter((id) => id !== null);
      expect(new Set(ids).size, key).toBe(ids.length);
    }
  });
});

describe('the demo viewers', () => {
  it('say that they are invented', () => {
    expect(file.about).toContain('invented');
  });

  it('watched only titles of the catalog, each once, and no more episodes than there are', () => {
    const totals = new Map(
      catalog.map((series) => [
        `${series.title}|${series.year}`,
        series.seasons.reduce((sum, one) => sum + one, 0),
      ]),
    );
    for (const viewer of file.viewers) {
      const titles = viewer.watched.map((watched) => `${watched.title}|${watched.year}`);
      expect(new Set(titles).size, viewer.name).toBe(titles.length);
      for (const [index, title] of titles.entries()) {
        const count = viewer.watched[index]?.episodes;
        expect(totals.has(title), title).toBe(true);
        if (typeof count === 'number') expect(count, title).toBeLessThanOrEqual(totals.get(title) ?? 0);
      }
    }
  });

  it('are one administrator, one without any history, and others with 12 to 30 titles and favourites', () => {
    expect(file.viewers.filter((viewer) => viewer.admin)).toHaveLength(1);
    const watching = file.viewers.filter((viewer) => viewer.watched.length > 0);
    expect(watching).toHaveLength(file.viewers.length - 1);
    for (const viewer of watching) {
      expect(viewer.watched.length, viewer.name).toBeGreaterThanOrEqual(12);
      expect(viewer.watched.length, viewer.name).toBeLessThanOrEqual(30);
      expect(
        viewer.watched.some((watched) => watched.favorite),
        viewer.name,
      ).toBe(true);
      expect(
        viewer.watched.some((watched) => watched.episodes !== 'all'),
        viewer.name,
      ).toBe(true);
    }
  });
});

describe('plays of a viewer', () => {
  const series = catalogSeriesSchema.parse({ title: 'Tide', year: 2026, seasons: [4, 4], runtime: 30 });
  const watching = (watched: Partial<ViewersFile['viewers'][number]['watched'][number]>): ViewersFile => ({
    about: '',
    viewers: [
      {
        name: 'eve',
        admin: false,
        taste: '',
        watched: [
          {
            title: 'Tide',
            year: 2026,
            episodes: 'all',
            lastPlayed: '2026-08-01',
            favorite: false,
            ...watched,
          },
        ],
      },
    ],
  });
  const playsOf = (watched: Parameters<typeof watching>[0]) =>
    viewersOf(watching(watched), [series])[0]?.plays[0]?.episodes ?? [];

  it('end on the date given and come in the order of the episodes', () => {
    const plays = playsOf({});
    expect(plays.map((play) => play.ordinal)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const times = plays.map((play) => play.at);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(new Date(times.at(-1) ?? 0).toISOString()).toMatch(/^2026-08-01T18/);
  });

  it('leave the next episode half-way where the viewer stopped in it', () => {
    expect(playsOf({ episodes: 2, resumeMinutes: 12 }).at(-1)).toMatchObject({
      ordinal: 3,
      count: 0,
      positionSeconds: 720,
    });
  });

  it('are refused for a title that is not in the catalog', () => {
    expect(() => playsOf({ title: 'Ebb' })).toThrow('"Ebb" (2026) is not in the catalog.');
  });
});
