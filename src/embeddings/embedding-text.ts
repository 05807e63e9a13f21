import { createHash } from 'node:crypto';
import { textBeginning } from './text-beginning.ts';

/** What of a title is embedded. */
export interface EmbeddableTitle {
  readonly name: string;
  readonly year: number | null;
  readonly overview: string | null;
  readonly genres: readonly string[];
  readonly keywords: readonly string[];
  readonly networks: readonly string[];
}

/** The fields an embedding text can have, in the order in which they stand. */
const EMBEDDING_TEXT_FIELDS = ['Title', 'Overview', 'Genres', 'Keywords', 'Network'] as const;
export type EmbeddingTextField = (typeof EMBEDDING_TEXT_FIELDS)[number];

/** Raised whenever `embeddingText` words something differently: every stored vector is then out of date. */
const TEXT_VERSION = 1;

/** Characters at most: about 2,000 tokens, within every provider's limit for one text. */
const MAX_CHARACTERS = 8_000;

/**
 * Words a title for embedding: one line for each field that has a value, `Genres: Crime, Drama`.
 * Returns an empty text for a title that has neither name, overview, genres, keywords nor network.
 */
export function embeddingText(title: EmbeddableTitle): string {
  const name = oneLine(title.name);
  const values: Record<EmbeddingTextField, string> = {
    Title: name && title.year !== null ? `${name} (${title.year})` : name,
    Overview: oneLine(title.overview ?? ''),
    Genres: list(title.genres),
    Keywords: list(title.keywords),
    Network: list(title.networks),
  };
  // The overview is the only field of open length, so it alone is cut: genres and keywords must survive.
  const taken = EMBEDDING_TEXT_FIELDS.reduce(
    (sum, field) => sum + `${field}: \n`.length + (field === 'Overview' ? 0 : values[field].length),
    0,
  );
  values.Overview = textBeginning(values.Overview, MAX_CHARACTERS - taken);
  const lines = EMBEDDING_TEXT_FIELDS.filter((field) => values[field] !== '').map(
    (field) => `${field}: ${values[field]}`,
  );
  return textBeginning(lines.join('\n'), MAX_CHARACTERS);
}

/** Reads an embedding text back into its fields; lines without a known label count as overview. */
export function embeddingTextFields(text: string): Map<EmbeddingTextField, string> {
  const fields = new Map<EmbeddingTextField, string>();
  for (const line of text.split('\n')) {
    const field = EMBEDDING_TEXT_FIELDS.find((label) => line.startsWith(`${label}: `));
    const value = field === undefined ? line : line.slice(field.length + 2);
    const key = field ?? 'Overview';
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : `${before} ${value}`);
  }
  return fields;
}

/** Hash of an embedding text and of the way it is worded: 32 hex digits. */
export function embeddingTextHash(text: string): string {
  return createHash('sha256').update(`${TEXT_VERSION}\n${text}`).digest('hex').slice(0, 32);
}

function list(values: readonly string[]): string {
  return [...new Set(values.map(oneLine).filter((value) => value !== ''))].join(', ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
