import { builder } from './builder.ts';
import './scalars.ts';
import './series.ts';
import './series-list.ts';
import './series-images.ts';
import './episode.ts';
import './watch-state.ts';
import './user.ts';
import './play.ts';
import './webhook.ts';
import './library.ts';
import './library-access.ts';
import './library-plan.ts';
import './recommendation.ts';
import './me.ts';
import './job-queries.ts';
import './job-run-lines.ts';
import './job-readiness.ts';
import './job-mutations.ts';
import './workflow.ts';
import './workflow-mutations.ts';
import './schedule.ts';
import './job-subscriptions.ts';

/** The executable schema, built of the modules above: each adds its types and root fields to the builder. */
export const schema = builder.toSchema();
