import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { z } from 'zod';
import {
  argumentsKey,
  mergeSelections,
  type NestedSelection,
  type Selection,
} from '../src/platform/selection.ts';

/** Extension of a field: the parser of its arguments, so that the look-ahead and the resolver see the same ones. */
const ARGUMENTS = 'argumentsParser';

/** Marks a nested field's arguments as parsed by `schema`; give the result as the field's `extensions`. */
export function parsedBy(schema: z.ZodType<Record<string, unknown>>): Record<string, unknown> {
  return { [ARGUMENTS]: schema };
}

/**
 * Looks ahead: what the query selects below the field being resolved. Fragments, aliases, `@skip` and `@include` are
 * resolved. A nested field with bad arguments is left out: its own resolver parses them again and reports them there.
 *
 * @param typeName the object type to look at, for a field that returns an interface or a union
 */
export function selectionOf(info: GraphQLResolveInfo, typeName?: string): Selection {
  const type = typeName ? info.schema.getType(typeName) : getNamedType(info.returnType);
  if (!isCompositeType(type)) throw new TypeError(`${typeName ?? info.fieldName} has no fields.`);
  const collected = new Collected(info);
  for (const node of info.fieldNodes) if (node.selectionSet) collected.add(type, node.selectionSet);
  return collected;
}

class Collected implements Selection {
  readonly fields = new Set<string>();
  readonly nested = new Map<string, NestedSelection>();
  readonly #info: GraphQLResolveInfo;

  constructor(info: GraphQLResolveInfo) {
    this.#info = info;
  }

  add(type: GraphQLCompositeType, set: SelectionSetNode): void {
    for (const node of set.selections) if (this.#isIncluded(node)) this.#addNode(type, node);
  }

  #addNode(type: GraphQLCompositeType, node: SelectionNode): void {
    if (node.kind === 'Field') {
      this.#addField(type, node);
      return;
    }
    const fragment = node.kind === 'InlineFragment' ? node : this.#info.fragments[node.name.value];
    if (!fragment) return;
    const named = fragment.typeCondition && this.#info.schema.getType(fragment.typeCondition.name.value);
    const condition = named === undefined ? type : named;
    if (!isCompositeType(condition)) return;
    if (!isAbstractType(type)) {
      const applies = isAbstractType(condition) && this.#info.schema.isSubType(condition, type);
      if (condition === type || applies) this.add(type, fragment.selectionSet);
    } else this.add(condition, fragment.selectionSet);
  }

  #addField(type: GraphQLCompositeType, node: FieldNode): void {
    const name = node.name.value;
    const field = 'getFields' in type ? type.getFields()[name] : undefined;
    if (!field) return;
    const below = getNamedType(field.type);
    if (!isCompositeType(below) || !node.selectionSet) {
      this.fields.add(name);
      return;
    }
    const args = this.#argumentsOf(field, node);
    if (!args) return;
    const key = field.args.length > 0 ? argumentsKey(args) : '';
    const selection = new Collected(this.#info);
    selection.add(below, node.selectionSet);
    const known = this.nested.get(name + key);
    this.nested.set(name + key, {
      field: name,
      key,
      args,
      selection: known ? mergeSelections(known.selection, selection) : selection,
    });
  }

  #argumentsOf(
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
  ): Readonly<Record<string, unknown>> | undefined {
    if (field.args.length === 0) return {};
    const args = getArgumentValues(field, node, this.#info.variableValues);
    const parser = field.extensions[ARGUMENTS];
    if (!(parser instanceof z.ZodType)) return args;
    const parsed = parser.safeParse(args);
    return isRecord(parsed.data) ? parsed.data : undefined;
  }

  #isIncluded(node: SelectionNode): boolean {
    const values = this.#info.variableValues;
    if (getDirectiveValues(GraphQLSkipDirective, node, values)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, values)?.if !== false;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
