export type Domain = 'tv' | 'anime';

type Groups = Readonly<Record<string, number>>;

function groups(names: string, values: readonly number[]): Groups {
  return Object.fromEntries(names.split(' ').map((name, index) => [name, values[index] ?? 0]));
}

const TV = 'household n1 n5 n10 n20 n50 n1-full n5-full n20-full all';
const ANIME = 'n1 n5 n20 n50 n200 n5-full n20-full n200-full all';

/** The row that a server with everything is to reach. */
export const GOAL = 'linear, for one domain';

/** NDCG@10 of simple scorers, and of one linear scorer trained for the domain alone, on the dev half by group of servers. */
export const BASELINES: Readonly<Record<Domain, Readonly<Record<string, Groups>>>> = {
  tv: {
    'mean of raw embeddings': groups(
      TV,
      [0.057, 0.068, 0.061, 0.022, 0.009, 0.012, 0.023, 0.01, 0.007, 0.011],
    ),
    'most votes': groups(TV, [0.09, 0.112, 0.088, 0.077, 0.08, 0.081, 0.081, 0.082, 0.059, 0.074]),
    'most watched on the server': groups(
      TV,
      [0.094, 0.112, 0.087, 0.071, 0.099, 0.103, 0.081, 0.079, 0.087, 0.118],
    ),
    [GOAL]: groups(TV, [0.142, 0.18, 0.123, 0.102, 0.114, 0.124, 0.107, 0.096, 0.118, 0.13]),
  },
  anime: {
    'mean of raw embeddings': groups(ANIME, [0.095, 0.068, 0.03, 0.044, 0.029, 0.029, 0.024, 0.02, 0.024]),
    'most votes': groups(ANIME, [0.18, 0.167, 0.156, 0.151, 0.16, 0.161, 0.167, 0.148, 0.15]),
    EASE: groups(ANIME, [0.18, 0.116, 0.179, 0.208, 0.281, 0.125, 0.203, 0.27, 0.4]),
    [GOAL]: groups(ANIME, [0.389, 0.334, 0.316, 0.35, 0.333, 0.239, 0.297, 0.348, 0.414]),
  },
};
