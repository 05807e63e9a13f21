import { type GraphQLSchema, Kind, OperationTypeNode, parse } from 'graphql';
import { isPublic } from '../../../schema/key-scopes.ts';

/** Longest document and body of a caller without a key, in tokens and bytes. */
const MOST_TOKENS = 200;
export const PUBLIC_BODY_BYTES = 10_000;

/**
 * Whether a document is one that callers without a key may send: a single mutation of a single field, which is public. One
 * field, so that no request makes many attempts; no fragments at the root, so that nothing hides in them.
 */
export function isPublicOperation(schema: GraphQLSchema, query: unknown): boolean {
  if (typeof query !== 'string') return false;
  const operations = definitionsOf(query).filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.kind !== Kind.OPERATION_DEFINITION) return false;
  if (operation.operation !== OperationTypeNode.MUTATION) return false;
  const [selection, ...others] = operation.selectionSet.selections;
  if (selection?.kind !== Kind.FIELD || others.length > 0) return false;
  const field = schema.getMutationType()?.getFields()[selection.name.value];
  return field !== undefined && isPublic(field);
}

function definitionsOf(query: string) {
  try {
    return parse(query, { maxTokens: MOST_TOKENS, noLocation: true }).definitions;
  } catch {
    return [];
  }
}
