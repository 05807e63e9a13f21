import { z } from 'zod';
import { readObject } from '../src/platform/json-shapes.repo.ts';
import { EMPTY_SELECTION, type Selection, selectionBelow } from '../src/platform/selection.ts';
import { applyWeights } from '../src/recommendations/tuning/apply-weights.ts';
import { createWeights, type WeightsContext } from '../src/recommendations/tuning/create-weights.ts';
import { currentVersion } from '../src/recommendations/tuning/current-version.ts';
import { revertWeights } from '../src/recommendations/tuning/revert-weights.ts';
import { setRetraining } from '../src/recommendations/tuning/weights.repo.ts';
import { builder } from './builder.ts';
import type { ApiContext } from './context.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { parseInput, text } from './input.ts';
import { ConflictError } from './job-failures.ts';
import { WeightsVersion } from './refs.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';
import { TuningSettings } from './tuning.ts';

const ADMIN = { role: 'ADMIN' } as const;
/** More users are told apart by nobody: then a version is for everybody. */
const MAX_TRIAL_USERS = 100;

const someUsers = z
  .array(globalId('User'))
  .min(1, 'At least one user is needed.')
  .max(MAX_TRIAL_USERS, `At most ${MAX_TRIAL_USERS} users are allowed.`)
  .nullish()
  .transform((ids) => ids ?? null);
const CreateArguments = z.object({
  input: z.object({
    weights: z.array(z.object({ signal: text(100), weight: z.number() })).max(100),
    notes: text(2_000)
      .nullish()
      .transform((notes) => notes ?? ''),
  }),
});
const ApplyArguments = z.object({
  input: z.object({ versionId: globalId('WeightsVersion'), userIds: someUsers }),
});
const RevertArguments = z.object({ input: z.object({ userIds: someUsers }) });
const SettingsArguments = z.object({ input: z.object({ retrain: z.boolean() }) });

export const SignalWeightInput = builder.inputType('SignalWeightInput', {
  description: 'How much one signal is to count.',
  fields: (t) => ({
    signal: t.string({ required: true, description: 'As in the parts of a score, such as RATING.' }),
    weight: t.float({ required: true, description: '0..3; 1 as shipped, 0 leaves the signal out.' }),
  }),
});

const CreateWeightsInput = builder.inputType('CreateWeightsInput', {
  description: 'A version of the weights.',
  fields: (t) => ({
    weights: t.field({
      type: [SignalWeightInput],
      required: true,
      description: 'Signals that are to count other than shipped; those left out count 1.',
    }),
    notes: t.string({ description: 'What it is for.' }),
  }),
});

const ApplyWeightsInput = builder.inputType('ApplyWeightsInput', {
  description: 'Which version, for whom.',
  fields: (t) => ({
    versionId: t.id({ required: true, description: 'Id of a WeightsVersion.' }),
    userIds: t.idList({
      description: 'Ids of Users who are to try it first; left out for everybody, which ends all trials.',
    }),
  }),
});

const RevertWeightsInput = builder.inputType('RevertWeightsInput', {
  description: 'For whom to go back.',
  fields: (t) => ({
    userIds: t.idList({
      description: 'Ids of Users who are to follow the version for everybody again; left out for everybody.',
    }),
  }),
});

const UpdateTuningSettingsInput = builder.inputType('UpdateTuningSettingsInput', {
  description: 'How the weights are to change by themselves.',
  fields: (t) => ({
    retrain: t.boolean({ required: true, description: 'Whether to learn weights from past picks.' }),
  }),
});

const CreatedWeights = success('CreatedWeights', 'The version is stored, and in force for nobody yet.');
const AppliedWeights = success('AppliedWeights', 'The version counts from the next recommendations on.');
const RevertedWeights = success('RevertedWeights', 'What was in force before is in force again.');
const UpdatedTuningSettings = builder
  .objectRef<{ settings: { retrain: boolean } }>('UpdatedTuningSettings')
  .implement({
    description: 'The settings are changed.',
    fields: (t) => ({
      settings: t.expose('settings', { type: TuningSettings, description: 'The settings as they are now.' }),
    }),
  });

builder.mutationFields((t) => ({
  createWeights: t.field({
    type: CreatedWeights,
    description: 'Stores a version of the weights. Change one signal at a time, and say why in the notes.',
    args: { input: t.arg({ type: CreateWeightsInput, required: true, description: 'The weights.' }) },
    authScopes: ADMIN,
    errors: { types: [BadInputError] },
    resolve: (_root, args, context, info) =>
      failing(async () => {
        const { input } = parseInput(CreateArguments, args);
        const id = await createWeights(caller(context), input);
        return { version: await read(context, id, selectionOf(info, 'CreatedWeights')) };
      }),
  }),
  applyWeights: t.field({
    type: AppliedWeights,
    description:
      'Puts a version of the weights in force, for chosen users first or for everybody. It counts from the next ' +
      'GENERATE_SERIES_RECOMMENDATIONS on.',
    args: { input: t.arg({ type: ApplyWeightsInput, required: true, description: 'Version and users.' }) },
    authScopes: ADMIN,
    errors: { types: [BadInputError, NotFoundError] },
    resolve: (_root, args, context, info) =>
      failing(async () => {
        const { input } = parseInput(ApplyArguments, args);
        await applyWeights(caller(context), input);
        return { version: await read(context, input.versionId, selectionOf(info, 'AppliedWeights')) };
      }),
  }),
  revertWeights: t.field({
    type: RevertedWeights,
    description:
      'Goes back to the version that was in force before for everybody, further back with each call, or ends the ' +
      'trial of chosen users.',
    args: { input: t.arg({ type: RevertWeightsInput, required: true, description: 'For whom.' }) },
    authScopes: ADMIN,
    errors: { types: [BadInputError, ConflictError] },
    resolve: (_root, args, context, info) =>
      failing(async () => {
        await revertWeights(caller(context), parseInput(RevertArguments, args).input);
        const id = await currentVersion(context.db, context.now());
        return { version: await read(context, id, selectionOf(info, 'RevertedWeights')) };
      }),
  }),
  updateTuningSettings: t.field({
    type: UpdatedTuningSettings,
    description: 'Changes how the weights change by themselves.',
    args: { input: t.arg({ type: UpdateTuningSettingsInput, required: true, description: 'The settings.' }) },
    authScopes: ADMIN,
    errors: { types: [BadInputError] },
    resolve: (_root, args, { db }) =>
      failing(async () => {
        const { input } = parseInput(SettingsArguments, args);
        await db.transaction((tx) => setRetraining(tx, input.retrain));
        return { settings: input };
      }),
  }),
}));

function success(name: string, description: string) {
  return builder.objectRef<{ version: rows.WeightsVersion }>(name).implement({
    description,
    fields: (t) => ({
      version: t.expose('version', {
        type: WeightsVersion,
        description: 'The version that is meant; after going back, the one in force for everybody.',
      }),
    }),
  });
}

function caller({ db, now, principal }: ApiContext): WeightsContext {
  return { db, now, by: principal?.name ?? 'unknown' };
}

async function read({ db }: ApiContext, id: number, selection: Selection): Promise<rows.WeightsVersion> {
  const below = selectionBelow(selection, 'version') ?? EMPTY_SELECTION;
  const version = await readObject<rows.WeightsVersion>(db, shapes, 'WeightsVersion', id, below);
  if (version) return version;
  throw new TypeError('The version of the weights went away.');
}
