import { GraphQLError, type GraphQLSchema, isEnumType } from 'graphql';

/** Longer lists of values are left to the schema. */
const MOST_VALUES = 30;

/**
 * An error of a request that GraphQL itself refused, with what to do about it in its extensions.
 *
 * @param code for an error without one, such as a variable that does not fit its type
 */
export function explainRefusal(error: GraphQLError, schema: GraphQLSchema, code = 'BAD_INPUT'): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error;
  const remedy = knownValues(message, schema) ?? 'Look into the schema for what is accepted here.';
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    extensions: { code, remedy, ...extensions },
  });
}

function knownValues(message: string, schema: GraphQLSchema): string | undefined {
  const type = schema.getType(/does not exist in "(\w+)" enum/.exec(message)?.[1] ?? '');
  const values = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
  return values.length > 0 && values.length <= MOST_VALUES ? `Values: ${values.join(', ')}.` : undefined;
}
