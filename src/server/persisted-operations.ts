import { readFile } from 'node:fs/promises';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { z } from 'zod';
import { ShowrunnerError } from '../platform/errors.ts';
import type { OperationOrigin } from './live-subscriptions.ts';

/** Operations that clients may send by id. */
export interface PersistedOperations {
  /** The text that a request without one asks for by its id; undefined when it names none that is known. */
  textOf(request: Readonly<Record<string, unknown>>): string | undefined;
  /** Refuses what is not listed, where only that may be sent. */
  readonly plugin: Plugin<OperationOrigin>;
}

const Manifest = z.record(z.string().min(1), z.string().min(1));
const ById = z.union([
  z.object({ documentId: z.string() }).transform(({ documentId }) => documentId),
  z
    .object({ extensions: z.object({ documentId: z.string() }) })
    .transform(({ extensions }) => extensions.documentId),
]);

/**
 * Operations by their ids, which a request carries as `documentId` (GraphQL over HTTP, appendix "Persisted Documents"),
 * or as `extensions.documentId` with an empty `query` where its protocol wants a text, as graphql-transport-ws does. An
 * id may bear the prefix `sha256:`.
 *
 * @param isListOnly whether other operations are refused, whole texts that are listed excepted
 */
function persistedOperations(
  documents: ReadonlyMap<string, string>,
  isListOnly: boolean,
): PersistedOperations {
  const listed = new Set([...documents.values()].map((text) => text.trim()));
  return {
    textOf: (request) => {
      const { data: id } = ById.safeParse(request);
      return id === undefined ? undefined : (documents.get(id) ?? documents.get(id.replace(/^sha256:/, '')));
    },
    plugin: {
      onParse: ({ params: { source } }) => {
        const text = typeof source === 'string' ? source : source.body;
        if (isListOnly && !listed.has(text.trim())) throw notListed();
      },
    },
  };
}

/** Without a list every operation is sent as text. */
export const NO_PERSISTED_OPERATIONS: PersistedOperations = persistedOperations(new Map(), false);

/**
 * Reads the operations of a file: a JSON object of ids and texts, as GraphQL Code Generator's client preset writes it
 * (`persisted-documents.json`).
 *
 * @throws ShowrunnerError `BAD_CONFIGURATION`
 */
export async function readPersistedOperations(
  file: string,
  isListOnly: boolean,
): Promise<PersistedOperations> {
  try {
    const manifest = Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
    return persistedOperations(new Map(Object.entries(manifest)), isListOnly);
  } catch (cause) {
    throw new ShowrunnerError('BAD_CONFIGURATION', `The operations in ${file} cannot be read.`, {
      field: 'SHOWRUNNER_OPERATIONS_FILE',
      value: file,
      remedy: 'Name a file with a JSON object of ids and GraphQL documents.',
      cause,
    });
  }
}

function notListed(): GraphQLError {
  return new GraphQLError('This server takes listed operations only.', {
    extensions: {
      code: 'FORBIDDEN',
      remedy: 'Have the operation added to the file of SHOWRUNNER_OPERATIONS_FILE.',
    },
  });
}
