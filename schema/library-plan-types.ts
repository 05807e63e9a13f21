import { z } from 'zod';
import type { LibraryProblem } from '../src/library-writer/library-problems.ts';
import type { FileChange, LibraryPreview } from '../src/library-writer/preview-library.ts';
import { builder } from './builder.ts';
import { pageSize, parseInput } from './input.ts';
import { Series } from './refs.ts';
import type * as rows from './rows.ts';

/** A series of a plan with its row. */
export interface PlannedSeries {
  readonly series: rows.Series;
  readonly rank: number;
  readonly previousRank: number | null;
}

/** A plan whose series carry their rows. */
export interface LibraryPlanRow extends Omit<LibraryPreview, 'series'> {
  readonly added: readonly PlannedSeries[];
  readonly removed: readonly PlannedSeries[];
  readonly moved: readonly PlannedSeries[];
  readonly seriesKept: number;
}

const LibraryMode = builder.enumType('LibraryMode', {
  description: 'How episodes stand in a library.',
  values: {
    SYMLINK: { value: 'symlink', description: 'A symbolic link to the original file.' },
    STRM: { value: 'strm', description: 'A STRM file with the path of the original.' },
  } as const,
});

const FileChangeKind = builder.enumType('LibraryFileChange', {
  description: 'What happens to a file.',
  values: {
    CREATE: { description: 'It is written for the first time.' },
    UPDATE: { description: 'It is replaced.' },
    REMOVE: { description: 'It is removed.' },
  },
});

const ServerLibraryState = builder.enumType('ServerLibraryState', {
  description: 'Where a library stands at the media server.',
  values: {
    ABSENT: { description: 'It does not exist there.' },
    READY: { description: 'It exists with the options that it is to have.' },
    CHANGED: { description: 'Somebody changed its options; the next run sets them again.' },
    SCANNING: { description: 'The media server is scanning it; a run waits for that.' },
  },
});

const LibraryAction = builder.enumType('LibraryAction', {
  description: 'What a run does at the media server.',
  values: {
    CREATE: { description: 'Creates the library.' },
    REPAIR_OPTIONS: { description: 'Sets its options again.' },
    GRANT_ACCESS: { description: 'Opens it to the user, whose policy lists what they may open.' },
    SCAN: { description: 'Asks for a scan.' },
    REMOVE: { description: 'Removes the library; no file that is not ours goes with it.' },
  },
});

const LibraryProblemCode = builder.enumType('LibraryProblemCode', {
  description: 'Kind of a problem of a library.',
  values: {
    NO_RECOMMENDATIONS: { description: 'There are no recommendations for this user.' },
    PICKS_WITHOUT_FILES: { description: 'Picks without a file that the user may see.' },
    FILES_IN_THE_WAY: { description: 'Something that Showrunner did not write is where a file should go.' },
    STRM_NOT_PLAYED: { description: 'The media server plays no STRM files that name a local path.' },
    USER_UNKNOWN: { description: 'The media server does not know the user.' },
    ACCESS_BLOCKED: { description: 'The user may not open this library.' },
    SEES_OTHERS_PICKS: { description: 'The user may open the picks of other users.' },
    LIBRARY_HAS_OTHER_FOLDERS: { description: 'The library of the media server shows other folders too.' },
    LIBRARY_MOVED: { description: 'The library was written to another place before.' },
  } satisfies Record<LibraryProblem['code'], { description: string }>,
});

const LibraryProblemType = builder.objectRef<LibraryProblem>('LibraryProblem').implement({
  description: 'What keeps a library from being what its user expects.',
  fields: (t) => ({
    code: t.expose('code', { type: LibraryProblemCode, description: 'Kind of the problem.' }),
    message: t.exposeString('message', { description: 'What is wrong, for people.' }),
    remedy: t.exposeString('remedy', { description: 'What to do about it.' }),
  }),
});

const LibraryPlanSeries = builder.objectRef<PlannedSeries>('LibraryPlanSeries').implement({
  description: 'A series that comes into a library, leaves it or changes its place.',
  fields: (t) => ({
    series: t.expose('series', { type: Series, description: 'The series.' }),
    rank: t.exposeInt('rank', { description: 'Its place after the run; of a removed one the place it had.' }),
    previousRank: t.exposeInt('previousRank', {
      nullable: true,
      description: 'Its place before; null for one that is added.',
    }),
  }),
});

const LibraryPlanFile = builder.objectRef<FileChange>('LibraryPlanFile').implement({
  description: 'A file that a run writes or removes.',
  fields: (t) => ({
    path: t.exposeString('path', { description: "Path below the library's folder." }),
    change: t.expose('change', { type: FileChangeKind, description: 'What happens to it.' }),
  }),
});

const LibraryPlanServer = builder.objectRef<LibraryPreview['server']>('LibraryPlanServer').implement({
  description: 'The library at the media server.',
  fields: (t) => ({
    state: t.expose('state', { type: ServerLibraryState, description: 'How it stands.' }),
    name: t.exposeString('name', { description: 'Its name, or the one that it would get.' }),
    providerId: t.exposeString('id', {
      nullable: true,
      description: "The media server's id of it; null while it is absent.",
    }),
    actions: t.field({
      type: [LibraryAction],
      description: 'What a run would do there, in this order.',
      resolve: ({ steps }) => {
        const actions: (typeof LibraryAction.$inferType)[] = [];
        if (steps.create) actions.push('CREATE');
        if (steps.repair.length > 0) actions.push('REPAIR_OPTIONS');
        if (steps.grant) actions.push('GRANT_ACCESS');
        if (steps.scan) actions.push('SCAN');
        if (steps.remove) actions.push('REMOVE');
        return actions;
      },
    }),
    changedOptions: t.stringList({
      description: 'Names of the options that somebody changed.',
      resolve: ({ steps }) => steps.repair,
    }),
  }),
});

const FilesArguments = z.object({ first: pageSize(20) });

export const LibraryPlan = builder.objectRef<LibraryPlanRow>('LibraryPlan').implement({
  description: 'What the next run of SYNC_SERIES_LIBRARIES would change for one user, as things stand now.',
  fields: (t) => ({
    mode: t.expose('mode', { type: LibraryMode, description: 'How episodes are written.' }),
    path: t.exposeString('path', { description: 'Folder of the library, as Showrunner sees it.' }),
    serverPath: t.exposeString('serverPath', { description: 'The same as the media server sees it.' }),
    added: t.expose('added', { type: [LibraryPlanSeries], description: 'Series that come in, by rank.' }),
    removed: t.expose('removed', { type: [LibraryPlanSeries], description: 'Series that leave, by rank.' }),
    moved: t.expose('moved', {
      type: [LibraryPlanSeries],
      description: 'Series whose place changes, by rank.',
    }),
    seriesKept: t.exposeInt('seriesKept', { description: 'Series that stay where they are.' }),
    filesToWrite: t.int({
      description: 'Files to write, new and changed ones.',
      resolve: ({ files }) => files.filter(({ change }) => change !== 'REMOVE').length,
    }),
    filesToRemove: t.int({
      description: 'Files to remove.',
      resolve: ({ files }) => files.filter(({ change }) => change === 'REMOVE').length,
    }),
    filesKept: t.exposeInt('filesKept', { description: 'Files that stay as they are.' }),
    files: t.field({
      type: [LibraryPlanFile],
      description: 'The files to write or remove, by path.',
      args: { first: t.arg.int({ defaultValue: 20, description: 'How many at most, 1 to 100.' }) },
      resolve: ({ files }, args) => files.slice(0, parseInput(FilesArguments, args).first),
    }),
    server: t.expose('server', { type: LibraryPlanServer, description: 'The library at the media server.' }),
    problems: t.expose('problems', { type: [LibraryProblemType], description: 'What stands in the way.' }),
    visibleOthers: t.exposeStringList('visibleOthers', {
      description: 'Names of the libraries with the picks of others that the user can open.',
    }),
  }),
});
