import { afterAll } from 'vitest';
import { closeSpareEngines } from './reused-pglite.ts';

afterAll(closeSpareEngines);
