import type { GraphQLField, GraphQLSchema } from 'graphql';
import { z } from 'zod';
import type { Scope } from '../drizzle/tables/access.ts';
import { ShowrunnerError } from '../src/platform/errors.ts';
import type { ApiContext } from './context.ts';
import { hasScope, isKnown } from './principal.ts';

type RootField = GraphQLField<unknown, ApiContext>;

/** Options of a root field that every valid key may use, whatever its scopes. */
export const ANY_SCOPE = { extensions: { anyScope: true } } as const;

/** Options of a root field that is open to callers without a key. */
export const PUBLIC = {
  skipTypeScopes: true,
  authScopes: { public: true },
  extensions: { anyScope: true, isPublic: true },
} as const;

const Public = z.object({ isPublic: z.literal(true) });

/** Whether a root field is open to callers without a key. */
export function isPublic({ extensions }: Pick<RootField, 'extensions'>): boolean {
  return Public.safeParse(extensions).success;
}

const Declared = z.object({
  anyScope: z.boolean().optional(),
  pothosOptions: z.object({ authScopes: z.unknown().optional() }).optional(),
});
const OfRole = z.object({ role: z.enum(['OPERATOR', 'ADMIN']) });

/**
 * The scope that a key needs for a root field; null when it needs none. It follows from what the field declares: all that
 * is read needs READ; of what changes something, that of administrators needs SETTINGS, that of operators JOBS, and that
 * of users FEEDBACK.
 *
 * @throws TypeError for a mutation that does not declare who may call it
 */
export function scopeOf(rootType: string, field: Pick<RootField, 'name' | 'extensions'>): Scope | null {
  const { anyScope, pothosOptions } = Declared.parse(field.extensions);
  if (anyScope) return null;
  if (rootType !== 'Mutation') return 'READ';
  if (!pothosOptions?.authScopes) throw new TypeError(`Mutation.${field.name} declares no \`authScopes\`.`);
  const declared = OfRole.safeParse(pothosOptions.authScopes);
  if (!declared.success) return 'FEEDBACK';
  return declared.data.role === 'ADMIN' ? 'SETTINGS' : 'JOBS';
}

/** Has every root field ask for the scope of the caller's key, before anything is read. Changes the schema it is given. */
export function withKeyScopes(schema: GraphQLSchema): GraphQLSchema {
  const subscriptions = schema.getSubscriptionType();
  for (const type of [schema.getQueryType(), schema.getMutationType(), subscriptions]) {
    const guard = type === subscriptions ? guardSubscribe : guardResolve;
    for (const field of Object.values(type?.getFields() ?? {})) {
      const scope = scopeOf(type?.name ?? '', field);
      if (scope) guard(field, scope, `${type?.name}.${field.name}`);
    }
  }
  return schema;
}

function guardSubscribe(field: RootField, scope: Scope, name: string): void {
  const { subscribe } = field;
  if (!subscribe) throw new TypeError(`${name} has no source.`);
  field.subscribe = (parent, args, context, info) => {
    check(context, scope, name);
    return subscribe(parent, args, context, info);
  };
}

function guardResolve(field: RootField, scope: Scope, name: string): void {
  const { resolve } = field;
  if (!resolve) throw new TypeError(`${name} has no resolver.`);
  field.resolve = (parent, args, context, info) => {
    check(context, scope, name);
    return resolve(parent, args, context, info);
  };
}

/** Callers without a key are left to the role that the field asks for. */
function check({ principal }: ApiContext, scope: Scope, field: string): void {
  if (!isKnown(principal) || hasScope(principal, scope)) return;
  throw new ShowrunnerError('FORBIDDEN', `This key does not have the scope ${scope}, which ${field} needs.`, {
    field,
    remedy: `Use a key with the scope ${scope}.`,
  });
}
