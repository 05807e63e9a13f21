import { refusal, request, run, subscribe } from './client.ts';
import {
  StartWorkflowDocument,
  WatchWorkflowDocument,
  type WatchWorkflowSubscriptionVariables,
  WorkflowName,
} from './generated/graphql.ts';
import { isFinal, printEvent } from './print-event.ts';

const WORKFLOWS: readonly WorkflowName[] = Object.values(WorkflowName);

/** Runs a workflow and follows all its jobs; ends with status 1 when it does not succeed. */
await run(async (argument) => {
  const name = WORKFLOWS.find((each) => each === argument);
  if (!name) throw new Error(`Give a workflow: ${WORKFLOWS.join(', ')}.`);
  const { runWorkflow } = await request(StartWorkflowDocument, { workflow: name });
  if (runWorkflow.__typename !== 'StartedWorkflow') throw refusal(runWorkflow);
  const { workflow, alreadyActive } = runWorkflow;
  console.log(alreadyActive ? `${name} is running already.` : `${name} is started.`);
  const state = await follow(workflow.id);
  console.log(`${name}: ${state}`);
  if (state !== 'SUCCEEDED') process.exitCode = 1;
});

async function follow(id: string): Promise<string> {
  const variables: WatchWorkflowSubscriptionVariables = { id, after: null };
  let state = '';
  while (!isFinal(state)) {
    for await (const { workflowRunEvents: event } of subscribe(WatchWorkflowDocument, variables)) {
      printEvent(event);
      variables.after = event.cursor ?? variables.after;
      if (event.__typename === 'WorkflowSnapshot') state = event.workflow.state;
    }
  }
  return state;
}
