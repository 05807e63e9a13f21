import { pino } from 'pino';

/** A structured logger; `child` adds fields such as the run's id to every line. */
export type Logger = pino.Logger;

/** Builds the process logger: JSON lines on standard error, secrets removed. */
export function createLogger(level: pino.LevelWithSilent): Logger {
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: [
          'apiKey',
          'token',
          'password',
          'authorization',
          '*.apiKey',
          '*.token',
          '*.password',
          '*.authorization',
        ],
        censor: '[hidden]',
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
