const MAX_LENGTH = 60;
/** Names that Windows file systems, and shares served from them, refuse. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/u;

/**
 * Turns a user's name into a folder name of `a-z`, `0-9` and `-`, safe on every file system. A name without any such
 * letter becomes `user`.
 */
export function folderName(name: string): string {
  const safe = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f'’]/gu, '')
    .replace(/[^a-z0-9]+/gu, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/gu, '');
  if (safe === '') return 'user';
  return RESERVED.test(safe) ? `${safe}-user` : safe;
}

/** A folder for each name, different from each other and from those `taken`: the second `ann` gets `ann-2`. */
export function assignFolders(names: readonly string[], taken: Iterable<string>): string[] {
  const used = new Set([...taken].map((folder) => folder.toLowerCase()));
  return names.map((name) => {
    const base = folderName(name);
    let folder = base;
    for (let number = 2; used.has(folder); number += 1) folder = `${base}-${number}`;
    used.add(folder);
    return folder;
  });
}
