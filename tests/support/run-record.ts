import { sql } from 'drizzle-orm';
import type { Database } from '../../src/platform/database.ts';

/** A run whose record contradicts itself, and how. */
export interface BrokenRun {
  readonly run: string;
  readonly wrong: string;
}

/**
 * Runs that are not as a finished run must be: final, all its events there from 1 without a gap, exactly one of them
 * terminal and that the last one, and no resource held any more.
 */
export async function brokenRuns(db: Database): Promise<BrokenRun[]> {
  return db.rows<{ run: string; wrong: string }>(sql`
    with final as (select unnest(array['SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED']) as state),
    streams as (
      select r.id, r.job || ' ' || r.id as run, r.state, r.last_seq,
        count(e.seq)::int as events, min(e.seq) as first, max(e.seq) as last,
        count(*) filter (where e.type = 'STATE' and e.payload ->> 'state' in (select state from final))::int as ends,
        max(e.seq) filter (where e.type = 'STATE' and e.payload ->> 'state' = r.state) as ended_at
      from job_runs r left join job_events e on e.run_id = r.id group by r.id)
    select run, 'it is still ' || state as wrong from streams where state not in (select state from final)
    union all
    select run, 'its stream has ' || events || ' events from ' || first || ' to ' || last || ', not ' || last_seq
      from streams where events <> last_seq or first <> 1 or last <> last_seq
    union all
    select run, 'its stream has ' || ends || ' terminal events' from streams where ends <> 1
    union all
    select run, 'its last event does not tell that it is ' || state from streams where ended_at is distinct from last_seq
    union all
    select run, 'it holds ' || l.resource from job_leases l join streams on streams.id = l.run_id
    order by 1, 2`);
}

/** How many runs have not ended. */
export async function unfinishedRuns(db: Database): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from job_runs where state in ('QUEUED', 'RUNNING', 'STOPPING', 'INTERRUPTED')`,
  );
  return row?.count ?? 0;
}
