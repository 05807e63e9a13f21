import type { PGlite } from '@electric-sql/pglite';

/** How long a database that is handed back may take to become empty; one in the midst of a transaction never does. */
const RESET_MS = 10_000;

/** Engines that are empty again, and what a new one holds. */
const spare: PGlite[] = [];
let shape: Shape | undefined;

/** Names of what the migrations made. */
interface Shape {
  readonly tables: readonly string[];
  readonly indexes: readonly string[];
  readonly routines: readonly string[];
}

/**
 * An embedded database engine, migrated and empty, that goes back for the next test of the file when it is closed: to
 * empty one takes a twentieth of the time that a new one takes. What a finished test left running is refused.
 *
 * @param create makes a new engine, migrated and empty
 */
export async function reusedPglite(create: () => Promise<PGlite>): Promise<PGlite> {
  const engine = spare.pop() ?? (await create());
  shape ??= await shapeOf(engine);
  return lease(engine, shape);
}

/** Closes the engines that no test holds. */
export async function closeSpareEngines(): Promise<void> {
  await Promise.all(spare.splice(0).map((engine) => engine.close()));
}

function lease(engine: PGlite, empty: Shape): PGlite {
  const unlisten = new Set<() => Promise<void>>();
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    const done = emptied(engine, [...unlisten], empty).then(
      () => true,
      () => false,
    );
    if (await Promise.race([done, later(RESET_MS)])) spare.push(engine);
    else await engine.close();
  };
  const listen: PGlite['listen'] = async (channel, callback, tx) => {
    const stop = await engine.listen(channel, callback, tx);
    unlisten.add(stop);
    return async (transaction) => {
      unlisten.delete(stop);
      await stop(transaction);
    };
  };
  return new Proxy(engine, {
    get(target, key) {
      if (key === 'closed') return closed || target.closed;
      if (key === 'close') return close;
      if (closed) throw new Error('PGlite is closed');
      if (key === 'listen') return listen;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function emptied(engine: PGlite, unlisten: (() => Promise<void>)[], empty: Shape): Promise<void> {
  for (const stop of unlisten) await stop();
  const now = await shapeOf(engine);
  const foreign = {
    table: now.tables.filter((name) => !empty.tables.includes(name)),
    index: now.indexes.filter((name) => !empty.indexes.includes(name)),
    routine: now.routines.filter((name) => !empty.routines.includes(name)),
  };
  await engine.exec(
    [
      ...foreign.index.map((name) => `drop index if exists ${name} cascade`),
      ...foreign.table.map((name) => `drop table if exists ${name} cascade`),
      ...foreign.routine.map((name) => `drop routine if exists ${name} cascade`),
      `truncate ${empty.tables.join()} restart identity cascade`,
    ].join(';'),
  );
}

async function shapeOf(engine: PGlite): Promise<Shape> {
  const { rows } = await engine.query<{ kind: string; name: string }>(`
    select relkind::text as kind, oid::regclass::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')
      and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
    union all
    select 'routine', oid::regprocedure::text from pg_proc
    where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
  `);
  const named = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => row.name);
  return { tables: named('r'), indexes: named('i'), routines: named('routine') };
}

function later(ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
}
