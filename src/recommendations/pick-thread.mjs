import { register } from 'tsx/esm/api';

register();
await import('./pick-thread.ts');
