/**
 * The rooms of the house from left to right: a room may import only what stands left of it.
 * Names are paths from the root; docs/ARCHITECTURE.md draws them.
 */
const ROOMS = [
  'src/platform',
  'drizzle/tables',
  'src/media-server',
  'src/catalog',
  'src/watch',
  'src/enrichment',
  'src/embeddings',
  'src/taste',
  'src/recommendations',
  'src/evaluation',
  'src/library-writer',
  'src/jobs',
  'src/operations',
  'schema',
  'src/server',
  'src/demo',
  'src/cli',
];

/** Packages with one home: nobody else may import them. */
const HOMES = {
  openai: '^src/(embeddings|recommendations)/',
  agenda: '^src/jobs/',
  '@agendajs/': '^src/jobs/',
  mongodb: '^src/jobs/',
  '@electric-sql/': '^src/(platform/embedded-database|jobs/pglite-pool)[.]ts$',
  postgres: '^src/platform/postgres-database[.]ts$',
  '@pothos/': '^schema/',
  'graphql-yoga': '^(schema|src/server)/',
  ws: '^src/(server|cli/demo)/',
  'graphql-ws': '^src/(server|cli/demo)/',
  'drizzle-orm': '(^drizzle/tables/|[.]repo[.]ts$|^src/platform/[a-z-]*database[.]ts$)',
};

const oneWay = ROOMS.slice(0, -1).map((room, index) => ({
  name: `one-way-${room.replace(/\W/g, '-')}`,
  comment: `${room} may not import what stands right of it: move the shared piece left, or pass it in.`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: ROOMS.slice(index + 1).map((other) => `^${other}/`) },
}));

const oneHome = Object.entries(HOMES).map(([name, home]) => ({
  name: `one-home-${name.replace(/\W/g, '-')}`,
  comment: `${name} is imported only by ${home}: call what that place exports.`,
  severity: 'error',
  from: { path: '^(src|schema|drizzle)/', pathNot: home },
  to: { path: `node_modules/${name}${name.endsWith('/') ? '' : '/'}` },
}));

module.exports = {
  forbidden: [
    ...oneWay,
    ...oneHome,
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one, or share a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'examples-stand-alone',
      comment: 'Client examples use the public API only.',
      severity: 'error',
      from: { path: '^client-examples/' },
      to: { path: '^(src|schema|drizzle|tests|tools)/' },
    },
    {
      name: 'nothing-imports-tests-or-tools',
      severity: 'error',
      from: { path: '^(src|schema|drizzle)/' },
      to: { path: '^(tests|tools|bench|client-examples)/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere would hide from all other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared',
      comment: 'A package in use stands in package.json.',
      severity: 'error',
      from: { path: '^(src|schema|drizzle)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^client-examples/(generated|dashboard)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
