import { type LookupRun, type LookupsOfTitle, lookUpTitle, type TitleOutcome } from './look-up-title.ts';
import type { TitleIdentity } from './metadata-source.ts';

/** Looks some titles up at the same time. What ends the run stops the others; what had ended by then is given too. */
export async function lookUpPage(
  titles: readonly TitleIdentity[],
  stored: ReadonlyMap<number, LookupsOfTitle>,
  run: LookupRun,
) {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.limits.signal, stop.signal]);
  const outcomes: { readonly title: TitleIdentity; readonly outcome: TitleOutcome }[] = [];
  let failure: { readonly error: unknown } | undefined;
  await Promise.all(
    titles.map(async (title) => {
      try {
        const limits = { ...run.limits, signal };
        const outcome = await lookUpTitle(title, stored.get(title.id) ?? new Map(), { ...run, limits });
        outcomes.push({ title, outcome });
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
      }
    }),
  );
  run.limits.signal.throwIfAborted();
  return { outcomes, failure };
}
