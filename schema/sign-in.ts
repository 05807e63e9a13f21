import { z } from 'zod';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { builder } from './builder.ts';
import { BadInputError, failing, failureType, MediaServerError } from './failures.ts';
import { encodeGlobalId } from './global-id.ts';
import { parseInput, text } from './input.ts';
import { ConflictError } from './job-failures.ts';
import type { ShownKey } from './key-ring.ts';
import { ANY_SCOPE, PUBLIC } from './key-scopes.ts';
import { SignInLocked } from './sign-in-desk.ts';

const SignInRefusedError = failureType(
  'SIGN_IN_REFUSED',
  'SignInRefusedError',
  'Name or password is not right, or the account may not sign in. It is not said which.',
);

const SignInLockedError = failureType(
  'SIGN_IN_LOCKED',
  'SignInLockedError',
  'Too many attempts with this name, or from this address.',
);

builder.objectField(SignInLockedError, 'until', (t) =>
  t.field({
    type: 'DateTime',
    description: 'When the next attempt is taken.',
    resolve: ({ cause }) => {
      if (cause instanceof SignInLocked) return cause.until;
      throw new TypeError('A lock does not say until when it holds.');
    },
  }),
);

const Arguments = z.object({
  input: z.object({
    name: text(200).refine((name) => name.trim() !== '', 'A name is needed.'),
    password: text(1_000),
  }),
});

const SignInInput = builder.inputType('SignInInput', {
  description: 'Who signs in.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name of the user at the media server, in any case.' }),
    password: t.string({ required: true, description: 'Their password there; it is not kept.' }),
  }),
});

const SignInSuccess = builder.objectRef<ShownKey>('SignInSuccess').implement({
  description: 'The user is signed in.',
  fields: (t) => ({
    key: t.exposeString('key', {
      description: 'The session, to be sent like an API key. It has the role VIEWER and sees this user only.',
    }),
    userId: t.id({
      description: 'Id of the User.',
      resolve: ({ row: { userId } }) => {
        if (userId === null) throw new TypeError('A session belongs to a user.');
        return encodeGlobalId('User', userId);
      },
    }),
    name: t.string({ description: 'Name of the user.', resolve: ({ row }) => row.name }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the session ends.',
      resolve: ({ row }) => row.expiresAt,
    }),
  }),
});

const SignOutSuccess = builder.objectRef<{ readonly name: string }>('SignOutSuccess').implement({
  description: 'The session is over.',
  fields: (t) => ({ name: t.exposeString('name', { description: 'Name of the user who signed out.' }) }),
});

builder.mutationFields((t) => ({
  signIn: t.field({
    type: SignInSuccess,
    description:
      'Signs in with a name and password of the media server. The only thing that needs no key: send it over HTTP as the ' +
      'one field of a mutation. After 5 failures within 15 minutes the name is locked, after 20 the address.',
    args: { input: t.arg({ type: SignInInput, required: true, description: 'Who signs in.' }) },
    ...PUBLIC,
    errors: { types: [BadInputError, SignInRefusedError, SignInLockedError, MediaServerError] },
    resolve: (_root, args, { signInDesk, address }) =>
      failing(() => signInDesk.signIn({ ...parseInput(Arguments, args).input, address })),
  }),
  signOut: t.field({
    type: SignOutSuccess,
    description: 'Ends the session with which it is called.',
    authScopes: { role: 'VIEWER' },
    ...ANY_SCOPE,
    errors: { types: [ConflictError] },
    resolve: (_root, _args, { apiKeys, principal }) =>
      failing(async () => {
        if (principal?.kind === 'session') return { name: (await apiKeys.revoke(principal.id)).name };
        throw new ShowrunnerError('CONFLICT', 'You did not sign in: you came with an API key.', {
          remedy: 'Forget the key, or have an administrator revoke it.',
        });
      }),
  }),
}));
