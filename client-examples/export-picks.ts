import { request, run } from './client.ts';
import { ExportPicksDocument, type ExportPicksQueryVariables } from './generated/graphql.ts';

/** Writes the current picks of all users to standard output, one JSON object per line. */
await run(async () => {
  const variables: ExportPicksQueryVariables = { after: null };
  for (;;) {
    const { users } = await request(ExportPicksDocument, variables);
    for (const { name, recommendations } of users.nodes)
      for (const { series, ...pick } of recommendations?.picks ?? [])
        console.log(
          JSON.stringify({ user: name, generatedAt: recommendations?.generatedAt, ...series, ...pick }),
        );
    if (!users.pageInfo.hasNextPage) return;
    variables.after = users.pageInfo.endCursor;
  }
});
