import { fileURLToPath } from 'node:url';

/** Folder of the SQL migrations, wherever the program was installed. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../drizzle/migrations', import.meta.url));
