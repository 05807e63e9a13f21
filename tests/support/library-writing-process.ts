import { manySeries, writeLibrary } from './library-writing.ts';

/**
 * Writes one library and kills itself, as a power switch would, when the signal is looked at for the given time.
 * Arguments: root, number of series, number of episodes, edition, look.
 */
const [root = '', series, episodes, edition = '', lastLook] = process.argv.slice(2);
const { signal } = new AbortController();
let looks = 0;
signal.throwIfAborted = () => {
  looks += 1;
  if (looks === Number(lastLook)) process.kill(process.pid, 'SIGKILL');
};
await writeLibrary(root, manySeries(Number(series), Number(episodes), edition), signal);
