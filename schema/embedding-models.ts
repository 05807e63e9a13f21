import { z } from 'zod';
import { activateEmbeddingModel } from '../src/embeddings/activate-embedding-model.ts';
import { type EmbeddingModelView, listEmbeddingModels } from '../src/embeddings/embedding-model-list.ts';
import { builder } from './builder.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { parseInput, text } from './input.ts';
import { ConflictError } from './job-failures.ts';
import { OPERATOR } from './job-types.ts';

const MICRO = 1_000_000;

const EmbeddingIndex = builder.enumType('EmbeddingIndex', {
  description: 'How the vectors nearest to another one are found.',
  values: {
    NONE: { description: 'By comparing with all of them: exact, and quick up to some thousand titles.' },
    HNSW: { description: 'Through an index: about as good, and quick with any number of titles.' },
  },
});

const EmbeddingModel = builder.objectRef<EmbeddingModelView>('EmbeddingModel').implement({
  description: 'A model that has vectors here. Vectors of different models cannot be compared.',
  authScopes: OPERATOR,
  fields: (t) => ({
    model: t.exposeString('model', {
      description: 'Its name, with the length of its vectors behind an @ where that was chosen.',
    }),
    provider: t.exposeString('provider', {
      nullable: true,
      description: '`offline`, or the host of the endpoint that embeds with it; null when that was not kept.',
    }),
    dimensions: t.exposeInt('dimensions', { description: 'Length of its vectors.' }),
    active: t.exposeBoolean('active', { description: 'Whether its vectors are the ones in use.' }),
    configured: t.boolean({
      description: 'Whether it is the one that `GENERATE_SERIES_EMBEDDINGS` embeds with.',
      resolve: ({ model }, _args, { services }) => services.embedder.model === model,
    }),
    heldBack: t.exposeBoolean('heldBack', {
      description:
        'Whether it does not take over by itself, because another one was chosen by `activateEmbeddingModel`.',
    }),
    titles: t.exposeInt('titles', { description: 'Series on the server that have a vector.' }),
    stale: t.exposeInt('stale', { description: 'Those of them whose text has changed since.' }),
    missing: t.exposeInt('missing', { description: 'Series on the server that have a text and no vector.' }),
    tokens: t.float({
      nullable: true,
      description: 'Tokens its provider counted so far; null when it does not count them.',
      resolve: ({ tokens }) => tokens,
    }),
    cost: t.float({
      nullable: true,
      description: 'What those cost in US dollars; null when the price was not known of all of them.',
      resolve: ({ costMicroUsd }) => (costMicroUsd === null ? null : costMicroUsd / MICRO),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When its first vector was stored.' }),
    activatedAt: t.expose('activatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last became the active one; null when it never was, or before that was kept.',
    }),
    index: t.field({
      type: EmbeddingIndex,
      description: 'How its vectors are searched.',
      resolve: ({ isIndexed }) => (isIndexed ? 'HNSW' : 'NONE'),
    }),
  }),
});

const ActivatedEmbeddingModel = builder
  .objectRef<{ models: readonly EmbeddingModelView[] }>('ActivatedEmbeddingModel')
  .implement({
    description:
      'The model is the active one now. Run GENERATE_SERIES_RECOMMENDATIONS for picks made with it.',
    fields: (t) => ({
      models: t.field({
        type: [EmbeddingModel],
        description: 'All models as they are now, the active one first.',
        resolve: ({ models }) => [...models],
      }),
    }),
  });

builder.queryField('embeddingModels', (t) =>
  t.field({
    type: [EmbeddingModel],
    description: 'The embedding models that have vectors, the active one first.',
    authScopes: OPERATOR,
    resolve: (_root, _args, { db }) => listEmbeddingModels(db),
  }),
);

builder.mutationField('activateEmbeddingModel', (t) =>
  t.field({
    type: ActivatedEmbeddingModel,
    description:
      'Makes a model with stored vectors the active one at once, such as the one before. It stays: the configured model takes over again only when it is chosen in the same way.',
    authScopes: { role: 'ADMIN' },
    args: { model: t.arg.string({ required: true, description: 'Name of one of `embeddingModels`.' }) },
    errors: { types: [BadInputError, NotFoundError, ConflictError] },
    resolve: (_root, args, { db }) =>
      failing(async () => {
        await activateEmbeddingModel({ db }, parseInput(z.object({ model: text(500) }), args));
        return { models: await listEmbeddingModels(db) };
      }),
  }),
);
