import { dotnetDate } from './dto-values.ts';
import { json, noContent, Refusal } from './http.ts';
import { guid } from './items.ts';
import { refreshAll } from './libraries.ts';
import type { MediaState } from './media-state.ts';
import { parseInstant } from './query.ts';
import type { Routes } from './router.ts';
import { RATING_AGES } from './users.ts';

const SCAN_TASK_ID = guid('task/RefreshLibrary');

/** Who the server is, what it does, and what happened on it. */
export const systemRoutes: Routes = {
  'GET /System/Info/Public': { access: 'anonymous', handle: ({ state }) => json(publicInfo(state)) },
  'GET /System/Info': {
    access: 'user',
    handle: ({ state }) => json({ ...publicInfo(state), HasPendingRestart: false, IsShuttingDown: false }),
  },
  'GET /ScheduledTasks': { access: 'admin', handle: ({ state }) => json([scanTask(state)]) },
  'GET /ScheduledTasks/{taskId}': {
    access: 'admin',
    handle: (call) => {
      if (call.param('taskId') !== SCAN_TASK_ID) throw new Refusal(404, 'Task not found.');
      return json(scanTask(call.state));
    },
  },
  'POST /ScheduledTasks/Running/{taskId}': {
    access: 'admin',
    handle: (call) => {
      if (call.param('taskId') !== SCAN_TASK_ID) throw new Refusal(404, 'Task not found.');
      inBackground(call.state, refreshAll(call.state));
      return noContent();
    },
  },
  'GET /Localization/ParentalRatings': {
    access: 'user',
    handle: ({ state }) =>
      json(
        Object.entries(RATING_AGES).map(([Name, Value]) => ({
          Name,
          Value,
          // Since Jellyfin 10.11.
          ...(state.profile.dialect === 'jellyfin' && { RatingScore: { score: Value, subScore: null } }),
        })),
      ),
  },
  'GET /System/ActivityLog/Entries': {
    access: 'admin',
    handle: ({ state, query }) => {
      // Here both servers take ISO 8601 (Emby's OpenAPI document has it as a date-time).
      const minDate = parseInstant('jellyfin', query.text('minDate') ?? '') ?? Number.NEGATIVE_INFINITY;
      const start = query.integer('startIndex') ?? 0;
      const limit = query.integer('limit') ?? Number.POSITIVE_INFINITY;
      const found = state.activities.filter((one) => one.at >= minDate).toReversed();
      const items = found.slice(start, start + limit).map((one) => ({
        Id: one.id,
        Name: one.name,
        Type: one.type,
        ItemId: one.itemId,
        Date: dotnetDate(one.at),
        UserId: one.userId,
        Severity: state.profile.dialect === 'emby' ? 'Info' : 'Information',
      }));
      return json({ Items: items, TotalRecordCount: found.length, StartIndex: start });
    },
  },
};

/** Lets `work` go on after the answer; a failure is logged. */
export function inBackground(state: MediaState, work: Promise<unknown>): void {
  work.catch((error: unknown) =>
    state.log.error({ err: error }, 'A background task of the demo server failed'),
  );
}

/** Emby names no product here, which is how the two are told apart. */
function publicInfo(state: MediaState) {
  const common = { ServerName: state.serverName, Version: state.profile.version, Id: state.serverId };
  if (state.profile.dialect === 'emby') return { ...common, LocalAddresses: [], RemoteAddresses: [] };
  return { ...common, ProductName: 'Jellyfin Server', OperatingSystem: '', StartupWizardCompleted: true };
}

function scanTask(state: MediaState) {
  const running = state.libraries.find((library) => library.scanProgress !== null);
  return {
    Name: 'Scan Media Library',
    State: running ? 'Running' : 'Idle',
    ...(running && { CurrentProgressPercentage: running.scanProgress }),
    Id: SCAN_TASK_ID,
    Triggers: [],
    Description: 'Scans the media library for new files.',
    Category: 'Library',
    IsHidden: false,
    Key: 'RefreshLibrary',
  };
}
