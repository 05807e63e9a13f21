import { readFile, writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../schema/schema.ts';

const FILE = new URL('../schema/schema.graphql', import.meta.url);

const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;
if (process.argv.includes('--check')) {
  const committed = await readFile(FILE, 'utf8').catch(() => '');
  if (committed !== printed) {
    console.error(
      'schema/schema.graphql is not what the code says: run `npm run schema:print` and commit the result.',
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, printed);
}
