import { expect, test } from 'vitest';
import { type DiskEntry, diffLibrary } from '../../../src/library-writer/diff-library.ts';
import { type ManifestEntry, manifestEntryOf, type Pending } from '../../../src/library-writer/manifest.ts';
import type { PlannedFile } from '../../../src/library-writer/plan-library.ts';

const text = (content: string): PlannedFile => ({ content });
const onDisk = (content: string, verified = false): DiskEntry => {
  const entry = manifestEntryOf(text(content));
  if (entry.kind !== 'file') throw new Error('Not a file.');
  return { kind: 'file', size: entry.size, sha256: verified ? entry.sha256 : null };
};

/** Compares one path. */
function one(
  planned: PlannedFile | null,
  owned: PlannedFile | null,
  found: DiskEntry | null,
  pending: Pending = 'nothing',
) {
  const manifest = new Map<string, ManifestEntry>(owned ? [['p', manifestEntryOf(owned)]] : []);
  const diff = diffLibrary(
    new Map(planned ? [['p', planned]] : []),
    { pending, files: manifest },
    new Map(found ? [['p', found]] : []),
  );
  const steps = (['create', 'update', 'remove'] as const).filter((step) => diff[step].includes('p'));
  if (diff.conflicts.length > 0) return 'conflict';
  if (diff.unchanged > 0) return 'unchanged';
  return steps.join() || (diff.owned.has('p') ? 'owned' : 'forgotten');
}

const link = (target: string): DiskEntry => ({ kind: 'link', target });
const blocked: DiskEntry = { kind: 'blocked', by: 'folder' };

test.each([
  ['a free path is created', text('a'), null, null, 'create'],
  ['an owned path that is gone is created', text('a'), text('a'), null, 'create'],
  ['an owned file with the same text is unchanged', text('a'), text('a'), onDisk('a'), 'unchanged'],
  ['an owned file with another text is updated', text('b'), text('a'), onDisk('a'), 'update'],
  ['an owned file of another size is updated', text('a'), text('a'), onDisk('abc'), 'update'],
  ['an owned file that was read and differs is updated', text('a'), text('a'), onDisk('b', true), 'update'],
  ['a foreign file is a conflict', text('a'), null, onDisk('a', true), 'conflict'],
  ['a foreign link is a conflict', { linkTarget: '/x' }, null, link('/x'), 'conflict'],
  [
    'an owned link with the same target is unchanged',
    { linkTarget: '/x' },
    { linkTarget: '/x' },
    link('/x'),
    'unchanged',
  ],
  [
    'an owned link with another target is updated',
    { linkTarget: '/y' },
    { linkTarget: '/x' },
    link('/x'),
    'update',
  ],
  [
    'an owned link that became a file is a conflict',
    { linkTarget: '/x' },
    { linkTarget: '/x' },
    onDisk('a'),
    'conflict',
  ],
  ['an owned file that became a link is a conflict', text('a'), text('a'), link('/x'), 'conflict'],
  ['a folder in place of a file is a conflict', text('a'), text('a'), { kind: 'other' }, 'conflict'],
  ['a path below a link is a conflict', text('a'), text('a'), blocked, 'conflict'],
  ['an owned path that is not planned is removed', null, text('a'), onDisk('a'), 'remove'],
  ['an owned path that is gone is removed for its folders', null, text('a'), null, 'remove'],
  ['an owned path that became a folder is forgotten', null, text('a'), { kind: 'other' }, 'forgotten'],
  ['an owned link that became a file is forgotten', null, { linkTarget: '/x' }, onDisk('a'), 'forgotten'],
  ['an owned path below a link is forgotten', null, text('a'), blocked, 'forgotten'],
] satisfies [string, PlannedFile | null, PlannedFile | null, DiskEntry | null, string][])(
  '%s',
  (_, planned, owned, found, expected) => {
    expect(one(planned, owned, found)).toBe(expected);
  },
);

test('after an interruption a path may still be of its former kind', () => {
  expect(one(text('a'), text('a'), link('/x'), 'files')).toBe('update');
  expect(one({ linkTarget: '/x' }, { linkTarget: '/x' }, onDisk('a', true), 'files')).toBe('update');
  expect(one(text('a'), null, onDisk('a', true), 'files')).toBe('conflict');
  expect(one(text('a'), text('a'), { kind: 'other' }, 'files')).toBe('conflict');
});
