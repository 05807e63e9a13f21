import {
  execute,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  subscribe,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROLES, SCOPES } from '../../drizzle/tables/access.ts';
import type { ApiContext } from '../../schema/context.ts';
import { maskError } from '../../schema/errors.ts';
import { scopeOf } from '../../schema/key-scopes.ts';
import { NOBODY, type Principal, scopesOfRole } from '../../schema/principal.ts';
import { schema } from '../../schema/schema.ts';
import { caller, gid } from '../support/api.ts';

/** Whose data the operations ask for; the other viewer is not them. */
const USER = 2;
const OTHER = 3;

const CALLERS: readonly (readonly [string, Principal | null])[] = [
  ['anonymous', NOBODY],
  ['viewer, own data', caller('VIEWER', USER)],
  ["viewer, another's data", caller('VIEWER', OTHER)],
  ['operator', caller('OPERATOR')],
  ['admin', caller('ADMIN')],
];

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) => (type ? [type] : []),
);
const rootFields = roots.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ type, field, name: `${type.name}.${field.name}` })),
);

/** An id of the type that the description of an argument names. */
function idFor(description: string | null | undefined): string {
  const type = /\b(Series|Episode|Library|JobRun|WorkflowRun|ApiKey|WeightsVersion)\b/.exec(
    description ?? '',
  )?.[1];
  return type ? gid(type, 1) : gid('User', USER);
}

/** A value that the type accepts, written as in a query. */
function literal(type: GraphQLInputType, description?: string | null): string {
  if (isNonNullType(type)) return literal(type.ofType, description);
  if (isListType(type)) return `[${literal(type.ofType, description)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) return `{ ${argumentsOf(Object.values(type.getFields()))} }`;
  if (type.name === 'ID') return `"${idFor(description)}"`;
  return { Int: '1', Float: '1', Boolean: 'true', DateTime: '"2026-12-01T00:00:00Z"' }[type.name] ?? '"text"';
}

function argumentsOf(args: readonly Pick<GraphQLArgument, 'name' | 'type' | 'description'>[]): string {
  return args
    .flatMap(({ name, type, description }) =>
      isNonNullType(type) || name === 'userId' ? [`${name}: ${literal(type, description)}`] : [],
    )
    .join(', ');
}

/** A context that is good for nothing but to tell who calls: whoever is let in fails at its first use. */
function contextOf(principal: Principal | null): Pick<ApiContext, 'principal' | 'requestId'> {
  return { principal, requestId: 'request-1' };
}

interface Asked {
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** A field with the arguments that it must have, and nothing below it. */
function selectionOf({ field }: Pick<Asked, 'field'>): string {
  const args = argumentsOf(field.args);
  const below = isCompositeType(getNamedType(field.type)) ? '{ __typename }' : '';
  return `${field.name}${args && `(${args})`} ${below}`;
}

/** A root field is asked for as it is; a field of another type of an object that belongs to the user. */
async function codeOf({ type, field }: Asked, principal: Principal | null): Promise<string | undefined> {
  const operation = type === schema.getSubscriptionType() ? 'subscription' : type.name.toLowerCase();
  const isRoot = roots.includes(type);
  const request = {
    schema: isRoot ? schema : schemaWith(type),
    document: parse(
      isRoot ? `${operation} { ${selectionOf({ field })} }` : `{ probe { ${selectionOf({ field })} } }`,
    ),
    contextValue: contextOf(principal),
  };
  const result = await (operation === 'subscription' ? subscribe(request) : execute(request));
  if (!('errors' in result) || !result.errors) return undefined;
  return String(maskError(result.errors[0], 'Unexpected.').extensions.code);
}

/** A schema of one root field, open to all, that gives an object of the type. */
function schemaWith(type: GraphQLObjectType): GraphQLSchema {
  const probe = { type, resolve: () => ({ __typename: type.name, id: USER, userId: USER }) };
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Probe', fields: { probe } }) });
}

async function mayCall(asked: Asked, principal: Principal | null): Promise<boolean> {
  const code = await codeOf(asked, principal);
  return code !== 'UNAUTHENTICATED' && code !== 'FORBIDDEN';
}

async function allowedCallers(asked: Asked): Promise<string[]> {
  const allowed: string[] = [];
  for (const [name, principal] of CALLERS) if (await mayCall(asked, principal)) allowed.push(name);
  return allowed;
}

/** Who may call a root field, and the scope without which not even an administrator may. */
async function ruleOf(field: (typeof rootFields)[number]) {
  const needed: string[] = [];
  for (const missing of SCOPES) {
    const scopes = SCOPES.filter((scope) => scope !== missing);
    if (!(await mayCall(field, caller('ADMIN', null, scopes)))) needed.push(missing);
  }
  return { allowed: await allowedCallers(field), scope: needed.join(', ') || 'none' };
}

const Declared = z.object({ pothosOptions: z.object({ authScopes: z.unknown().optional() }).optional() });

function declaresScopes({ extensions }: Pick<GraphQLObjectType, 'extensions'>): boolean {
  return Declared.parse(extensions).pothosOptions?.authScopes !== undefined;
}

/** Every field of a type that is guarded as a whole, and every field elsewhere that has a guard of its own. */
const guardedFields = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !roots.includes(type) && !type.name.startsWith('__'))
  .flatMap((type) =>
    Object.values(type.getFields())
      .filter((field) => declaresScopes(type) || declaresScopes(field))
      .map((field) => ({ type, field, name: `${type.name}.${field.name}` })),
  );

/** One line for each, in alphabetical order, so that a change of access is a change of a line. */
function written(lines: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(lines).sort()), null, 2);
}

describe('the access matrix', () => {
  it('says of every root field who may call it, and which scope their key needs', async () => {
    const lines: Record<string, string> = {};
    for (const field of rootFields) {
      const { allowed, scope } = await ruleOf(field);
      lines[field.name] = `${allowed.join('; ')} | ${scope}`;
    }
    expect(rootFields.length).toBeGreaterThan(50);
    await expect(`${written(lines)}\n`).toMatchFileSnapshot('./access-matrix.json');
  });

  it('says of every field of a guarded type who may read it', async () => {
    const lines: Record<string, string> = {};
    for (const field of guardedFields) lines[field.name] = (await allowedCallers(field)).join('; ');
    expect(guardedFields.length).toBeGreaterThan(50);
    await expect(`${written(lines)}\n`).toMatchFileSnapshot('./access-matrix-of-types.json');
  });
});

describe('every root field', () => {
  it.each(rootFields)(
    '$name asks for a scope that a role which may call it can have',
    async ({ type, field, name }) => {
      const scope = scopeOf(type.name, field);
      const holders = ROLES.filter((role) => scope === null || scopesOfRole(role).includes(scope));
      const allowed = await allowedCallers({ type, field });
      for (const role of ROLES)
        if (allowed.some((caller) => caller.startsWith(role.toLowerCase())))
          expect(holders, `${role} may call ${name} but cannot have ${scope}`).toContain(role);
    },
  );
});
