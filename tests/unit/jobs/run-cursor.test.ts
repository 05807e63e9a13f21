import { describe, expect, it } from 'vitest';
import { foreignCursor, formatRunCursor, parseRunCursor } from '../../../src/jobs/run-cursor.ts';

const RUN = '0b144929-38c4-4b9d-9be1-d610ab1ef83c';

describe('a cursor of a run', () => {
  it('is read as it was written', () => {
    expect(parseRunCursor(formatRunCursor(RUN, 17))).toEqual({ runId: RUN, seq: 17 });
    expect(parseRunCursor(formatRunCursor(RUN, 0))).toEqual({ runId: RUN, seq: 0 });
  });

  it.each(['', '17', RUN, `${RUN}:`, `${RUN}:-1`, `${RUN}:1.5`, `${RUN}:1234567890`, ` ${RUN}:1`, 'x:1'])(
    'is not "%s"',
    (text) => {
      expect(parseRunCursor(text)).toBeUndefined();
    },
  );

  it('of something else is refused with what to do', () => {
    expect(foreignCursor('workflow', 'x')).toMatchObject({
      code: 'BAD_INPUT',
      field: 'after',
      value: 'x',
      remedy: expect.stringContaining('this workflow'),
    });
  });
});
