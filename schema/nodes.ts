import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { ShowrunnerError } from '../src/platform/errors.ts';
import { readObjects } from '../src/platform/json-shapes.repo.ts';
import type { ApiContext } from './context.ts';
import { encodeGlobalId, integerId } from './global-id.ts';
import { MAX_PAGE_SIZE } from './input.ts';
import { selectionOf } from './selection.ts';
import { shapes } from './shapes.ts';

/** A global id taken apart. */
interface NodeId {
  readonly typename: string;
  readonly id: string;
}

/** Reads the node with the id in one statement; types without a shape are left to their own loader, `readOther`. */
export async function readNode(
  id: NodeId,
  context: ApiContext,
  info: GraphQLResolveInfo,
  readOther: (id: NodeId) => unknown,
): Promise<unknown> {
  if (!isShaped(id, info, 'id')) return readOther(id);
  const [node] = await readShaped([id], context, info);
  return node;
}

/** Reads the nodes with the ids, those of all types with a shape in one statement together. */
export async function readNodes(
  ids: readonly NodeId[],
  context: ApiContext,
  info: GraphQLResolveInfo,
  readOthers: (ids: NodeId[]) => Promise<readonly unknown[]>,
): Promise<readonly unknown[]> {
  if (ids.length > MAX_PAGE_SIZE)
    throw new ShowrunnerError('BAD_INPUT', `At most ${MAX_PAGE_SIZE} ids are allowed at once.`, {
      field: 'ids',
      remedy: 'Ask for fewer ids in each call.',
    });
  const shaped = ids.map((id) => isShaped(id, info, 'ids'));
  const own = await readShaped(
    ids.filter((_, index) => shaped[index]),
    context,
    info,
  );
  const others = await readOthers(ids.filter((_, index) => !shaped[index]));
  const [nextOwn, nextOther] = [own.values(), others.values()];
  return shaped.map((isOwn) => (isOwn ? nextOwn : nextOther).next().value);
}

async function readShaped(ids: readonly NodeId[], context: ApiContext, info: GraphQLResolveInfo) {
  if (ids.length === 0) return [];
  const typenames = [...new Set(ids.map((id) => id.typename))];
  const queries = typenames.map((shape) => ({
    shape,
    ids: ids.flatMap((id) => (id.typename === shape ? (integerId(id.id) ?? []) : [])),
    selection: selectionOf(info, shape),
  }));
  const found = await readObjects(context.db, shapes, queries);
  return ids.map((id) => {
    const node = found[id.typename]?.[id.id];
    return node ? { ...node, __typename: id.typename } : null;
  });
}

function isShaped({ typename, id }: NodeId, info: GraphQLResolveInfo, field: string): boolean {
  const type = info.schema.getType(typename);
  const isNode = isObjectType(type) && type.getInterfaces().some((face) => face.name === 'Node');
  const shaped = shapes[typename]?.table !== undefined;
  if (isNode && (!shaped || integerId(id) !== null)) return shaped;
  throw new ShowrunnerError('BAD_INPUT', `There are no objects with such an id.`, {
    field,
    value: encodeGlobalId(typename, id).slice(0, 100),
    remedy: 'Pass an id exactly as a query returned it.',
  });
}
