import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import type { LimitValues } from '../platform/config-limits.ts';
import type { Exceeded } from './limit-exceeded.ts';

/** How large the operations of a document are, before anybody has looked at what their fields mean. */
export interface OperationShape {
  /** Fields below one another, of the deepest operation. */
  readonly depth: number;
  /** Fields that an operation begins with, of the widest one. */
  readonly rootFields: number;
  /** Fields of one selection, of the largest one. */
  readonly selectionFields: number;
  /** In the whole document. */
  readonly aliases: number;
  /** In the whole document. */
  readonly directives: number;
}

/** A selection with everything that fragments bring. */
interface Measured {
  readonly depth: number;
  readonly fields: number;
}

const NOTHING: Measured = { depth: 0, fields: 0 };

/**
 * Measures a parsed document in one visit: each fragment is visited once, however often it is spread, so that the work
 * grows with the length of the document alone. The document need not be valid; a fragment within itself counts nothing.
 */
export function shapeOf(document: DocumentNode): OperationShape {
  const walk = new Walk(document);
  const shape = { depth: 0, rootFields: 0 };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) walk.fragment(definition.name.value);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    walk.directives += definition.directives?.length ?? 0;
    for (const variable of definition.variableDefinitions ?? [])
      walk.directives += variable.directives?.length ?? 0;
    const { depth, fields } = walk.selections(definition.selectionSet);
    shape.depth = Math.max(shape.depth, depth);
    shape.rootFields = Math.max(shape.rootFields, fields);
  }
  const { selectionFields, aliases, directives } = walk;
  return { ...shape, selectionFields, aliases, directives };
}

class Walk {
  selectionFields = 0;
  aliases = 0;
  directives = 0;
  readonly #definitions = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Measured>();

  constructor({ definitions }: DocumentNode) {
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#definitions.set(definition.name.value, definition);
  }

  fragment(name: string): Measured {
    const known = this.#measured.get(name);
    if (known) return known;
    const definition = this.#definitions.get(name);
    if (!definition) return NOTHING;
    this.#measured.set(name, NOTHING);
    this.directives += definition.directives?.length ?? 0;
    const measured = this.selections(definition.selectionSet);
    this.#measured.set(name, measured);
    return measured;
  }

  selections({ selections }: SelectionSetNode): Measured {
    let depth = 0;
    let fields = 0;
    for (const node of selections) {
      this.directives += node.directives?.length ?? 0;
      if (node.kind === Kind.FIELD) {
        if (node.alias) this.aliases += 1;
        fields += 1;
        const below = node.selectionSet ? this.selections(node.selectionSet).depth : 0;
        depth = Math.max(depth, below + 1);
      } else {
        const within =
          node.kind === Kind.INLINE_FRAGMENT
            ? this.selections(node.selectionSet)
            : this.fragment(node.name.value);
        fields += within.fields;
        depth = Math.max(depth, within.depth);
      }
    }
    // Fragments that spread fragments double beyond what a number can count.
    fields = Math.min(fields, Number.MAX_SAFE_INTEGER);
    this.selectionFields = Math.max(this.selectionFields, fields);
    return { depth, fields };
  }
}

/** What of a shape is limited, and what the limit is called to a caller. */
const LIMITED = [
  ['depth', 'SHOWRUNNER_LIMIT_DEPTH', 'fields below one another', 'Ask for what lies deeper by its id.'],
  ['rootFields', 'SHOWRUNNER_LIMIT_ROOT_FIELDS', 'root fields', 'Send several operations.'],
  [
    'selectionFields',
    'SHOWRUNNER_LIMIT_SELECTION_FIELDS',
    'fields in one selection, with those of its fragments',
    'Select fewer fields.',
  ],
  ['aliases', 'SHOWRUNNER_LIMIT_ALIASES', 'aliases', 'Send several operations.'],
  ['directives', 'SHOWRUNNER_LIMIT_DIRECTIVES', 'directives', 'Use fewer directives.'],
] as const;

/** The first limit that a shape is over. */
export function exceededBy(shape: OperationShape, limits: LimitValues): Exceeded | undefined {
  for (const [limit, variable, what, remedy] of LIMITED) {
    const [value, max] = [shape[limit], limits[limit]];
    if (value <= max) continue;
    const message = `The document has ${value} ${what}, and at most ${max} are allowed.`;
    return { limit, max, value, message, remedy, variable };
  }
  return undefined;
}
