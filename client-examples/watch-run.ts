import { refusal, request, run, subscribe } from './client.ts';
import {
  JobName,
  StartJobDocument,
  WatchRunDocument,
  type WatchRunSubscriptionVariables,
} from './generated/graphql.ts';
import { isFinal, printEvent } from './print-event.ts';

const JOBS: readonly JobName[] = Object.values(JobName);

/** Starts a job and follows its run, or follows a run that is there; ends with status 1 when the run does not succeed. */
await run(async (argument = '') => {
  if (argument === '') throw new Error(`Give a job (${JOBS.join(', ')}) or the id of a run.`);
  const job = JOBS.find((name) => name === argument);
  const runId = job ? await start(job) : argument;
  const state = await follow(runId);
  if (state !== 'SUCCEEDED') process.exitCode = 1;
});

async function start(job: JobName): Promise<string> {
  const { runJob } = await request(StartJobDocument, { input: { job } });
  if (runJob.__typename !== 'StartedRun') throw refusal(runJob);
  const { run: started, alreadyActive } = runJob;
  console.log(alreadyActive ? `${job} is active already: run ${started.id}` : `Run ${started.id}`);
  return started.id;
}

/** Follows a run to its end, also over a server that stops and comes back. */
async function follow(runId: string): Promise<string> {
  const variables: WatchRunSubscriptionVariables = { runId, after: null };
  let state = '';
  while (!isFinal(state)) {
    for await (const { jobRunEvents: event } of subscribe(WatchRunDocument, variables)) {
      printEvent(event);
      variables.after = event.cursor ?? variables.after;
      if (event.__typename === 'JobRunSnapshot') state = event.run.state;
      if (event.__typename === 'JobStateChanged') state = event.state;
    }
  }
  return state;
}
