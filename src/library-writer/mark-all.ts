import { ShowrunnerError } from '../platform/errors.ts';
import { wait } from '../platform/wait.ts';
import { setPending } from './apply-library.ts';
import { forUser } from './for-user.ts';
import type { LibraryContext } from './library-context.ts';
import { DEFAULT_SCAN_WAIT_MS } from './library-settings.ts';
import { type Marked, markPlaceholders } from './mark-placeholders.ts';
import type { WaitingLibrary } from './scan-library.ts';

/** A small scan is done in a second, a large one in a minute: look often at first. */
const LOOKS = 8;
/** Placeholders of an earlier scan are there at once: links are not judged before this one has had some time. */
const LOOKS_FOR_LINKS = 4;

/**
 * Looks for the placeholders of all libraries in rounds, so that one slow scan does not hold up the rest. What the
 * server has not scanned in the end, or does not take as watched, is left to the next run.
 *
 * @returns how many placeholders were marked
 */
export async function markAll(
  context: LibraryContext,
  libraries: readonly WaitingLibrary[],
): Promise<number> {
  const { progress, signal } = context;
  let pauseMs = context.libraries.scanWaitMs ?? DEFAULT_SCAN_WAIT_MS;
  let waiting = libraries;
  let marked = 0;
  progress.step('Mark placeholders as watched', libraries.length, 'users');
  for (let look = 1; waiting.length > 0; look += 1) {
    const unfinished: WaitingLibrary[] = [];
    for (const library of waiting) {
      signal.throwIfAborted();
      await forUser(context, library.user, async () => {
        const answer = await markPlaceholders(context, library);
        marked += answer.marked;
        const isEarly =
          answer.missing > 0 ? look < LOOKS : hasNoLinks(library, answer) && look < LOOKS_FOR_LINKS;
        if (isEarly) unfinished.push(library);
        else await settle(context, library, answer);
      });
      if (!unfinished.includes(library)) progress.advance(1, library.user.name);
    }
    waiting = unfinished;
    if (waiting.length === 0) break;
    await wait(pauseMs, signal);
    pauseMs *= 2;
  }
  return marked;
}

/** Notes that nothing is left to do, or says what is. */
async function settle(context: LibraryContext, library: WaitingLibrary, answer: Marked): Promise<void> {
  const { missing, unverified, links } = answer;
  const name = library.user.name;
  if (missing > 0)
    context.progress.log(
      'warn',
      `${name}: the media server does not show ${missing} of ${library.expected} placeholders yet; ` +
        'the next run looks for them again.',
    );
  if (unverified > 0)
    context.progress.log(
      'warn',
      `${name}: ${unverified} placeholders were marked as watched, but the media server shows them as unwatched; ` +
        'the next run tries again.',
    );
  if (missing + unverified > 0) return;
  const { length: expected } = library.plan.links;
  const isDead = hasNoLinks(library, answer);
  // Links that lead nowhere are looked at again by every run, after another scan.
  await setPending(library.folder, library.manifest, isDead ? 'scan' : 'nothing');
  if (isDead) throw deadLinks(library);
  if (links < expected)
    context.progress.log(
      'warn',
      `${name}: the media server shows ${links} of ${expected} linked episodes; it may not see the files of the others.`,
      { folder: library.place.serverPath },
    );
}

function hasNoLinks({ plan }: WaitingLibrary, { links }: Marked): boolean {
  return plan.links.length > 0 && links === 0;
}

/** A server takes a link that leads nowhere for nothing at all (Jellyfin, ManagedFileSystem), so this is how it shows. */
function deadLinks(library: WaitingLibrary): ShowrunnerError {
  return new ShowrunnerError(
    'LIBRARY_WRITE_FAILED',
    `The media server shows none of the ${library.plan.links.length} linked episodes: the links lead nowhere as it sees them.`,
    {
      value: library.place.serverPath,
      remedy:
        'Mount the folders of the original series into the media server under the paths that it tells for them, ' +
        'or set SHOWRUNNER_LIBRARY_MODE=strm where the server plays STRM files.',
    },
  );
}
