import { z } from 'zod';
import { readObject } from '../src/platform/json-shapes.repo.ts';
import { currentVersion } from '../src/recommendations/tuning/current-version.ts';
import { isRetraining } from '../src/recommendations/tuning/weights.repo.ts';
import { listVersions } from '../src/recommendations/tuning/weights-reads.repo.ts';
import { builder } from './builder.ts';
import { toConnection } from './connection.ts';
import { cursor } from './cursor.ts';
import { integer, pageSize, parseInput } from './input.ts';
import { OPERATOR } from './job-types.ts';
import { WeightsVersion } from './refs.ts';
import type * as rows from './rows.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

const VERSIONS = 'WEIGHTS';
const ListArguments = z.object({
  first: pageSize(20),
  after: cursor(VERSIONS, z.tuple([integer, integer])),
});

const WeightsVersionConnection = builder.connectionObject(
  {
    type: WeightsVersion,
    name: 'WeightsVersionConnection',
    description: 'A page of versions of the weights.',
  },
  { name: 'WeightsVersionEdge', description: 'A version of the weights and its place in the list.' },
);

export const TuningSettings = builder.objectRef<{ retrain: boolean }>('TuningSettings').implement({
  description: 'How the weights change by themselves.',
  fields: (t) => ({
    retrain: t.exposeBoolean('retrain', {
      description:
        'Whether EVALUATE_RECOMMENDATIONS learns weights from what became of past picks, once there are enough.',
    }),
  }),
});

builder.queryFields((t) => ({
  currentWeights: t.field({
    type: WeightsVersion,
    description: 'The version of the weights that is in force for everybody.',
    authScopes: OPERATOR,
    resolve: async (_root, _args, { db, now }, info) => {
      const id = await currentVersion(db, now());
      const version = await readObject<rows.WeightsVersion>(
        db,
        shapes,
        'WeightsVersion',
        id,
        selectionOf(info),
      );
      if (version) return version;
      throw new TypeError('The version of the weights in force went away.');
    },
  }),
  weightsVersions: t.field({
    type: WeightsVersionConnection,
    description:
      'The versions of the weights, the newest first; the last one stands for the weights as shipped.',
    authScopes: OPERATOR,
    args: {
      first: t.arg.int({ defaultValue: 20, description: 'How many, 1 to 100.' }),
      after: t.arg.string({ description: '`endCursor` of the page before.' }),
    },
    resolve: async (_root, args, { db, now }, info) => {
      const asked = parseInput(ListArguments, args);
      await currentVersion(db, now());
      const page = await listVersions<rows.WeightsVersion>(db, shapes, asked, selectionOf(info));
      return toConnection(VERSIONS, page, asked);
    },
  }),
  tuningSettings: t.field({
    type: TuningSettings,
    description: 'How the weights change by themselves on this server.',
    authScopes: OPERATOR,
    resolve: async (_root, _args, { db }) => ({ retrain: await isRetraining(db) }),
  }),
}));
