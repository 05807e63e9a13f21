import type { UnwordedPick } from './explanations.repo.ts';
import type { Library } from './library.ts';
import type { NewPick } from './recommendations.repo.ts';

/** Explained picks as they would be read once stored; they belong to no set. */
export function draftsOf(
  picks: readonly NewPick[],
  library: Pick<Library, 'titles' | 'rowOf'>,
): UnwordedPick[] {
  const titleOf = (titleId: number) => library.titles[library.rowOf.get(titleId) ?? -1];
  return picks.flatMap((pick, index): UnwordedPick[] => {
    const title = titleOf(pick.titleId);
    if (!title || pick.explanation === null) return [];
    const watched = pick.evidence.flatMap(({ titleId }) => (titleId === undefined ? [] : [titleId]));
    const names = watched.flatMap((id) => {
      const name = titleOf(id)?.name;
      return name === undefined ? [] : [[id, name] as const];
    });
    const { evidence } = pick;
    const { name, year, rating } = title;
    return [{ setId: 0, rank: index + 1, title: name, year, rating, evidence, names: new Map(names) }];
  });
}
