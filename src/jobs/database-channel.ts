import { BaseNotificationChannel, type JobNotification, toJobId } from 'agenda';
import { z } from 'zod';
import type { Database } from '../platform/database.ts';

const CHANNEL = 'showrunner_scheduler';

/** Anybody may notify on a database's channels: what is not ours is passed over. */
const notificationText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  })
  .pipe(
    z.object({
      jobId: z.string(),
      jobName: z.string(),
      nextRunAt: z.coerce.date().nullable(),
      priority: z.number(),
      timestamp: z.coerce.date(),
      source: z.string().optional(),
    }),
  );

/**
 * Tells the processes on one database of new work, over the connection on which they hear each other anyway: it
 * comes back by itself after a cut, however long that takes.
 */
export class DatabaseChannel extends BaseNotificationChannel {
  readonly #database: Pick<Database, 'listen' | 'notify'>;
  #unlisten: (() => Promise<void>) | undefined;

  constructor(database: Pick<Database, 'listen' | 'notify'>) {
    super();
    this.#database = database;
  }

  async connect(): Promise<void> {
    this.#unlisten = await this.#database.listen(CHANNEL, (payload) => {
      const parsed = notificationText.safeParse(payload);
      if (!parsed.success) return;
      const { jobId, source, ...notification } = parsed.data;
      void this.notifyHandlers({ ...notification, jobId: toJobId(jobId), ...(source && { source }) });
    });
    this.setState('connected');
  }

  async disconnect(): Promise<void> {
    this.setState('disconnected');
    await this.#unlisten?.();
    this.#unlisten = undefined;
  }

  async publish(notification: JobNotification): Promise<void> {
    await this.#database.notify(CHANNEL, JSON.stringify(notification));
  }
}
