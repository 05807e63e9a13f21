/**
 * Turns what somebody typed into a text-search query: every word must occur, each may be the beginning of a longer
 * word. Words are quoted, so that PostgreSQL splits them as it split the indexed text (`S.W.A.T.` stays one word) and
 * none of them is read as an operator. Text without any word gives a query that matches nothing.
 *
 * @returns input for `to_tsquery`
 */
export function prefixQuery(search: string): string {
  return search
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .map((word) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*`)
    .join(' & ');
}
