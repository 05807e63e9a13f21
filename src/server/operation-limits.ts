import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { LimitValues } from '../platform/config-limits.ts';
import { overLimitError } from './limit-exceeded.ts';
import { costOf, type OperationCost } from './operation-cost.ts';
import { exceededBy, shapeOf } from './operation-shape.ts';

/** What an operation is reckoned by. */
interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Refuses documents that are too long while they are parsed, and those of too large a shape before anything else is done
 * with them: to validate them is what costs most. What a document was refused for is kept with it by the engine's cache.
 * Errors of the grammar get their code.
 */
export function documentLimits(limits: LimitValues): Plugin {
  return {
    onParse: ({ setParseFn }) => {
      setParseFn((source, parseOptions) => {
        const document = parsed(() => parse(source, { ...parseOptions, maxTokens: limits.documentTokens }));
        const exceeded = exceededBy(shapeOf(document), limits);
        if (exceeded) throw overLimitError(exceeded);
        return document;
      });
    },
  };

  function parsed(parseDocument: () => DocumentNode): DocumentNode {
    try {
      return parseDocument();
    } catch (error) {
      // The parser calls itself for each level; a document within the limit of tokens can be too deep for the stack.
      if (error instanceof RangeError)
        throw overLimitError({
          limit: 'depth',
          max: limits.depth,
          message: 'The document is nested too deep to be read.',
          remedy: 'Ask for what lies deeper by its id.',
        });
      if (!(error instanceof GraphQLError)) throw error;
      if (/^Syntax Error: Document contains more .* tokens/.test(error.message))
        throw overLimitError({
          limit: 'documentTokens',
          max: limits.documentTokens,
          message: `A document has at most ${limits.documentTokens} tokens.`,
          remedy: 'Send several operations.',
          variable: 'SHOWRUNNER_LIMIT_TOKENS',
        });
      const { message, source, positions } = error;
      throw new GraphQLError(message, { source, positions, extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    }
  }
}

/**
 * Refuses operations that cost more than `max`, see `costOf`. A request whose `extensions` hold `cost: true` is told its
 * cost in the `extensions` of the answer.
 */
export function costLimit(max: number): Plugin {
  const costs = rememberedCosts();
  const refusal = (operation: Operation) => {
    const cost = costs(operation);
    if (cost <= max) return undefined;
    return overLimitError({
      limit: 'cost',
      max,
      value: cost,
      message: `The answer may hold ${cost} fields, and at most ${max} are allowed.`,
      remedy: 'Ask for shorter lists by `first`, or for less within them.',
      variable: 'SHOWRUNNER_LIMIT_COST',
    });
  };
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const refused = refusal(args);
      if (refused) setResultAndStopExecution({ errors: [refused] });
      if (refused || args.contextValue.params?.extensions?.cost !== true) return undefined;
      const told = { value: costs(args), ...(Number.isFinite(max) && { max }) };
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) =>
            setResult({ ...result, extensions: { ...result.extensions, cost: told } }),
          ),
      };
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const refused = refusal(args);
      if (refused) setResultAndStopExecution({ errors: [refused] });
    },
  };
}

/** Costs remembered for one document. */
const MOST_REMEMBERED = 100;

/** Reckons costs, each once for a document, its operation and the variables that say how long lists are. */
function rememberedCosts(): (operation: Operation) => number {
  const documents = new WeakMap<DocumentNode, Map<string, OperationCost>>();
  return ({ schema, document, operationName, variableValues }) => {
    const known = documents.get(document) ?? new Map<string, OperationCost>();
    documents.set(document, known);
    const variables = variableValues ?? {};
    const name = operationName ?? '';
    const sizedBy = known.get(name)?.sizedBy;
    const key = sizedBy && name + JSON.stringify(sizedBy.map((variable) => sizeOf(variables[variable])));
    const found = sizedBy?.length === 0 ? known.get(name) : key && known.get(key);
    if (found) return found.cost;
    const operation = getOperationAST(document, operationName);
    if (!operation) return 0;
    const reckoned = costOf(schema, document, operation, variables);
    if (known.size >= MOST_REMEMBERED) known.clear();
    // Under the name alone it tells the variables to look at.
    if (!sizedBy) known.set(name, reckoned);
    else if (key) known.set(key, reckoned);
    return reckoned.cost;
  };
}

function sizeOf(value: unknown): unknown {
  return Array.isArray(value) ? [value.length] : value;
}
