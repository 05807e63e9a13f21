import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { UserPicks } from './operations.ts';

type Write = (line: string) => void;

/** Prints a user's first picks with score and reason. */
export function reportPicks({ name, recommendations }: UserPicks, write: Write): void {
  const picks = recommendations?.picks ?? [];
  const watched = recommendations?.historyCount ?? 0;
  write(`\n${name}: ${watched === 0 ? 'nothing watched yet' : `${watched} series watched`}\n`);
  for (const { rank, score, series, explanation } of picks) {
    const title = series.year === null ? series.name : `${series.name} (${series.year})`;
    write(`  ${String(rank).padStart(2)}  ${score.toFixed(3).padStart(7)}  ${title}`);
    if (explanation) write(`               ${explanation}`);
  }
}

/** Prints the first `limit` lines of the folders and files of a library, and how many there are. */
export async function reportTree(user: string, path: string, limit: number, write: Write): Promise<void> {
  const lines = await tree(path, '  ');
  write(`\n${user}'s library, ${path}\n`);
  for (const line of lines.slice(0, limit)) write(line);
  if (lines.length > limit) write(`  … and ${(lines.length - limit).toLocaleString('en')} more`);
}

async function tree(folder: string, indent: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lines: string[] = [];
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    if (entry.name.startsWith('.')) continue;
    lines.push(`${indent}${entry.name}${entry.isDirectory() ? '/' : ''}`);
    if (entry.isDirectory()) lines.push(...(await tree(join(folder, entry.name), `${indent}  `)));
  }
  return lines;
}
