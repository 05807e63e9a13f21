import { type CatalogSeries, type DemoData, loadShippedCatalog } from '../../src/demo/catalog.ts';

const DAY_MS = 86_400_000;

/** A small household over the first (wanted) series of the shipped catalog: three viewers with different halves of it watched. */
export async function smallHousehold(
  seriesCount: number,
  from = new Date('2026-11-01T20:00:00Z'),
  wanted: (series: CatalogSeries) => boolean = () => true,
): Promise<DemoData> {
  const series = (await loadShippedCatalog()).filter(wanted).slice(0, seriesCount);
  const watched = (every: number, offset: number) =>
    series.flatMap((item, index) => {
      if (index % every !== offset) return [];
      const count = Math.min(item.seasons[0] ?? 1, 8);
      const episodes = Array.from({ length: count }, (_, episode) => ({
        ordinal: episode + 1,
        at: from.getTime() - (index * 3 + episode) * DAY_MS,
        count: 1,
        positionSeconds: 0,
      }));
      return [{ series: index, isFavorite: index % 5 === 0, episodes }];
    });
  return {
    series,
    viewers: [
      { name: 'ada', isAdmin: true, plays: watched(3, 0) },
      { name: 'ben', isAdmin: false, plays: watched(4, 1) },
      { name: 'cleo', isAdmin: false, plays: [] },
    ],
  };
}
