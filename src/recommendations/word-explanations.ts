import type { VerbContext } from '../platform/context.ts';
import { ShowrunnerError } from '../platform/errors.ts';
import { type CatalogWords, catalogWords } from './catalog-words.ts';
import type { Explainer } from './explainer.ts';
import { objectionTo } from './explanation-check.ts';
import { factsHash, type PickFacts, pickFacts, saysSomething } from './explanation-facts.ts';
import { PROMPT_VERSION } from './explanation-prompt.ts';
import {
  deleteOldWords,
  keptWords,
  namesAndGenres,
  storeWords,
  type UnwordedPick,
  unwordedPicks,
  type WordedEvidence,
} from './explanations.repo.ts';
import { type TokenBudget, tokenBudget } from './token-budget.ts';

/** Calls open at the same time. */
const CONCURRENCY = 3;
/** After so many failed calls in a row the model is left alone until the next run. */
const FAILURES_IN_A_ROW = 2;

type WordingContext = VerbContext & { readonly explainer: Explainer };

const NOTHING_WORDED = {
  explanationsWorded: 0,
  explanationsRefused: 0,
  explanationsLeft: 0,
  explanationTokens: 0,
};

/** Whose explanations to word. */
export interface WordExplanationsInput {
  readonly userIds: readonly number[];
  /**
   * Makes it a dry run: nobody is asked and nothing is stored, and every text is taken to be accepted. Holds by user the
   * picks that would have been stored; those of other users are read.
   */
  readonly drafts?: ReadonlyMap<number, readonly UnwordedPick[]>;
}

/** What became of the explanations of a run. */
export type WordingCounts = {
  /** Worded by the model, now or earlier for the same evidence. */
  explanationsWorded: number;
  /** The model named what is not in the evidence: the template stands. */
  explanationsRefused: number;
  /** No answer, or no budget left: the template stands, and the next run asks again. */
  explanationsLeft: number;
  explanationTokens: number;
};

/** One run's state. */
interface Wording {
  readonly drafts: ReadonlyMap<number, readonly UnwordedPick[]> | null;
  readonly catalog: CatalogWords;
  readonly budget: TokenBudget;
  readonly counts: WordingCounts;
  /** Failed calls in a row. */
  failures: number;
  /** Why nothing is asked any more. */
  stopped: 'BUDGET' | 'FAILED' | null;
}

interface FactsOfPick {
  readonly pick: UnwordedPick;
  readonly facts: PickFacts;
  readonly hash: string;
}

/**
 * Lets a language model word the explanations of current picks, in one call for each viewer. The template's explanation
 * stands until there is a better one, and whatever fails here: an answer that names what is not in the evidence, a
 * model that does not answer, a budget that is used up.
 */
export async function wordExplanations(
  runContext: VerbContext & { readonly explainer?: Explainer | undefined },
  input: WordExplanationsInput,
): Promise<WordingCounts> {
  const { db, signal, progress, explainer } = runContext;
  if (!explainer || input.userIds.length === 0) return NOTHING_WORDED;
  const context = { ...runContext, explainer };
  const { userIds, drafts = null } = input;
  progress.step('Word explanations', userIds.length, 'users');
  const { titles, genres } = await namesAndGenres(db);
  const wording: Wording = {
    drafts,
    catalog: catalogWords(titles, genres),
    budget: tokenBudget(explainer.tokensPerRun),
    counts: { ...NOTHING_WORDED },
    failures: 0,
    stopped: null,
  };
  const queue = [...userIds];
  const work = async () => {
    for (let userId = queue.shift(); userId !== undefined; userId = queue.shift()) {
      signal.throwIfAborted();
      await wordUser(context, userId, wording);
      progress.advance(1);
    }
  };
  const runners = await Promise.allSettled(
    Array.from({ length: CONCURRENCY }, () =>
      work().catch((error: unknown) => {
        // The others end after the user they are at.
        queue.length = 0;
        throw error;
      }),
    ),
  );
  for (const runner of runners) if (runner.status === 'rejected') throw runner.reason;
  if (!drafts) await deleteOldWords(db, context.now());
  return { ...wording.counts, explanationTokens: wording.budget.spent() };
}

async function wordUser(context: WordingContext, userId: number, wording: Wording): Promise<void> {
  const { db, explainer } = context;
  const { counts } = wording;
  const key = { model: explainer.model, promptVersion: PROMPT_VERSION };
  const picks = wording.drafts?.get(userId) ?? (await unwordedPicks(db, userId));
  const entries = picks.flatMap((pick): FactsOfPick[] => {
    const facts = pickFacts(pick, (id) => pick.names.get(id));
    return saysSomething(facts) ? [{ pick, facts, hash: factsHash(facts) }] : [];
  });
  if (entries.length === 0) return;
  const hashes = entries.map(({ hash }) => hash);
  const kept = await keptWords(db, key, hashes);
  const asked = await ask(
    context,
    entries.filter(({ hash }) => !kept.has(hash)),
    wording,
  );
  const words = new Map([...kept, ...asked.map((word) => [word.evidenceHash, word.explanation] as const)]);
  const worded = entries.flatMap(({ pick, hash }) => {
    const explanation = words.get(hash);
    return explanation ? [{ setId: pick.setId, rank: pick.rank, explanation }] : [];
  });
  const used = [...words].map(([evidenceHash, explanation]) => ({ evidenceHash, explanation }));
  if (used.length > 0 && !wording.drafts) await storeWords(db, key, context.now(), used, worded);
  counts.explanationsWorded += worded.length;
  counts.explanationsRefused += hashes.filter((hash) => words.get(hash) === null).length;
  counts.explanationsLeft += hashes.filter((hash) => !words.has(hash)).length;
}

/** Asks for the picks of one viewer and checks each text; nothing for picks that got no answer. */
async function ask(
  context: WordingContext,
  entries: readonly FactsOfPick[],
  wording: Wording,
): Promise<WordedEvidence[]> {
  const { explainer, progress, signal } = context;
  if (entries.length === 0 || wording.stopped) return [];
  const picks = entries.map(({ facts }) => facts);
  const estimate = explainer.estimate(picks);
  const release = wording.budget.reserve(estimate);
  if (!release) {
    stop(context, wording, 'BUDGET', `The budget of ${explainer.tokensPerRun} tokens is used up.`);
    return [];
  }
  if (wording.drafts) {
    release(estimate);
    return entries.map(({ hash }) => ({ evidenceHash: hash, explanation: 'As the model words it.' }));
  }
  try {
    const { texts, tokens } = await explainer.explain(picks, signal);
    release(tokens);
    wording.failures = 0;
    return entries.flatMap(({ facts, hash }, index) => {
      const text = texts[index]?.trim();
      if (text === undefined) return [];
      const objection = objectionTo(text, facts, wording.catalog);
      if (objection)
        progress.log('debug', `An explanation of ${facts.title} was refused: ${objection}.`, { text });
      return [{ evidenceHash: hash, explanation: objection ? null : text }];
    });
  } catch (error) {
    // An answer of no use is paid for, too.
    release(error instanceof ShowrunnerError && error.code === 'PROVIDER_BAD_ANSWER' ? estimate : 0);
    signal.throwIfAborted();
    if (!(error instanceof ShowrunnerError)) throw error;
    wording.failures += 1;
    const isLast = error.code === 'PROVIDER_REFUSED' || wording.failures >= FAILURES_IN_A_ROW;
    const remedy = error.remedy ? ` ${error.remedy}` : '';
    if (isLast) stop(context, wording, 'FAILED', `${error.message}${remedy}`);
    else progress.log('warn', `${error.message}${remedy}`);
    return [];
  }
}

function stop(context: WordingContext, wording: Wording, why: 'BUDGET' | 'FAILED', message: string): void {
  if (wording.stopped) return;
  wording.stopped = why;
  context.progress.log('warn', `${message} The template explains the rest.`);
}
