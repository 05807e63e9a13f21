import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Start time of a process that has ended and only waits for its parent to notice: like that of nobody. */
const ENDED = 'ended';

/**
 * When the process with this id started, as a text that no other process with the same id ever has; undefined when
 * there is no such process or nobody can tell. Linux: boot id and field 22 of /proc/<pid>/stat (proc(5)); elsewhere `ps`.
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      // The command's name, field 2, may hold spaces and brackets: count from its last bracket.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, ticks] = [fields[0], fields[19]];
      if (state === 'Z' || state === 'X') return ENDED;
      const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
      return ticks && `${boot.trim()}/${ticks}`;
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process that had this id and start time still runs. Where start times cannot be told, the id decides. */
export async function isSameProcessAlive(pid: number, startTime: string | undefined): Promise<boolean> {
  if (!processExists(pid)) return false;
  const current = await processStartTime(pid);
  if (current === undefined) return processExists(pid);
  return startTime === undefined || current === startTime;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
