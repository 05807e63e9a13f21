import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import { addLibrary, refreshLibrary } from './libraries.ts';
import type { MediaState } from './media-state.ts';
import { policySchema } from './users.ts';

/** Changes that come within this many ms are written together. */
const WRITE_DELAY_MS = 100;

const stateSchema = z.object({
  dialect: z.enum(['jellyfin', 'emby']),
  /** Whether the keys are those of a server whose copies share play states. */
  sharesPlayStates: z.boolean(),
  policies: z.record(z.string(), policySchema),
  libraries: z.array(
    z.object({
      name: z.string(),
      collectionType: z.string().nullable(),
      locations: z.array(z.string()),
      options: z.record(z.string(), z.unknown()),
    }),
  ),
  playStates: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        played: z.boolean(),
        playCount: z.number(),
        lastPlayed: z.number().nullable(),
        positionTicks: z.number(),
        isFavorite: z.boolean(),
        rating: z.number().optional(),
      }),
    ),
  ),
});

/** Keeps a state in a file. */
export interface StateFile {
  /** Writes what is not yet written and stops listening. */
  close(): Promise<void>;
}

/**
 * Applies what `file` says (created libraries, which are scanned; policies; play states) and from then on writes every
 * change to it.
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION` when the file is not a state file or is one of another kind of server
 */
export async function attachStateFile(state: MediaState, file: string): Promise<StateFile> {
  await load(state, file);
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing
      .then(() => save(state, file))
      .catch((error: unknown) => {
        state.log.error({ err: error, file }, 'The demo state could not be written');
      });
    return writing;
  };
  state.onChange = () => {
    timer ??= setTimeout(write, WRITE_DELAY_MS);
  };
  return {
    close: async () => {
      state.onChange = () => {};
      if (timer) await write();
      await writing;
    },
  };
}

async function load(state: MediaState, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return;
  const stored = parse(text, file);
  if (
    stored.dialect !== state.profile.dialect ||
    stored.sharesPlayStates !== state.profile.sharesPlayStates
  ) {
    throw new ShowrunnerError(
      'BAD_CONFIGURATION',
      `The state file belongs to another kind of server (${stored.dialect}).`,
      {
        field: 'state',
        value: file,
        remedy: 'Name another file, or start the server that wrote this one.',
      },
    );
  }
  for (const library of stored.libraries) await refreshLibrary(state, addLibrary(state, library, true));
  for (const user of state.users) user.policy = stored.policies[user.id] ?? user.policy;
  for (const [userId, states] of Object.entries(stored.playStates)) {
    const changed = new Map(Object.entries(states));
    state.changedPlayStates.set(userId, changed);
    state.playStates.set(userId, new Map([...(state.playStates.get(userId) ?? []), ...changed]));
  }
}

function parse(text: string, file: string): z.output<typeof stateSchema> {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ShowrunnerError('BAD_CONFIGURATION', 'The state file of the demo server cannot be read.', {
      field: 'state',
      value: file,
      remedy: 'Delete it to start afresh.',
      cause,
    });
  }
}

async function save(state: MediaState, file: string): Promise<void> {
  const stored: z.output<typeof stateSchema> = {
    dialect: state.profile.dialect,
    sharesPlayStates: state.profile.sharesPlayStates,
    policies: Object.fromEntries(state.users.map((user) => [user.id, user.policy])),
    libraries: state.libraries
      .filter((library) => !library.isSource)
      .map(({ name, collectionType, locations, options }) => {
        return { name, collectionType, locations: [...locations], options: { ...options } };
      }),
    playStates: Object.fromEntries(
      [...state.changedPlayStates].map(([user, states]) => [user, Object.fromEntries(states)]),
    ),
  };
  const partial = `${file}.partial`;
  await writeFile(partial, JSON.stringify(stored));
  await rename(partial, file);
}
