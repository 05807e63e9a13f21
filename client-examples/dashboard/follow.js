import { RUN_EVENTS, WORKFLOW_EVENTS } from './documents.js';
import { applyEvent, applySnapshot, isFinal, newRun } from './run-model.js';

/**
 * Follows a run until it has ended, over lost connections.
 *
 * @param {{ subscribe: Function }} socket
 * @param {string} id
 * @param {{ changed: () => void, failed: (error: { message: string }) => void }} listener
 * @returns {{ run: object, stop: () => void }} the run, which changes as it goes on
 */
export function followRun(socket, id, { changed, failed }) {
  const run = newRun(id);
  let after = null;
  const stop = socket.subscribe(RUN_EVENTS, {
    variables: () => ({ runId: id, after }),
    isOver: () => isFinal(run.state),
    failed,
    next: ({ jobRunEvents: event }) => {
      applyEvent(run, event);
      after = event.cursor ?? after;
      changed();
    },
  });
  return { run, stop };
}

/** Follows a workflow and the runs in it, as `followRun` does a run; `runs` is by id, in order. */
export function followWorkflow(socket, id, { changed, failed }) {
  const workflow = { id, name: null, state: 'RUNNING', steps: [], fractionDone: 0, runs: new Map() };
  let after = null;
  const stop = socket.subscribe(WORKFLOW_EVENTS, {
    variables: () => ({ id, after }),
    isOver: () => isFinal(workflow.state),
    failed,
    next: ({ workflowRunEvents: event }) => {
      if (event.__typename === 'WorkflowSnapshot') takeWorkflow(workflow, event.workflow);
      else applyEvent(runOf(workflow, event.runId), event);
      after = event.cursor ?? after;
      changed();
    },
  });
  return { workflow, stop };
}

function takeWorkflow(workflow, { runs, ...rest }) {
  Object.assign(workflow, rest);
  for (const run of runs) applySnapshot(runOf(workflow, run.id), run);
}

function runOf(workflow, id) {
  const run = workflow.runs.get(id) ?? newRun(id);
  workflow.runs.set(id, run);
  return run;
}
