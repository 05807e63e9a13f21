import { parseArgs } from 'node:util';
import { ShowrunnerError } from '../platform/errors.ts';
import { demo } from './demo/demo.ts';
import { evaluate } from './evaluate.ts';
import { keys } from './keys.ts';
import { serve } from './serve.ts';

const USAGE = `Showrunner turns a media server into a personal TV programmer.

  showrunner serve                          run the server (settings come from the environment)
  showrunner demo [--once] [--quiet]        try everything with an invented household, no service needed
  showrunner evaluate [--dry-run] [--no-retrain]
                                            measure the recommender on this server's own histories
  showrunner keys list                      show the API keys
  showrunner keys create NAME [--role ROLE] [--user USER] [--scopes READ,JOBS] [--expires DAYS]
                                            make a key: VIEWER (of one user), OPERATOR or ADMIN
  showrunner keys rotate ID [--grace MINUTES]
                                            give a key a new secret; the old one holds 60 minutes more
  showrunner keys revoke ID                 make a key useless

Settings: docs/configuration.md`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      retrain: { type: 'boolean' },
      once: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      role: { type: 'string', default: 'OPERATOR' },
      user: { type: 'string' },
      scopes: { type: 'string' },
      expires: { type: 'string' },
      grace: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...rest] = positionals;
  if (values.help || command === undefined) {
    console.log(USAGE);
    return;
  }
  if (command === 'serve') return serve();
  if (command === 'demo') return demo(values);
  if (command === 'evaluate') return evaluate({ dryRun: values['dry-run'], retrain: values.retrain });
  if (command === 'keys') return keys(rest, values);
  throw new ShowrunnerError('BAD_INPUT', `There is no command "${command}".`, {
    remedy: 'See showrunner --help.',
  });
}

main().catch((error: unknown) => {
  if (error instanceof ShowrunnerError) {
    console.error(error.message);
    if (error.remedy) console.error(error.remedy);
  } else if (
    error instanceof TypeError &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS')
  ) {
    console.error(`${error.message}\nSee showrunner --help.`);
  } else console.error(error);
  process.exit(1);
});
