import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../schema/schema.ts';
import { shapes } from '../../schema/shapes.ts';
import type { Database } from '../../src/platform/database.ts';
import { at, createApi, gid } from '../support/api.ts';
import { createTestDatabase } from '../support/database.ts';
import { seedCatalog } from '../support/seed-catalog.ts';

const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__'));

/** Fields, arguments and values of a type. */
function membersOf(type: GraphQLNamedType): { name: string; description?: string | null | undefined }[] {
  if (isEnumType(type)) return [...type.getValues()];
  if (isInputObjectType(type)) return Object.values(type.getFields());
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    field,
    ...field.args.map(({ name, description }) => ({ name: `${field.name}(${name})`, description })),
  ]);
}

describe('the schema', () => {
  it('describes every type, field, argument and value', () => {
    const bare = types.flatMap((type) => {
      const members = membersOf(type);
      return [
        ...(type.description ? [] : [type.name]),
        ...members.filter(({ description }) => !description).map(({ name }) => `${type.name}.${name}`),
      ];
    });
    expect(bare).toEqual([]);
  });

  it('names every failure in a union that also has a success', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
    expect(mutations.map((field) => getNamedType(field.type).name)).toEqual(
      mutations.map((field) => `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Payload`),
    );
  });

  it('gives every read type a field for all that its read offers, and the other way round', () => {
    for (const [name, shape] of Object.entries(shapes)) {
      const type = schema.getType(name);
      if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
      const read = [...Object.keys(shape.columns), ...Object.keys(shape.links ?? {})];
      const shown = Object.keys(type.getFields());
      expect(read.filter((field) => field !== 'userId').sort(), name).toEqual(shown.sort());
    }
  });
});

describe('every field', () => {
  let db: Database;
  beforeAll(async () => {
    db = await createTestDatabase();
    await seedCatalog(db);
  });
  afterAll(() => db.close());

  /** Selects all fields of a type, and of the objects below it down to `depth`. */
  function everything(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields()).flatMap((field) => {
      const below = getNamedType(field.type);
      const args = field.args.some((arg) => arg.name === 'userId') ? `(userId: "${gid('User', 1)}")` : '';
      if (!isCompositeType(below)) return [field.name];
      return isObjectType(below) && depth > 0
        ? [`${field.name}${args} { ${everything(below, depth - 1)} }`]
        : [];
    });
    return ['__typename', ...fields].join(' ');
  }

  it.each([
    ['Series', 1],
    ['Episode', 11],
    ['User', 1],
    ['Library', 1],
    ['RecommendationSet', 2],
  ])('of %s can be read together, in one statement', async (name, id) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no object type.`);
    const { data, errors, statements } = await createApi(db).query(
      `{ node(id: "${gid(name, id)}") { ... on ${name} { ${everything(type, 4)} } } }`,
    );
    expect(errors).toBeUndefined();
    expect(statements).toBe(1);
    expect(at(data, 'node', 'id')).toBe(gid(name, id));
  });
});
