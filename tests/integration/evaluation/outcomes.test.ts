import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OutcomeGroup, recommendationOutcomes } from '../../../src/evaluation/outcomes.repo.ts';
import { rememberUserLibrary } from '../../../src/library-writer/library-writer.repo.ts';
import type { Database } from '../../../src/platform/database.ts';
import { createTestDatabase } from '../../support/database.ts';
import { addBegun, addSeries, addSet, addUsers } from '../../support/shown-picks.ts';

let db: Database;

beforeEach(async () => {
  db = await createTestDatabase();
  await addUsers(db, 'anna', 'ben');
  await addSeries(db, 20);
});
afterEach(() => db.close());

const now = new Date('2026-11-20T12:00:00Z');
const outcomes = (...groupBy: OutcomeGroup[]) => recommendationOutcomes(db, { groupBy, since: null, now });
const pick = (titleId: number, parts: Record<string, number> = { CONTENT: 1, RATING: 0.5 }) => ({
  titleId,
  parts,
});
const NONE = { weightsVersion: null, weightsId: null, rank: null, signal: null, week: null };

describe('recommendationOutcomes', () => {
  it('is all zero before the first pick', async () => {
    expect(await outcomes()).toEqual([{ ...NONE, shown: 0, inLibrary: 0, started: 0, finished: 0, kept: 0 }]);
    expect(await outcomes('VERSION')).toEqual([]);
  });

  it('counts what was started while it was shown, finished and kept', async () => {
    await addSet(db, 1, '2026-10-01T00:00:00Z', [pick(1), pick(2), pick(3), pick(4), pick(5), pick(6)]);
    await addSet(db, 1, '2026-10-08T00:00:00Z', [pick(7)]);
    await addBegun(db, { userId: 1, titleId: 1, firstPlayed: '2026-10-02T00:00:00Z' });
    await addBegun(db, { userId: 1, titleId: 2, firstPlayed: '2026-10-02T00:00:00Z', episodes: 3 });
    await addBegun(db, {
      userId: 1,
      titleId: 3,
      firstPlayed: '2026-10-02T00:00:00Z',
      episodes: 2,
      state: 'COMPLETED',
    });
    // Begun before it was shown and not gone on with; begun after the set was replaced.
    await addBegun(db, { userId: 1, titleId: 4, firstPlayed: '2026-09-01T00:00:00Z', episodes: 5 });
    await addBegun(db, {
      userId: 1,
      titleId: 5,
      firstPlayed: '2026-10-09T00:00:00Z',
      episodes: 5,
      state: 'COMPLETED',
    });
    // Somebody else's play.
    await addBegun(db, { userId: 2, titleId: 6, firstPlayed: '2026-10-02T00:00:00Z' });
    expect(await outcomes()).toEqual([{ ...NONE, shown: 7, inLibrary: 0, started: 3, finished: 1, kept: 2 }]);
  });

  it('counts a title once for each version, however many sets held it', async () => {
    await addSet(db, 1, '2026-10-01T00:00:00Z', [pick(1), pick(2)]);
    await addSet(db, 1, '2026-10-08T00:00:00Z', [pick(2), pick(1)]);
    await addSet(db, 1, '2026-10-15T00:00:00Z', [pick(1)], { name: 'series-lexical-1+weights-2' });
    await addBegun(db, { userId: 1, titleId: 1, firstPlayed: '2026-10-14T00:00:00Z' });
    expect(await outcomes('VERSION')).toMatchObject([
      { weightsVersion: 'series-lexical-1', shown: 2, started: 1 },
      { weightsVersion: 'series-lexical-1+weights-2', shown: 1, started: 0 },
    ]);
  });

  it('takes a play that only a play state tells of', async () => {
    await addSet(db, 1, '2026-10-01T00:00:00Z', [pick(1)]);
    await db.rows(sql`
      insert into play_states (user_id, episode_id, played, last_played_at) values (1, 12, true, '2026-10-03T00:00:00Z')`);
    expect(await outcomes()).toMatchObject([{ shown: 1, started: 1, kept: 0 }]);
  });

  it('goes by first rank, by strongest signal and by week', async () => {
    await addSet(db, 1, '2026-10-01T00:00:00Z', [pick(1), pick(2, { CONTENT: 0.1, RATING: 0.5 })]);
    await addSet(db, 2, '2026-10-08T00:00:00Z', [pick(1)]);
    await addBegun(db, { userId: 2, titleId: 1, firstPlayed: '2026-10-08T10:00:00Z' });
    expect(await outcomes('RANK')).toMatchObject([
      { rank: 1, shown: 2, started: 1 },
      { rank: 2, shown: 1, started: 0 },
    ]);
    expect(await outcomes('SIGNAL')).toMatchObject([
      { signal: 'CONTENT', shown: 2 },
      { signal: 'RATING', shown: 1 },
    ]);
    expect(await outcomes('WEEK', 'VERSION')).toMatchObject([
      { weightsVersion: 'series-lexical-1', week: '2026-09-28', shown: 2 },
      { weightsVersion: 'series-lexical-1', week: '2026-10-05', shown: 1 },
    ]);
    const later = { groupBy: [], since: new Date('2026-10-05T00:00:00Z'), now };
    expect(await recommendationOutcomes(db, later)).toMatchObject([{ shown: 1, started: 1 }]);
  });

  it('knows which picks were in the virtual library', async () => {
    const setId = await addSet(db, 1, '2026-10-01T00:00:00Z', [pick(1), pick(2)]);
    const library = { userId: 1, path: '/l', providerLibraryId: null, setId, fileCount: 1, syncedAt: now };
    await rememberUserLibrary(db, { ...library, shown: [{ titleId: 2, rank: 2 }] });
    expect(await outcomes('RANK')).toMatchObject([
      { rank: 1, inLibrary: 0 },
      { rank: 2, inLibrary: 1 },
    ]);
  });
});
