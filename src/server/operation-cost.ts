import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';

/** What an operation costs, and the variables that it depends on. */
export interface OperationCost {
  readonly cost: number;
  /** Names of the variables that say how long a list is. */
  readonly sizedBy: readonly string[];
}

/** Length that is reckoned with for a list whose length the caller does not choose. */
const ASSUMED_LENGTH = 10;
/** No list is longer: a larger `first` is refused by its field. */
const LONGEST = 100;

/**
 * The cost of an operation: how many fields its answer may hold. A field costs 1; a field that leads to objects costs 1
 * and what is selected below it, and below a list that as often as the list is long. A list is as long as `first` says,
 * of its own field or of the connection it is the page of, as `ids` has items, else 10. What `@skip` and `@include`
 * leave out is counted, and so is a fragment for each type it may apply to. Each fragment is visited once for each
 * length of the list it lies in, so that the work grows with the length of the document.
 *
 * @param document a valid one
 * @param variables as sent, not looked at yet
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): OperationCost {
  const reckoning = new Reckoning(schema, document, operation, variables);
  const root = schema.getRootType(operation.operation);
  const cost = root ? reckoning.selections(root, operation.selectionSet) : 0;
  return { cost, sizedBy: [...reckoning.sizedBy] };
}

class Reckoning {
  readonly sizedBy = new Set<string>();
  readonly #schema: GraphQLSchema;
  readonly #variables: ReadonlyMap<string, unknown>;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<string, number>();

  constructor(
    schema: GraphQLSchema,
    { definitions }: DocumentNode,
    { variableDefinitions = [] }: OperationDefinitionNode,
    given: Readonly<Record<string, unknown>>,
  ) {
    this.#schema = schema;
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
    const named = variableDefinitions.map(({ variable: { name }, defaultValue }): [string, unknown] => [
      name.value,
      given[name.value] ?? (defaultValue && plain(defaultValue)),
    ]);
    this.#variables = new Map(named);
  }

  /** @param page length of the lists directly in this selection, where the field above it says so */
  selections(type: GraphQLNamedType, { selections }: SelectionSetNode, page?: number): number {
    let cost = 0;
    for (const node of selections) {
      if (node.kind === Kind.FIELD) cost += this.#field(type, node, page);
      else if (node.kind === Kind.FRAGMENT_SPREAD) cost += this.#spread(node.name.value, page);
      else {
        const condition = node.typeCondition && this.#schema.getType(node.typeCondition.name.value);
        cost += this.selections(condition ?? type, node.selectionSet, page);
      }
    }
    return Math.min(cost, Number.MAX_SAFE_INTEGER);
  }

  #spread(name: string, page?: number): number {
    const key = `${name} ${page}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fragment = this.#fragments.get(name);
    const type = fragment && this.#schema.getType(fragment.typeCondition.name.value);
    const cost = type ? this.selections(type, fragment.selectionSet, page) : 0;
    this.#known.set(key, cost);
    return cost;
  }

  #field(parent: GraphQLNamedType, node: FieldNode, page?: number): number {
    const field = this.#definition(parent, node.name.value);
    if (!field || !node.selectionSet) return 1;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return 1;
    const asked = this.#lengthAsked(field, node);
    if (!isListType(getNullableType(field.type))) return 1 + this.selections(type, node.selectionSet, asked);
    return 1 + (asked ?? page ?? ASSUMED_LENGTH) * this.selections(type, node.selectionSet);
  }

  #definition(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return 'getFields' in parent && isCompositeType(parent) ? parent.getFields()[name] : undefined;
  }

  #lengthAsked(field: GraphQLField<unknown, unknown>, node: FieldNode): number | undefined {
    const argument = field.args.find(({ name }) => name === 'first' || name === 'ids');
    if (!argument) return undefined;
    const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
    const value = (given && this.#valueOf(given)) ?? argument.defaultValue;
    const length = Array.isArray(value) ? value.length : value;
    return typeof length === 'number' ? Math.min(Math.max(length, 1), LONGEST) : ASSUMED_LENGTH;
  }

  #valueOf(node: ValueNode): unknown {
    if (node.kind !== Kind.VARIABLE) return plain(node);
    this.sizedBy.add(node.name.value);
    return this.#variables.get(node.name.value);
  }
}

/** A value of the document as far as it says a length. */
function plain(node: ValueNode): unknown {
  if (node.kind === Kind.INT) return Number(node.value);
  return node.kind === Kind.LIST ? node.values : undefined;
}
