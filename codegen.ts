import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types of the operations in client-examples/gql, made from the printed schema. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: 'client-examples/gql/*.graphql',
  importExtension: '.ts',
  generates: {
    'client-examples/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumType: 'const',
        useTypeImports: true,
        scalars: { DateTime: 'string', Date: 'string' },
        defaultScalarType: 'unknown',
        strictScalars: true,
      },
    },
  },
};

export default config;
