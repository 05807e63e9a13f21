import type { PickFacts } from './explanation-facts.ts';

/** What a language model made of the picks of one viewer. */
export interface ExplainerAnswer {
  /** A text for each pick, in their order; nothing where the model left one out. Not yet checked for what it names. */
  readonly texts: readonly (string | undefined)[];
  /** Tokens that the provider counted, or an estimate where it counts none. */
  readonly tokens: number;
}

/** A language model that words explanations. */
export interface Explainer {
  /** Name under which its words are kept. */
  readonly model: string;
  /** Tokens that one run may use at most, question and answer together. */
  readonly tokensPerRun: number;
  /** Tokens that a call for these picks is expected to use. */
  estimate(picks: readonly PickFacts[]): number;
  /**
   * Words all picks of one viewer in one call.
   *
   * @throws ShowrunnerError `PROVIDER_REFUSED` when no call can succeed, `PROVIDER_UNREACHABLE` when a later one may,
   *   `PROVIDER_BAD_ANSWER` when this answer is of no use
   */
  explain(picks: readonly PickFacts[], signal: AbortSignal): Promise<ExplainerAnswer>;
}
