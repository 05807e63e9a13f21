import { ShowrunnerError } from '../platform/errors.ts';

/** What to do about the usual ways in which a file system refuses, by error code of the operating system. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'Give the user that runs Showrunner write permission for the folder.',
  EPERM:
    'Give the user that runs Showrunner write permission for the folder; where it cannot hold symbolic links, choose STRM output.',
  EROFS: 'Mount the folder writable.',
  ENOSPC: 'Free space on the disk that holds the folder.',
  EDQUOT: 'Raise the quota of the user that runs Showrunner, or free space.',
  ENOENT: 'Create the folder or mount what holds it; check the path in the library settings.',
  ENOTDIR: 'Remove the file that stands where a folder is needed, or choose another folder.',
  EEXIST: 'Remove what stands where a folder is needed, or choose another folder.',
  ENAMETOOLONG: 'Choose a folder with a shorter path.',
  EMFILE: 'Raise the limit of open files of the process.',
  EIO: 'Check the disk or the network share that holds the folder.',
};

/** The typed form of a file system's refusal at `path`; errors of ours pass unchanged. */
export function writeFailure(path: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (cause instanceof ShowrunnerError || code === undefined) return cause;
  return new ShowrunnerError('LIBRARY_WRITE_FAILED', `${path} could not be used: ${messageOf(cause)}`, {
    remedy: REMEDIES[code] ?? 'Check the folder and its permissions.',
    value: path,
    retryable: ['EIO', 'EMFILE', 'ENOSPC', 'EBUSY'].includes(code),
    cause,
  });
}

/** The operating system's code of an error, such as `ENOENT`; undefined for errors of any other origin. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The answer of `call`, or undefined when what it asks for does not exist. */
export async function ifPresent<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
