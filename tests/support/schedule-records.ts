import { sql } from 'drizzle-orm';
import { MongoClient } from 'mongodb';
import type { TestDatabase } from './database.ts';

/** What the scheduler's store holds of a schedule. */
export interface StoredRecord {
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
}

/** The records of a schedule: one, unless something went wrong. */
export async function scheduleRecords(db: TestDatabase, id: string): Promise<StoredRecord[]> {
  const name = `schedule:${id}`;
  if (db.schedulerStore.kind !== 'mongodb') {
    const rows = await db.rows<{ next: string | null; last: string | null }>(
      sql`select next_run_at::text as next, last_run_at::text as last from agenda_jobs where name = ${name}`,
    );
    return rows.map(({ next, last }) => ({
      nextRunAt: next ? new Date(next) : null,
      lastRunAt: last ? new Date(last) : null,
    }));
  }
  return inMongo(db.schedulerStore.uri, async (jobs) =>
    (await jobs.find({ name }).toArray()).map((job) => ({
      nextRunAt: job.nextRunAt ?? null,
      lastRunAt: job.lastRunAt ?? null,
    })),
  );
}

/**
 * Puts a schedule's past back to `since`, as if nothing had happened from then until now, and makes the scheduler
 * wake at `nextRunAt`. An engine has to have listed its schedules before: they are stored after its start.
 */
export async function pretendDue(
  db: TestDatabase,
  id: string,
  times: { since: Date; nextRunAt: Date },
): Promise<void> {
  const since = times.since.toISOString();
  const name = `schedule:${id}`;
  await db.rows(sql`
    insert into schedule_firings (schedule, handled_until) values (${id}, ${since})
    on conflict (schedule) do update set handled_until = excluded.handled_until`);
  if (db.schedulerStore.kind !== 'mongodb') {
    await db.rows(sql`
      update agenda_jobs set next_run_at = ${times.nextRunAt.toISOString()}, locked_at = null,
        data = data || jsonb_build_object('savedAt', ${since}::text)
      where name = ${name}`);
    return;
  }
  await inMongo(db.schedulerStore.uri, async (jobs) => {
    const set = { nextRunAt: times.nextRunAt, lockedAt: null, 'data.savedAt': since };
    await jobs.updateMany({ name }, { $set: set });
  });
}

/** Writes the schedule's record a second time, as racing processes do where no unique index stops them. */
export async function duplicateRecord(db: TestDatabase, id: string): Promise<void> {
  if (db.schedulerStore.kind !== 'mongodb') throw new TypeError('Only MongoDB allows duplicates.');
  await inMongo(db.schedulerStore.uri, async (jobs) => {
    const job = await jobs.findOne({ name: `schedule:${id}` });
    if (!job) throw new TypeError('There is no such schedule.');
    const { _id: _other, ...copy } = job;
    await jobs.insertOne(copy);
  });
}

interface MongoJob {
  readonly name: string;
  readonly nextRunAt?: Date | null;
  readonly lastRunAt?: Date | null;
}

async function inMongo<Result>(
  uri: string,
  work: (jobs: ReturnType<typeof collection>) => Promise<Result>,
): Promise<Result> {
  const client = await MongoClient.connect(uri);
  try {
    return await work(collection(client));
  } finally {
    await client.close();
  }
}

function collection(client: MongoClient) {
  return client.db().collection<MongoJob>('agendaJobs');
}
