import { expect, test } from 'vitest';
import {
  formatManifest,
  type Manifest,
  manifestEntryOf,
  parseManifest,
} from '../../../src/library-writer/manifest.ts';

const manifest: Manifest = {
  pending: 'scan',
  files: new Map([
    ['b/c.nfo', manifestEntryOf({ content: 'é' })],
    ['__proto__/"a".mkv', manifestEntryOf({ linkTarget: '/x "y"' })],
  ]),
};

test('a manifest is read as it was written, in order of path', () => {
  const read = parseManifest(formatManifest(manifest), 'm');
  expect(read.pending).toBe('scan');
  expect([...read.files]).toEqual([...manifest.files].sort());
  expect(read.files.get('b/c.nfo')).toMatchObject({ kind: 'file', size: 2 });
});

test.each([
  '',
  '{}',
  '{"version":2,"pending":"nothing","files":[]}',
  '{"version":1,"pending":"later","files":[]}',
  '{"version":1,"pending":"nothing","files":[["../x",{"kind":"link","target":"/"}]]}',
  '{"version":1,"pending":"nothing","files":[["/etc/passwd",{"kind":"link","target":"/"}]]}',
  '{"version":1,"pending":"nothing","files":[["a",{"kind":"folder"}]]}',
])('%j is not taken for a manifest', (text) => {
  expect(() => parseManifest(text, '/lib/m')).toThrow(
    expect.objectContaining({
      code: 'LIBRARY_WRITE_FAILED',
      message: '/lib/m is damaged.',
      remedy: expect.any(String),
    }),
  );
});
