import { z } from 'zod';
import { type KEY_KINDS, ROLES, SCOPES } from '../drizzle/tables/access.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { ApiKey } from './api-key-object.ts';
import { builder } from './builder.ts';
import type { ApiContext } from './context.ts';
import { BadInputError, failing, NotFoundError } from './failures.ts';
import { globalId } from './global-id.ts';
import { parseInput, text } from './input.ts';
import { ConflictError, insideInput } from './job-failures.ts';
import { globalUuid } from './job-ids.ts';
import type { ApiKeyRow, ShownKey } from './key-ring.ts';
import { KeyScope, Role } from './me.ts';
import { scopesOfRole } from './principal.ts';

/** Longest time for which a secret is taken after it was replaced: seven days. */
const MOST_GRACE_MINUTES = 7 * 24 * 60;
const MINUTE_MS = 60_000;

const CreateArguments = z.object({
  input: z.object({
    name: text(200),
    role: z.enum(ROLES),
    scopes: z.array(z.enum(SCOPES)).max(SCOPES.length).nullish(),
    userId: globalId('User').nullish(),
    expiresAt: z.date().nullish(),
  }),
});
const grace = `A whole number from 0 to ${MOST_GRACE_MINUTES} is needed.`;
const RotateArguments = z.object({
  input: z.object({
    id: globalUuid('ApiKey'),
    graceMinutes: z
      .number()
      .int(grace)
      .min(0, grace)
      .max(MOST_GRACE_MINUTES, grace)
      .nullish()
      .transform((minutes) => minutes ?? 60),
  }),
});
const RevokeArguments = z.object({ input: z.object({ id: globalUuid('ApiKey') }) });

const ApiKeyKind = builder.enumType('ApiKeyKind', {
  description: 'How a key came to be.',
  values: {
    KEY: { description: 'An administrator made it.' },
    SESSION: { description: 'Somebody signed in with the name and password of the media server.' },
  } satisfies Record<(typeof KEY_KINDS)[number], { description: string }>,
});

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'What a new key shall be.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What it is for; 1 to 100 characters.' }),
    role: t.field({ type: Role, required: true, description: 'What it may do.' }),
    scopes: t.field({
      type: [KeyScope],
      description: 'What it may be used for within the role; left out for all that the role allows.',
    }),
    userId: t.id({ description: 'Id of the User it stands for; a VIEWER key without one sees no user.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends; left out for never.' }),
  }),
});

const RotateApiKeyInput = builder.inputType('RotateApiKeyInput', {
  description: 'Which key gets a new secret.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of an ApiKey.' }),
    graceMinutes: t.int({
      description: `Minutes for which the secret before is taken too, 0 to ${MOST_GRACE_MINUTES}; 60 when left out.`,
    }),
  }),
});

const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
  description: 'Which key to make useless.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of an ApiKey.' }) }),
});

const shown = 'The key itself. It is shown this once and stored nowhere.';

const CreateApiKeySuccess = builder.objectRef<ShownKey>('CreateApiKeySuccess').implement({
  description: 'The key is made.',
  fields: (t) => ({
    key: t.exposeString('key', { description: shown }),
    apiKey: t.expose('row', { type: ApiKey, description: 'What is stored of it.' }),
  }),
});

const RotateApiKeySuccess = builder.objectRef<ShownKey>('RotateApiKeySuccess').implement({
  description: 'The key has a new secret.',
  fields: (t) => ({
    key: t.exposeString('key', { description: shown }),
    apiKey: t.expose('row', { type: ApiKey, description: 'The key as it is now.' }),
  }),
});

const RevokeApiKeySuccess = builder.objectRef<{ row: ApiKeyRow }>('RevokeApiKeySuccess').implement({
  description: 'The key is useless from now on. Its open WebSockets are closed with 4403.',
  fields: (t) => ({
    apiKey: t.expose('row', { type: ApiKey, description: 'The key as it is now.' }),
  }),
});

builder.queryField('apiKeys', (t) =>
  t.field({
    type: [ApiKey],
    description: 'The API keys, revoked and expired ones too, oldest first.',
    args: {
      kind: t.arg({ type: ApiKeyKind, defaultValue: 'KEY', description: 'Keys, or sessions.' }),
    },
    authScopes: { role: 'ADMIN' },
    resolve: async (_root, args, { apiKeys }) => {
      const kind = args.kind ?? 'KEY';
      return (await apiKeys.list()).filter((row) => row.kind === kind);
    },
  }),
);

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeySuccess,
    description: 'Makes an API key. It cannot have more scopes than the key of the caller.',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The new key.' }) },
    authScopes: { role: 'ADMIN' },
    errors: { types: [BadInputError] },
    resolve: (_root, args, context) =>
      failing(() => {
        const { input } = parseInput(CreateArguments, args);
        mayGive(context, input, 'input.scopes');
        return insideInput(context.apiKeys.create(input));
      }),
  }),
  rotateApiKey: t.field({
    type: RotateApiKeySuccess,
    description:
      'Gives an API key a new secret and takes the one before a while longer, so that whoever uses it can change over. ' +
      'A second rotation ends the grace of the first. The key keeps its expiry.',
    args: { input: t.arg({ type: RotateApiKeyInput, required: true, description: 'Key and grace.' }) },
    authScopes: { role: 'ADMIN' },
    errors: { types: [BadInputError, NotFoundError, ConflictError] },
    resolve: (_root, args, context) =>
      failing(async () => {
        const { id, graceMinutes } = parseInput(RotateArguments, args).input;
        mayGive(context, await insideInput(context.apiKeys.get(id)), 'input.id');
        return insideInput(context.apiKeys.rotate(id, graceMinutes * MINUTE_MS));
      }),
  }),
  revokeApiKey: t.field({
    type: RevokeApiKeySuccess,
    description: 'Makes an API key, or a session, useless.',
    args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'Which key.' }) },
    authScopes: { role: 'ADMIN' },
    errors: { types: [BadInputError, NotFoundError] },
    resolve: (_root, args, { apiKeys }) =>
      failing(async () => ({
        row: await insideInput(apiKeys.revoke(parseInput(RevokeArguments, args).input.id)),
      })),
  }),
}));

/** Nobody gets hold of a key that can do more than their own: neither by making one nor by replacing its secret. */
function mayGive(
  { principal }: ApiContext,
  { role, scopes }: Pick<ApiKeyRow, 'role'> & { readonly scopes?: ApiKeyRow['scopes'] | undefined },
  field: string,
): void {
  const beyond = (scopes ?? scopesOfRole(role)).find((scope) => !principal?.scopes.includes(scope));
  if (beyond === undefined) return;
  throw new ShowrunnerError('BAD_INPUT', `Your key does not have the scope ${beyond} and cannot give it.`, {
    field,
    value: beyond,
    remedy: `Name fewer scopes, or use a key with the scope ${beyond}.`,
  });
}
