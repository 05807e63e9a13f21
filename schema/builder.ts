import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type { Role } from '../drizzle/tables/access.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import type { ApiContext } from './context.ts';
import { encodeGlobalId, requireGlobalId } from './global-id.ts';
import { readNode, readNodes } from './nodes.ts';
import { hasRole, isKnown, maySeeUser } from './principal.ts';

/** What the schema is built of. */
export interface SchemaTypes {
  Context: ApiContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  Connection: { readonly totalCount?: number };
  Scalars: {
    ID: { Input: string; Output: string | number | bigint };
    DateTime: { Input: Date; Output: Date | string };
    Date: { Input: string; Output: string };
  };
  AuthScopes: {
    /** The caller has at least this role. */
    role: Role;
    /** The caller may see what belongs to the media-server user with this id. */
    ownUser: number;
    /** Everybody may, also without a key; see `PUBLIC`. */
    public: boolean;
  };
}

/**
 * The one schema builder. Access is declared by scopes on fields and types and nowhere else; the scopes of the root
 * types hold for all their fields, so that a field nobody thought of is closed to anonymous callers.
 */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ErrorsPlugin, ScopeAuthPlugin, RelayPlugin],
  defaultFieldNullability: false,
  errors: {
    directResult: true,
    defaultUnionOptions: {
      description: 'What came of the mutation: success or an expected failure.',
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Payload`,
    },
  },
  scopeAuth: {
    authorizeOnSubscribe: true,
    authScopes: ({ principal }) => ({
      role: (needed) => hasRole(principal, needed),
      public: true,
      ownUser: (userId) => maySeeUser(principal, userId),
    }),
    unauthorizedError: (_parent, { principal }, info) =>
      refusal(isKnown(principal), `${info.parentType.name}.${info.fieldName}`),
  },
  relay: {
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: requireGlobalId,
    cursorType: 'String',
    idFieldOptions: { description: 'Unique over all types; opaque.' },
    cursorFieldOptions: { description: 'Place of the item in the list, opaque; pass it as `after`.' },
    nodeFieldOptions: { description: 'The item.' },
    edgesFieldOptions: { description: 'The items of this page with their cursors.' },
    pageInfoFieldOptions: { description: 'Where the page lies in its list.' },
    hasNextPageFieldOptions: { description: 'Whether items follow.' },
    hasPreviousPageFieldOptions: { description: 'Whether the page was asked for with a cursor.' },
    startCursorFieldOptions: { description: 'Cursor of the first item; null on an empty page.' },
    endCursorFieldOptions: { description: 'Cursor of the last item; null on an empty page.' },
    nodesOnConnection: { description: 'The items of this page, without their cursors.' },
    nodeTypeOptions: { description: 'An object with an id that is unique over all types.' },
    pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
    nodeQueryOptions: {
      args: { id: { description: 'Global id of any type.' } },
      description: 'The object with the global id; null when there is none.',
      resolve: (_root, { id }, context, info, readOther) => readNode(id, context, info, readOther),
    },
    nodesQueryOptions: {
      args: { ids: { description: 'Global ids of any types.' } },
      description:
        'The objects with the global ids, in their order, null where there is none. At most 100 ids.',
      resolve: (_root, { ids }, context, info): Promise<readonly unknown[]> =>
        readNodes(ids, context, info, (others) => resolveNodes(builder, context, info, others)),
    },
  },
});

/** Scopes of every root type; a subscription type needs them too. */
export const ROOT_SCOPES = { role: 'VIEWER' } as const;

builder.queryType({ description: 'Everything that can be read.', authScopes: ROOT_SCOPES });
builder.mutationType({
  description: 'Everything that can be changed. Expected failures are members of the payload unions.',
  authScopes: ROOT_SCOPES,
});

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    description: 'Size of the whole list. Counted only when it is selected.',
    resolve: ({ totalCount }) => {
      if (totalCount === undefined) throw new TypeError('The size of the list was not read.');
      return totalCount;
    },
  }),
);

function refusal(isAuthenticated: boolean, field: string): ShowrunnerError {
  if (!isAuthenticated)
    return new ShowrunnerError('UNAUTHENTICATED', 'This API needs a key.', {
      remedy: 'Send an API key in the `Authorization` header.',
    });
  return new ShowrunnerError('FORBIDDEN', `This key may not read or call ${field} here.`, {
    field,
    remedy: 'Use a key with a higher role, or one that is bound to the user in question.',
  });
}
