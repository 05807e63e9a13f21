/** What a pass of a library met; ids are the media server's. */
export interface Seen {
  /** Series that the catalog had in the library before; none means that nothing can be missing. */
  readonly before: number;
  /** Series that the library lists. */
  readonly series: ReadonlySet<string>;
  /** Those whose episodes were read to the end, and how they were listed. */
  readonly read: ReadonlyMap<string, string | null>;
  readonly episodes: ReadonlySet<string>;
  /** Items that could not be read: what is missing may be one of them, so that nothing counts as gone. */
  readonly unreadable: number;
  /** Whether all episodes of the library were read. */
  readonly isWhole: boolean;
  /** Of the series that were read one by one, those that listed no episode. */
  readonly bare: readonly string[];
}
