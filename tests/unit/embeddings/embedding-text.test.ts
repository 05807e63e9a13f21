import { describe, expect, it } from 'vitest';
import {
  type EmbeddableTitle,
  embeddingText,
  embeddingTextFields,
  embeddingTextHash,
} from '../../../src/embeddings/embedding-text.ts';

const title: EmbeddableTitle = {
  name: 'Night Harbour',
  year: 2014,
  overview: 'A harbour pilot\nhunts  a smuggler.',
  genres: ['Crime', 'Drama'],
  keywords: ['harbour'],
  networks: ['NDR'],
};

describe('embeddingText', () => {
  it('puts every field on a line of its own', () => {
    expect(embeddingText(title)).toBe(
      'Title: Night Harbour (2014)\nOverview: A harbour pilot hunts a smuggler.\nGenres: Crime, Drama\nKeywords: harbour\nNetwork: NDR',
    );
  });

  it('leaves out what is unknown', () => {
    const bare = { name: 'X', year: null, overview: null, genres: [], keywords: [' '], networks: [] };
    expect(embeddingText(bare)).toBe('Title: X');
    expect(embeddingText({ ...bare, name: ' ', year: 2000 })).toBe('');
  });

  it('cuts an endless overview and keeps the fields behind it', () => {
    const text = embeddingText({ ...title, overview: 'word '.repeat(10_000) });
    expect(text.length).toBeLessThanOrEqual(8_000);
    expect(text.endsWith('Network: NDR')).toBe(true);
  });

  it('is never cut through a character', () => {
    for (const overview of ['\u{1F600}'.repeat(6_000), `x${'\u{1F600}'.repeat(6_000)}`])
      expect(embeddingText({ ...title, overview })).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  it('is read back into its fields', () => {
    const fields = embeddingTextFields(embeddingText(title));
    expect(fields.get('Genres')).toBe('Crime, Drama');
    expect(fields.get('Overview')).toBe('A harbour pilot hunts a smuggler.');
  });

  it('has a hash that changes with the text only', () => {
    const hash = embeddingTextHash(embeddingText(title));
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(embeddingTextHash(embeddingText({ ...title }))).toBe(hash);
    expect(embeddingTextHash(embeddingText({ ...title, keywords: ['port'] }))).not.toBe(hash);
  });
});
