import { afterEach, describe, expect, it } from 'vitest';
import { candidateTitles } from '../../../src/catalog/catalog-snapshot.repo.ts';
import { catalogSeriesSchema, type DemoData } from '../../../src/demo/catalog.ts';
import type { Dialect } from '../../../src/media-server/media-server.ts';
import { ShowrunnerError } from '../../../src/platform/errors.ts';
import { candidateRules } from '../../../src/recommendations/candidates.ts';
import { titleFolders } from '../../../src/recommendations/recommendations.repo.ts';
import { parentalRatings } from '../../../src/watch/parental-ratings.repo.ts';
import { syncUsers } from '../../../src/watch/sync-users.ts';
import { enabledUsers } from '../../../src/watch/watch-snapshot.repo.ts';
import { startWatchDemo, type WatchDemo } from '../../support/watch-demo.ts';

let watch: WatchDemo;
afterEach(() => watch.close());

const RATINGS = ['TV-Y', 'TV-G', 'TV-Y7', 'TV-PG', 'TV-14', 'TV-MA', undefined];
const TAGS = [['Kids'], ['war'], ['kids', 'War'], []];

/** Every rating with every set of tags. */
function data(): DemoData {
  const series = RATINGS.flatMap((officialRating, rating) =>
    TAGS.map((keywords, tags) =>
      catalogSeriesSchema.parse({
        title: `Series ${rating}.${tags}`,
        year: 2000 + rating,
        officialRating,
        keywords,
        seasons: [1],
        tvdb: 100 * rating + tags + 1,
      }),
    ),
  );
  return {
    series,
    viewers: [
      { name: 'ada', isAdmin: true, plays: [] },
      { name: 'kid', isAdmin: false, plays: [] },
    ],
  };
}

const IDS = { AuthenticationProviderId: 'a', PasswordResetProviderId: 'b' };

async function namesFor(policy: object): Promise<{ ours: string[]; servers: string[] }> {
  const { demo, db, context } = watch;
  const kid = await demo.userId('kid');
  const answer = await demo.call('POST', `/Users/${kid}/Policy`, { ...IDS, ...policy });
  if (answer.status !== 204) throw new Error(answer.text);
  await syncUsers(context, { newUsers: 'enabled' });
  const user = (await enabledUsers(db)).find((one) => one.name === 'kid');
  if (!user) throw new Error('The user is gone.');
  const rules = candidateRules({
    begunTitles: [],
    states: [],
    feedback: [],
    user,
    foldersOf: await titleFolders(db),
    ratings: await parentalRatings(db),
    rewatchAfterMonths: 12,
    now: watch.now(),
  });
  const titles = await candidateTitles(db);
  const page = await demo.page(`/Users/${kid}/Items?Recursive=true&IncludeItemTypes=Series&Limit=100`);
  return {
    ours: titles.filter((title) => rules.exclusionOf(title) === null).map((title) => title.name),
    servers: page.Items.map((item) => item.Name),
  };
}

// Rights: Jellyfin UserPolicy.cs and BaseItem.IsParentalAllowed; Emby OpenAPI, UserPolicy.
describe.each<Dialect>(['jellyfin', 'emby'])('candidates of a restricted user on %s', (dialect) => {
  const allowed = (tags: string[]) => (dialect === 'emby' ? { IncludeTags: tags } : { AllowedTags: tags });

  it('are the very series that the server lists for them', async () => {
    watch = await startWatchDemo(data(), { dialect });
    for (const policy of [
      {},
      { MaxParentalRating: 0 },
      { MaxParentalRating: 10 },
      { MaxParentalRating: 14, BlockUnratedItems: ['Series'] },
      { BlockUnratedItems: ['Movie'] },
      { BlockedTags: ['WAR'] },
      allowed(['kids']),
      { ...allowed(['Kids']), BlockedTags: ['war'], MaxParentalRating: 7 },
    ]) {
      const { ours, servers } = await namesFor(policy);
      expect(ours.toSorted(), JSON.stringify(policy)).toEqual(servers.toSorted());
      expect(servers.length).toBeGreaterThan(0);
    }
  });

  it('are none for a user without any library', async () => {
    watch = await startWatchDemo(data(), { dialect });
    expect((await namesFor({ EnableAllFolders: false })).ours).toEqual([]);
  });

  it('keep the ratings known before when the server does not tell them', async () => {
    watch = await startWatchDemo(data(), { dialect });
    await namesFor({ MaxParentalRating: 10 });
    const before = await parentalRatings(watch.db);
    expect(before.size).toBe(6);
    const refusing = {
      ...watch.context.mediaServer,
      parentalRatings: async () => {
        throw new ShowrunnerError('MEDIA_SERVER_REFUSED', 'Not for this key.');
      },
    };
    const context = { ...watch.context, mediaServer: refusing };
    expect(await syncUsers(context, { newUsers: 'enabled' })).toMatchObject({ usersSeen: 2 });
    expect(watch.context.record.lines.at(-1)).toMatchObject({ level: 'warn' });
    expect(await parentalRatings(watch.db)).toEqual(before);
  });
});
