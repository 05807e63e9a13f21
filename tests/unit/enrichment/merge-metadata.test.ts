import { describe, expect, it } from 'vitest';
import { mergeMetadata, type OwnFacts, type SourceFacts } from '../../../src/enrichment/merge-metadata.ts';

const own: OwnFacts = { genres: ['Drama'], keywords: ['Desert'], networks: ['AMC'], status: 'ENDED' };
const nothing: OwnFacts = { genres: [], keywords: [], networks: [], status: null };
const tmdb: SourceFacts = {
  source: 'TMDB',
  genres: ['Crime'],
  keywords: ['desert', 'chemistry'],
  networks: [],
  status: 'CONTINUING',
  voteAverage: 8.9,
  voteCount: 12_000,
  popularity: 0.7,
};
const tvmaze: SourceFacts = {
  source: 'TVMAZE',
  genres: ['Thriller'],
  keywords: [],
  networks: ['HBO'],
  status: 'ENDED',
  voteAverage: 9.2,
  voteCount: null,
  popularity: 0.9,
};

describe('what is known of a title', () => {
  it('is what the media server says, with the keywords of all united', () => {
    expect(mergeMetadata(own, [tvmaze, tmdb])).toEqual({
      genres: ['Drama'],
      keywords: ['Desert', 'chemistry'],
      networks: ['AMC'],
      status: 'ENDED',
      votes: 12_000,
      voteAverage: 8.9,
      popularity: 0.7,
    });
  });

  it('is filled from TMDb, then TVmaze, where the media server says nothing', () => {
    expect(mergeMetadata(nothing, [tvmaze, tmdb])).toMatchObject({
      genres: ['Crime'],
      networks: ['HBO'],
      status: 'CONTINUING',
    });
    expect(mergeMetadata(nothing, [tvmaze])).toMatchObject({
      voteAverage: 9.2,
      votes: null,
      popularity: 0.9,
    });
  });

  it('is the media server’s alone without any source', () => {
    expect(mergeMetadata(own, [])).toEqual({ ...own, votes: null, voteAverage: null, popularity: null });
  });
});
